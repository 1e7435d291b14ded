import { findByte } from "../bytes/find";
import { ByteString } from "../bytes/view";
import { GlobList } from "../match/glob-list";

/** By so many of its first bytes a name is told from most that are looked for. */
const BEGINNING_BYTES: i32 = 3;
const STAR: u8 = 0x2a;
const DASH: u8 = 0x2d;
const UNDERSCORE: u8 = 0x5f;
const EVERY: u64 = ~(<u64>0);
const MOST_NAME_BYTES: i32 = 256;
const folded = memory.data(MOST_NAME_BYTES);

/**
 * The names of headers, globs among them, that each header of a request is looked up among. Few are one of them. `_` is taken for
 * `-`, up to 256 bytes: servers that hand headers on as CGI variables (RFC 3875, 4.1.18) take them for the same.
 */
@final
export class HeaderNames {
  private readonly globs: GlobList;
  /** A bit for each way in which one of them begins. */
  private beginnings: u64 = 0;

  /** @param names in lower case */
  constructor(names: string[]) {
    const dashed: string[] = [];
    for (let i = 0; i < names.length; i++) dashed.push(names[i].replaceAll("_", "-"));
    this.globs = new GlobList(dashed);
    for (let i = 0; i < names.length; i++) {
      this.beginnings |= beginningsOf(dashed[i]) | beginningsOf(dashed[i].replaceAll("-", "_"));
    }
  }

  /** Whether a name, in lower case, is one of them. */
  has(pointer: usize, length: i32): bool {
    if (length >= BEGINNING_BYTES && (this.beginnings & beginningOf(pointer)) == 0) return false;
    return this.globs.find(dashes(pointer, length), length) >= 0;
  }
}

/** The name with `-` for each `_`. */
function dashes(pointer: usize, length: i32): usize {
  if (length > MOST_NAME_BYTES || findByte(pointer, pointer + length, UNDERSCORE) == pointer + length) return pointer;
  for (let i = 0; i < length; i++) {
    const byte = load<u8>(pointer + i);
    store<u8>(folded + i, byte == UNDERSCORE ? DASH : byte);
  }
  return folded;
}

function beginningsOf(name: string): u64 {
  const glob = new ByteString(name);
  if (glob.length < BEGINNING_BYTES) return EVERY;
  for (let i = 0; i < BEGINNING_BYTES; i++) {
    if (load<u8>(glob.pointer + i) == STAR) return EVERY;
  }
  return beginningOf(glob.pointer);
}

/** One of 64 bits. */
// @ts-ignore: decorator
@inline
function beginningOf(name: usize): u64 {
  return (<u64>1) << (<u64>load<u16>(name) * 7 + load<u8>(name, 2));
}

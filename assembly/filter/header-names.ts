import { ByteString } from "../bytes/view";
import { GlobList } from "../match/glob-list";

/** By so many of its first bytes a name is told from most that are looked for. */
const BEGINNING_BYTES: i32 = 3;
const STAR: u8 = 0x2a;
const EVERY: u64 = ~(<u64>0);

/** The names of headers, globs among them, that each header of a request is looked up among. Few are one of them. */
@final
export class HeaderNames {
  private readonly globs: GlobList;
  /** A bit for each way in which one of them begins. */
  private beginnings: u64 = 0;

  /** @param names in lower case */
  constructor(names: string[]) {
    this.globs = new GlobList(names);
    for (let i = 0; i < names.length; i++) this.beginnings |= beginningsOf(new ByteString(names[i]));
  }

  /** Whether a name, in lower case, is one of them. */
  has(pointer: usize, length: i32): bool {
    if (length >= BEGINNING_BYTES && (this.beginnings & beginningOf(pointer)) == 0) return false;
    return this.globs.find(pointer, length) >= 0;
  }
}

function beginningsOf(glob: ByteString): u64 {
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

/** Strings of the language, which are UTF-16, from and to UTF-8. Own code: the standard library's is 500 bytes more of wasm. */
import { storeUtf8 } from "./utf8";

const REPLACEMENT: u32 = 0xfffd;
const NOWHERE = memory.data(4);

/** The text of one UTF-16 unit. */
export function character(unit: i32): string {
  return String.fromCharCode(unit, -1);
}

/** The texts from `first` on, with `separator` between them. For few of them: each is copied as often as others follow. */
export function joined(texts: string[], separator: string, first: i32 = 0): string {
  let all = "";
  for (let i = first; i < texts.length; i++) all += (i == first ? "" : separator) + unchecked(texts[i]);
  return all;
}

/** `text` as UTF-8; half a surrogate pair becomes three bytes that are no valid UTF-8. */
export function encodeUtf8(text: string): ArrayBuffer {
  const bytes = new ArrayBuffer(write(text, 0));
  write(text, changetype<usize>(bytes));
  return bytes;
}

/** Writes `text` to `to`, or nowhere when that is 0; returns how many bytes it takes. */
function write(text: string, to: usize): i32 {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    let scalar: u32 = text.charCodeAt(i);
    const low: u32 = text.charCodeAt(i + 1);
    if ((scalar & 0xfc00) == 0xd800 && (low & 0xfffffc00) == 0xdc00) {
      scalar = 0x10000 + ((scalar & 0x3ff) << 10) + (low & 0x3ff);
      i++;
    }
    length += storeUtf8(to == 0 ? NOWHERE : to + length, scalar);
  }
  return length;
}

/** The text in `length` bytes of UTF-8; U+FFFD for what is cut short. Surrogates in three bytes each are taken as they are. */
export function decodeUtf8(pointer: usize, length: i32): string {
  const room = new ArrayBuffer(length * 2);
  const end = pointer + length;
  let to = changetype<usize>(room);
  while (pointer < end) {
    const first: u32 = load<u8>(pointer++);
    const bytes = clz(~(first << 24));
    let scalar = first & (0x7f >> bytes);
    let left = bytes;
    for (; left > 1 && pointer < end && (load<u8>(pointer) & 0xc0) == 0x80; left--) {
      scalar = (scalar << 6) | (load<u8>(pointer++) & 0x3f);
    }
    if (left > 1 || bytes == 1 || scalar > 0x10ffff) scalar = REPLACEMENT;
    if (scalar >= 0x10000) {
      store<u16>(to, 0xd7c0 + (scalar >> 10));
      to += 2;
      scalar = 0xdc00 | (scalar & 0x3ff);
    }
    store<u16>(to, scalar);
    to += 2;
  }
  return String.UTF16.decodeUnsafe(changetype<usize>(room), to - changetype<usize>(room));
}

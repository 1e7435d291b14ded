import { ByteString, isSame } from "../../bytes/view";

/** How an answer's documents follow one another. */
export const enum ReplyFraming {
  /** Too little of it is there to tell. */
  Unknown,
  /** Server-Sent Events. */
  Events,
  /** JSON objects: one, one a line, or the elements of an array. */
  Objects,
  /** A text as it is. */
  Plain,
  /** Amazon's binary event stream. */
  Binary,
}

const OPEN_ARRAY: u32 = 0x5b;
const OPEN_OBJECT: u32 = 0x7b;
/** Lengths in a binary event stream are bounded, so that the first byte of one is at most this. */
const MAX_FIRST_OF_LENGTH: u32 = 1;
const BYTE_ORDER_MARK = new ByteString("\u{feff}");

/** How a line of Server-Sent Events may begin. */
const FIELDS: StaticArray<ByteString> = [
  new ByteString(":"),
  new ByteString("data:"),
  new ByteString("event:"),
  new ByteString("id:"),
  new ByteString("retry:"),
];

/** The framing of an answer that begins with these bytes; of an event stream by its content type if `isEventStream`. */
export function framingOf(pointer: usize, end: usize, isEventStream: bool): ReplyFraming {
  let at = pointer + markLength(pointer, end);
  if (at == pointer && isMarkBegun(pointer, end)) return ReplyFraming.Unknown;
  while (at < end && isBlank(load<u8>(at))) at++;
  if (at == end) return ReplyFraming.Unknown;
  const byte: u32 = load<u8>(at);
  if (byte == OPEN_OBJECT || byte == OPEN_ARRAY) return ReplyFraming.Objects;
  if (byte <= MAX_FIRST_OF_LENGTH) return ReplyFraming.Binary;
  if (isEventStream) return ReplyFraming.Events;
  for (let i = 0; i < FIELDS.length; i++) {
    const field = unchecked(FIELDS[i]);
    const length = min(field.length, <i32>(end - at));
    if (!isSame(field.pointer, at, length)) continue;
    return length == field.length ? ReplyFraming.Events : ReplyFraming.Unknown;
  }
  return ReplyFraming.Plain;
}

/**
 * Whether bytes that may be anything begin JSON objects: `Objects`, or `Plain`; `Unknown` while all that has come is blank, or a part of
 * a byte order mark.
 */
export function beginningOf(pointer: usize, length: i32): ReplyFraming {
  for (let i = 0; i < length; i++) {
    const byte: u32 = load<u8>(pointer + i);
    if (isBlank(byte) || isOfMark(byte)) continue;
    return byte == OPEN_OBJECT || byte == OPEN_ARRAY ? ReplyFraming.Objects : ReplyFraming.Plain;
  }
  return ReplyFraming.Unknown;
}

/** How many bytes a byte order mark at the beginning has. */
export function markLength(pointer: usize, end: usize): usize {
  const length = BYTE_ORDER_MARK.length;
  const isThere = pointer + length <= end && isSame(pointer, BYTE_ORDER_MARK.pointer, length);
  return isThere ? <usize>length : 0;
}

function isMarkBegun(pointer: usize, end: usize): bool {
  const length = <i32>(end - pointer);
  return length > 0 && length < BYTE_ORDER_MARK.length && isSame(pointer, BYTE_ORDER_MARK.pointer, length);
}

function isOfMark(byte: u32): bool {
  return byte == 0xef || byte == 0xbb || byte == 0xbf;
}

function isBlank(byte: u32): bool {
  return byte == 0x20 || byte - 0x09 < 2 || byte == 0x0d;
}

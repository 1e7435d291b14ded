import { ByteBuffer } from "../bytes/buffer";
import { appendEncoded, appendEncodedByte, hexDigit } from "../bytes/percent";
import { Bytes } from "../bytes/view";

const MOST_PARAMETERS: i32 = 256;
const SLASH: u8 = 0x2f;
const PERCENT: u8 = 0x25;
const PLUS: u8 = 0x2b;
const SPACE: u8 = 0x20;

/** Where each parameter's encoded name begins and ends, and its value ends, in the buffer below. */
const starts = new StaticArray<i32>(MOST_PARAMETERS);
const nameEnds = new StaticArray<i32>(MOST_PARAMETERS);
const ends = new StaticArray<i32>(MOST_PARAMETERS);

/**
 * Appends the canonical path of a request's path as it goes out (AWS, "Create a canonical request", all services but S3): dot
 * segments and empty ones taken out, then each byte that is not unreserved percent-encoded once more. False: no room.
 */
export function appendCanonicalPath(out: ByteBuffer, path: Bytes): bool {
  const first = out.length;
  let at = 0;
  while (at < path.length) {
    let end = at;
    while (end < path.length && path.at(end) != SLASH) end++;
    const length = end - at;
    if (isDots(path, at, length, 2)) out.length = parentOf(out, first);
    else if (length > 0 && !isDots(path, at, length, 1)) {
      if (!out.appendByte(SLASH) || !appendEncoded(out, path.pointer + at, length)) return false;
    }
    at = end + 1;
  }
  const isRoot = out.length == first;
  const endsOpen = path.length > 0 && path.at(path.length - 1) == SLASH;
  return isRoot || endsOpen ? out.appendByte(SLASH) : true;
}

function isDots(path: Bytes, at: i32, length: i32, count: i32): bool {
  if (length != count) return false;
  for (let i = 0; i < count; i++) if (path.at(at + i) != 0x2e) return false;
  return true;
}

/** Where the last segment that was written from `first` on begins, or `first`. */
function parentOf(out: ByteBuffer, first: i32): i32 {
  let at = out.length;
  while (at > first) {
    at--;
    if (load<u8>(out.pointer + at) == SLASH) return at;
  }
  return first;
}

/**
 * Appends the canonical query of a query as it goes out, without its `?`: names and values decoded and encoded anew, sorted by
 * name, then value. `scratch` is overwritten. False: no room, or more than 256 parameters.
 */
export function appendCanonicalQuery(out: ByteBuffer, query: Bytes, scratch: ByteBuffer): bool {
  scratch.clear();
  let count = 0;
  let at = 0;
  while (at < query.length) {
    let end = at;
    while (end < query.length && query.at(end) != 0x26) end++;
    if (end > at) {
      if (count == MOST_PARAMETERS) return false;
      let equals = at;
      while (equals < end && query.at(equals) != 0x3d) equals++;
      const start = scratch.length;
      if (!appendRecoded(scratch, query, at, equals)) return false;
      const nameEnd = scratch.length;
      if (!appendRecoded(scratch, query, min(equals + 1, end), end)) return false;
      enter(count++, start, nameEnd, scratch.length, scratch.pointer);
    }
    at = end + 1;
  }
  const text = scratch.pointer;
  for (let i = 0; i < count; i++) {
    if (i > 0 && !out.appendByte(0x26)) return false;
    if (!out.append(text + starts[i], nameEnds[i] - starts[i]) || !out.appendByte(0x3d)) return false;
    if (!out.append(text + nameEnds[i], ends[i] - nameEnds[i])) return false;
  }
  return true;
}

/** Insertion: a request has few parameters. */
function enter(count: i32, start: i32, nameEnd: i32, end: i32, text: usize): void {
  let slot = count;
  while (slot > 0 && isBefore(text, start, nameEnd, end, slot - 1)) {
    starts[slot] = starts[slot - 1];
    nameEnds[slot] = nameEnds[slot - 1];
    ends[slot] = ends[slot - 1];
    slot--;
  }
  starts[slot] = start;
  nameEnds[slot] = nameEnd;
  ends[slot] = end;
}

function isBefore(text: usize, start: i32, nameEnd: i32, end: i32, other: i32): bool {
  const byName = compare(text + start, nameEnd - start, text + starts[other], nameEnds[other] - starts[other]);
  if (byName != 0) return byName < 0;
  return compare(text + nameEnd, end - nameEnd, text + nameEnds[other], ends[other] - nameEnds[other]) < 0;
}

function compare(a: usize, aLength: i32, b: usize, bLength: i32): i32 {
  const both = min(aLength, bLength);
  const order = memory.compare(a, b, both);
  return order == 0 ? aLength - bLength : order;
}

/** Appends [start, end) with its encoding undone as in a form, where a plus is a space, and done anew. */
function appendRecoded(out: ByteBuffer, text: Bytes, start: i32, end: i32): bool {
  for (let i = start; i < end; i++) {
    let byte = text.at(i);
    if (byte == PLUS) byte = SPACE;
    else if (byte == PERCENT && i + 2 < end) {
      const value = (hexDigit(text.at(i + 1)) << 4) | hexDigit(text.at(i + 2));
      if (value >= 0) {
        byte = <u8>value;
        i += 2;
      }
    }
    if (!appendEncodedByte(out, byte)) return false;
  }
  return true;
}

import { ByteBuffer } from "../bytes/buffer";
import { utf8Next, Utf8State } from "../bytes/utf8";

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const SPACE: u32 = 0x20;

/** U+FFFD in UTF-8, first byte lowest. */
const REPLACEMENT: u32 = 0xbdbfef;
const REPLACEMENT_BYTES: i32 = 3;

const scratch = new StaticArray<u8>(6);

/**
 * Appends UTF-8 text as a JSON string, with quotes; escapes what JSON requires and nothing else, as `JSON.stringify` does.
 *
 * Invalid bytes become U+FFFD, one for each maximal part of a character, as `TextDecoder` does. False when `out` has no
 * room: its content is then cut short.
 */
export function appendJsonString(out: ByteBuffer, pointer: usize, length: i32): bool {
  if (!out.appendByte(<u8>QUOTE)) return false;
  const end = pointer + length;
  let from = pointer;
  while (true) {
    const at = skipPlain(from, end);
    if (!out.append(from, <i32>(at - from))) return false;
    if (at == end) return out.appendByte(<u8>QUOTE);
    const byte: u32 = load<u8>(at);
    if (byte >= 0x80) {
      from = afterInvalid(at, end);
      store<u32>(changetype<usize>(scratch), REPLACEMENT);
      if (!out.append(changetype<usize>(scratch), REPLACEMENT_BYTES)) return false;
    } else {
      from = at + 1;
      if (!out.append(changetype<usize>(scratch), escape(byte))) return false;
    }
  }
}

/** Where the first byte is that cannot stand in a string as it is, or that begins what is not valid UTF-8. */
function skipPlain(position: usize, end: usize): usize {
  const quote = i8x16.splat(<i8>QUOTE);
  const backslash = i8x16.splat(<i8>BACKSLASH);
  const space = i8x16.splat(<i8>SPACE);
  while (position < end) {
    if (position + 16 <= end) {
      const bytes = v128.load(position);
      const special = v128.or(i8x16.eq(bytes, quote), i8x16.eq(bytes, backslash));
      const found = i8x16.bitmask(v128.or(special, i8x16.lt_s(bytes, space)));
      if (!found) {
        position += 16;
        continue;
      }
      position += ctz(found);
    }
    const byte: u32 = load<u8>(position);
    if (byte < SPACE || byte == QUOTE || byte == BACKSLASH) break;
    if (byte >= 0x80) {
      const after = afterCharacter(position, end);
      if (after == position) break;
      position = after;
    } else {
      position++;
    }
  }
  return position;
}

/** Behind the valid character at `position`, or `position` when there is none. */
function afterCharacter(position: usize, end: usize): usize {
  let state: Utf8State = Utf8State.Boundary;
  for (let at = position; at < end;) {
    state = utf8Next(state, load<u8>(at++));
    if (state == Utf8State.Boundary) return at;
    if (state == Utf8State.Invalid) break;
  }
  return position;
}

/** Behind the bytes at `position` that one U+FFFD stands for. */
function afterInvalid(position: usize, end: usize): usize {
  let state = utf8Next(Utf8State.Boundary, load<u8>(position));
  let at = position + 1;
  while (at < end && state != Utf8State.Invalid) {
    state = utf8Next(state, load<u8>(at));
    if (state != Utf8State.Invalid) at++;
  }
  return at;
}

/** Writes the escape of an ASCII character to `scratch`; returns its length. */
function escape(byte: u32): i32 {
  const to = changetype<usize>(scratch);
  store<u8>(to, BACKSLASH);
  const letter = shortEscape(byte);
  store<u8>(to, letter, 1);
  if (letter != 0x75) return 2;
  store<u16>(to, 0x3030, 2);
  store<u8>(to, 0x30 + (byte >> 4), 4);
  const low = byte & 0x0f;
  store<u8>(to, low < 10 ? 0x30 + low : 0x57 + low, 5);
  return 6;
}

function shortEscape(byte: u32): u32 {
  switch (byte) {
    case 0x08:
      return 0x62;
    case 0x09:
      return 0x74;
    case 0x0a:
      return 0x6e;
    case 0x0c:
      return 0x66;
    case 0x0d:
      return 0x72;
    case QUOTE:
    case BACKSLASH:
      return byte;
    default:
      return 0x75;
  }
}

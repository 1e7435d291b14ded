import { ByteBuffer } from "../bytes/buffer";
import { ByteString } from "../bytes/view";
import { utf8Next, Utf8State } from "../bytes/utf8";

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const SPACE: u32 = 0x20;

const REPLACEMENT = new ByteString("\ufffd");
const HEX_ESCAPE = new ByteString("\\u00");

/** The letter in the escape of each character below the space; 0 where it takes digits. */
// prettier-ignore
const LETTERS = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0x62, 0x74, 0x6e, 0, 0x66, 0x72, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);

/** Appends UTF-8 text as a JSON string: what `appendJsonText` appends, with quotes. False when `out` has no room. */
export function appendJsonString(out: ByteBuffer, pointer: usize, length: i32): bool {
  return out.appendByte(<u8>QUOTE) && appendJsonText(out, pointer, length) && out.appendByte(<u8>QUOTE);
}

/**
 * Appends UTF-8 text as within a JSON string; escapes what JSON requires and nothing else, as `JSON.stringify` does.
 *
 * Invalid bytes become U+FFFD, one for each maximal part of a character, as `TextDecoder` does. False when `out` has no
 * room: its content is then cut short. For short texts: it goes byte by byte.
 */
export function appendJsonText(out: ByteBuffer, pointer: usize, length: i32): bool {
  const end = pointer + length;
  let state: Utf8State = Utf8State.Boundary;
  // Where the character in hand begins, and what is not appended yet.
  let character = pointer;
  let from = pointer;
  while (pointer < end) {
    const byte: u32 = load<u8>(pointer);
    const next = utf8Next(state, byte);
    if (next == Utf8State.Invalid) {
      if (!appendRun(out, from, character) || !append(out, REPLACEMENT)) return false;
      if (state == Utf8State.Boundary) pointer++;
      from = character = pointer;
      state = Utf8State.Boundary;
      continue;
    }
    state = next;
    pointer++;
    if (state != Utf8State.Boundary) continue;
    if (byte < SPACE || byte == QUOTE || byte == BACKSLASH) {
      if (!appendRun(out, from, character) || !appendEscape(out, byte)) return false;
      from = pointer;
    }
    character = pointer;
  }
  if (!appendRun(out, from, character)) return false;
  return state == Utf8State.Boundary || append(out, REPLACEMENT);
}

function appendRun(out: ByteBuffer, from: usize, to: usize): bool {
  return out.append(from, <i32>(to - from));
}

function append(out: ByteBuffer, text: ByteString): bool {
  return out.append(text.pointer, text.length);
}

function appendEscape(out: ByteBuffer, byte: u32): bool {
  const letter = byte < SPACE ? load<u8>(LETTERS + byte) : <u8>byte;
  if (letter != 0) return out.appendByte(<u8>BACKSLASH) && out.appendByte(letter);
  const low = byte & 0x0f;
  return (
    append(out, HEX_ESCAPE) &&
    out.appendByte(<u8>(0x30 + (byte >> 4))) &&
    out.appendByte(<u8>(low < 10 ? 0x30 + low : 0x57 + low))
  );
}

import { KeyRole } from "./request-keys";
import { isLink, MAGIC_BYTES, roleOfBase64 } from "./request-blob";

/** How many bytes of a string tell whether it is a file. */
export const FILE_HEAD_BYTES: i32 = 128;

const DATA: u32 = 0x61746164; // "data"
const COLON: u32 = 0x3a;
const COMMA: u32 = 0x2c;
const SPACE: u32 = 0x20;
const CR: i8 = 0x0d;
const LF: i8 = 0x0a;
const MIME_TYPE: i32 = 5;
const ABSENT: i32 = -1;

/** What a string in a place for files is. */
export const enum FileForm {
  /** A model reads it. */
  Text,
  /** Where a file is: without white space. */
  Link,
  /** The bytes of a picture, of sound or film, or of a document with a format of its own, in base64. */
  Base64,
}

/** What a media type says of the bytes beside it. */
export const enum MediaClass {
  Other,
  Text,
  Media,
}

export function classOfMediaType(pointer: usize, length: i32): MediaClass {
  if (length < 5) return MediaClass.Other;
  switch (load<u32>(pointer) | 0x20202020) {
    case 0x74786574: // "text"
      return MediaClass.Text;
    case 0x67616d69: // "imag"
    case 0x69647561: // "audi"
    case 0x65646976: // "vide"
      return MediaClass.Media;
    default:
      return MediaClass.Other;
  }
}

/**
 * What a string is, by its first bytes, up to `FILE_HEAD_BYTES`. What isn't surely a file is a text: base64 of a text too,
 * which begins like no file.
 *
 * @param isMedia a picture, sound or film is said to be here, whose base64 may begin with anything
 * @param mayBeLink a file may be linked here
 */
export function formOfFile(pointer: usize, length: i32, isMedia: bool, mayBeLink: bool): FileForm {
  if (length < MAGIC_BYTES) return isMedia && length > 0 && isBase64(pointer, length) ? FileForm.Base64 : FileForm.Text;
  if (load<u32>(pointer) == DATA && <u32>load<u8>(pointer, 4) == COLON) return formOfDataUrl(pointer, length);
  if (isLink(pointer))
    return mayBeLink && continuesFile(FileForm.Link, pointer, length) ? FileForm.Link : FileForm.Text;
  if (!isBase64(pointer, length)) return FileForm.Text;
  return isMedia || isKnownFile(pointer) ? FileForm.Base64 : FileForm.Text;
}

/** Whether a string of this form may go on like this. */
export function continuesFile(form: FileForm, pointer: usize, length: i32): bool {
  if (form == FileForm.Base64) return isBase64(pointer, length);
  for (let i = 0; i < length; i++) if (<u32>load<u8>(pointer + i) <= SPACE) return false;
  return true;
}

/** RFC 2397. */
function formOfDataUrl(pointer: usize, length: i32): FileForm {
  const comma = indexOfComma(pointer, length);
  if (comma == ABSENT) return FileForm.Text;
  const bytes = pointer + comma + 1;
  const left = length - comma - 1;
  if (!isBase64(bytes, left)) return FileForm.Text;
  if (classOfMediaType(pointer + MIME_TYPE, comma - MIME_TYPE) == MediaClass.Media) return FileForm.Base64;
  return left >= MAGIC_BYTES && isKnownFile(bytes) ? FileForm.Base64 : FileForm.Text;
}

function indexOfComma(pointer: usize, length: i32): i32 {
  for (let i = 0; i < length; i++) if (<u32>load<u8>(pointer + i) == COMMA) return i;
  return ABSENT;
}

/** Whether a file's bytes begin like this in base64, of some format that is no text. */
function isKnownFile(start: usize): bool {
  switch (load<u32>(start)) {
    case 0x44734555: // "UEsD": ZIP, around the documents of office programs
    case 0x52384d30: // "0M8R": their older ones
    case 0x66586b47: // "GkXf": Matroska, WebM
      return true;
    default:
      return isMp3(start) || roleOfBase64(start, KeyRole.Unknown) != KeyRole.Unknown;
  }
}

/** MPEG audio without tags begins with its frames' twelve bits of synchronisation. */
function isMp3(start: usize): bool {
  if (load<u16>(start) != 0x2f2f /* "//" */) return false;
  const layer = <u32>load<u8>(start, 2);
  return layer == 0x73 || layer == 0x74 || layer == 0x75 || layer == 0x4d || layer == 0x4e || layer == 0x4f;
}

/** Both alphabets (RFC 4648), in lines or not. */
function isBase64(pointer: usize, length: i32): bool {
  const end = pointer + length;
  while (pointer + BLOCK <= end) {
    if (!i8x16.all_true(base64Bytes(v128.load(pointer)))) return false;
    pointer += BLOCK;
  }
  const left = end - pointer;
  if (left == 0) return true;
  store<v128>(TAIL, i8x16.splat(PADDING));
  memory.copy(TAIL, pointer, left);
  return i8x16.all_true(base64Bytes(v128.load(TAIL)));
}

const BLOCK: usize = 16;
const TAIL = memory.data(16, 16);
const PADDING: i8 = 0x3d;

/** Where a byte is one of base64. */
function base64Bytes(bytes: v128): v128 {
  const letters = i8x16.lt_u(i8x16.sub(v128.or(bytes, i8x16.splat(0x20)), i8x16.splat(0x61)), i8x16.splat(26));
  // From "-" to "9", all are but the point.
  const digits = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x2d)), i8x16.splat(13));
  const point = i8x16.eq(bytes, i8x16.splat(0x2e));
  const signs = v128.or(i8x16.eq(bytes, i8x16.splat(0x2b)), i8x16.eq(bytes, i8x16.splat(PADDING)));
  const line = v128.or(i8x16.eq(bytes, i8x16.splat(CR)), i8x16.eq(bytes, i8x16.splat(LF)));
  const others = v128.or(v128.or(signs, line), i8x16.eq(bytes, i8x16.splat(0x5f)));
  return v128.or(v128.or(letters, v128.andnot(digits, point)), others);
}

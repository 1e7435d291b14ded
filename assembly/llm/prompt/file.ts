import { beginsWithWord, indexOfWord, lettersIn } from "../../bytes/ascii";
import { Base64Decoder, moreOfBase64Name, BASE64_NAME_BYTES } from "../../bytes/base64";
import { Utf8State, utf8Next } from "../../bytes/utf8";
import { ByteString, isSame } from "../../bytes/view";
import { isLink, MAGIC_BYTES } from "../request/blob";
import { lanes } from "../../bytes/lanes";

/** How many bytes of a string tell whether it is a file. */
export const FILE_HEAD_BYTES: i32 = 128;

const DATA: u32 = 0x61746164; // "data"
const CASE_BITS: u32 = 0x20202020;
const COLON: u32 = 0x3a;
const COMMA: u32 = 0x2c;
const SEMICOLON: u32 = 0x3b;
const SPACE: u32 = 0x20;
const TAB: u32 = 0x09;
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
  /** A document with a format of its own, or nothing. */
  Other,
  Text,
  Media,
}

/** Types of applications' files that are no texts; after the last ones, anything. */
const FILE_TYPES: StaticArray<ByteString> = [
  new ByteString("application/pdf"),
  new ByteString("application/zip"),
  new ByteString("application/msword"),
  new ByteString("application/octet-stream"),
];
const FILE_FAMILIES: StaticArray<ByteString> = [
  new ByteString("application/vnd.ms-"),
  new ByteString("application/vnd.openxmlformats-officedocument."),
  new ByteString("application/vnd.oasis.opendocument."),
];
const SVG = new ByteString("image/svg");
const APPLICATION = new ByteString("application/");

/** RFC 6838, with parameters or not. What a model could read as it is, as source code and data are, is a text. */
export function classOfMediaType(pointer: usize, length: i32): MediaClass {
  if (length < 5) return MediaClass.Other;
  switch (load<u32>(pointer) | CASE_BITS) {
    case 0x74786574: // "text"
      return MediaClass.Text;
    case 0x67616d69: // "imag"
      return beginsWithWord(pointer, length, SVG) ? MediaClass.Text : MediaClass.Media;
    case 0x69647561: // "audi"
    case 0x65646976: // "vide"
      return MediaClass.Media;
    case 0x6c707061: // "appl"
      return beginsWithWord(pointer, length, APPLICATION) && !isFileType(pointer, length)
        ? MediaClass.Text
        : MediaClass.Other;
    default:
      return MediaClass.Other;
  }
}

function isFileType(pointer: usize, length: i32): bool {
  for (let i = 0; i < FILE_TYPES.length; i++) {
    const type = unchecked(FILE_TYPES[i]);
    if (!beginsWithWord(pointer, length, type)) continue;
    if (length == type.length || isTypeEnd(load<u8>(pointer + type.length))) return true;
  }
  for (let i = 0; i < FILE_FAMILIES.length; i++) {
    if (beginsWithWord(pointer, length, unchecked(FILE_FAMILIES[i]))) return true;
  }
  return false;
}

/** Before parameters, or within a data URL. */
function isTypeEnd(byte: u32): bool {
  return byte == SEMICOLON || byte == COMMA || byte == SPACE;
}

/** The formats of Bedrock's documents that are texts ("DocumentBlock"). */
const TEXT_FORMATS: StaticArray<ByteString> = [
  new ByteString("txt"),
  new ByteString("md"),
  new ByteString("csv"),
  new ByteString("html"),
];

export function isTextFormat(pointer: usize, length: i32): bool {
  return indexOfWord(pointer, length, TEXT_FORMATS) >= 0;
}

/**
 * What a string is, by its first bytes, up to `FILE_HEAD_BYTES`. What isn't surely a file is a text: base64 of a text too,
 * whatever it is said to be.
 *
 * @param isMedia a picture, sound or film is said to be here, whose base64 may begin with anything but a text
 * @param mayBeLink a file may be linked here
 */
export function formOfFile(pointer: usize, length: i32, isMedia: bool, mayBeLink: bool): FileForm {
  if (length < MAGIC_BYTES) return isMedia && isBinary(pointer, length) ? FileForm.Base64 : FileForm.Text;
  if (load<u32>(pointer) == DATA && <u32>load<u8>(pointer, 4) == COLON) return formOfDataUrl(pointer, length);
  if (isLink(pointer))
    return mayBeLink && continuesFile(FileForm.Link, pointer, length) ? FileForm.Link : FileForm.Text;
  return isBinary(pointer, length) && (isMedia || isKnownFile(pointer)) ? FileForm.Base64 : FileForm.Text;
}

/**
 * Whether a text in a place for files is the bytes of a file, by its first bytes: base64, a data URL that says so or hasn't said it yet,
 * or what lenient servers decode to a text, with white space and the like in it.
 */
export function isEncoded(pointer: usize, length: i32): bool {
  const end = pointer + length;
  while (pointer < end && <u32>load<u8>(pointer) <= SPACE) pointer++;
  length = <i32>(end - pointer);
  if (length >= MAGIC_BYTES && (load<u32>(pointer) | CASE_BITS) == DATA && <u32>load<u8>(pointer, 4) == COLON) {
    return saysBase64(pointer, length);
  }
  return length > 0 && (isBase64(pointer, length) || (decodesToText(pointer, length) && decoder.length > 0));
}

/** Whether a data URL says so before a comma; or has neither comma nor white space, so that it may go on to say it. */
function saysBase64(pointer: usize, length: i32): bool {
  let mayGoOn = true;
  let named: u8 = 0;
  for (let i = 0; i < length; i++) {
    const byte: u32 = load<u8>(pointer + i);
    if (byte == COMMA && named == BASE64_NAME_BYTES) return true;
    if (byte <= SPACE || byte == COMMA) mayGoOn = false;
    // Behind the name, white space is left out.
    if (byte > SPACE || named < BASE64_NAME_BYTES) named = moreOfBase64Name(named, <u8>byte);
  }
  return mayGoOn && length == FILE_HEAD_BYTES;
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
  if (!isBinary(bytes, left)) return FileForm.Text;
  // Up to the comma, which ends a type without parameters.
  const type = classOfMediaType(pointer + MIME_TYPE, comma + 1 - MIME_TYPE);
  if (type == MediaClass.Media) return FileForm.Base64;
  const mayBeFile = type == MediaClass.Other && left >= MAGIC_BYTES;
  return mayBeFile && isKnownFile(bytes) ? FileForm.Base64 : FileForm.Text;
}

function indexOfComma(pointer: usize, length: i32): i32 {
  for (let i = 0; i < length; i++) if (<u32>load<u8>(pointer + i) == COMMA) return i;
  return ABSENT;
}

/** How files begin in base64, of formats that are no texts. */
const SIGNATURES: StaticArray<ByteString> = [
  new ByteString("iVBORw0KGgo"), // PNG
  new ByteString("/9j/"), // JPEG
  new ByteString("JVBERi0"), // PDF
  new ByteString("UEsDB"), // ZIP, around the documents of office programs
  new ByteString("0M8R4KGx"), // their older ones
  new ByteString("GkXf"), // Matroska, WebM
  new ByteString("R0lGODdh"), // GIF87a
  new ByteString("R0lGODlh"), // GIF89a
  new ByteString("UklGR"), // RIFF: WAV, WebP
  new ByteString("SUQzA"), // MP3 with tags
  new ByteString("SUQzB"),
  new ByteString("T2dnUw"), // Ogg
  new ByteString("ZkxhQ"), // FLAC
];

/** Whether a file's bytes begin like this in base64, of some format that is no text; of at least `MAGIC_BYTES`. */
function isKnownFile(start: usize): bool {
  return isMp3(start) || isMp4(start) || isOneOf(SIGNATURES, start);
}

function isOneOf(signatures: StaticArray<ByteString>, start: usize): bool {
  for (let i = 0; i < signatures.length; i++) {
    const signature = unchecked(signatures[i]);
    if (isSame(start, signature.pointer, signature.length)) return true;
  }
  return false;
}

/** MPEG audio without tags begins with its frames' twelve bits of synchronisation. */
function isMp3(start: usize): bool {
  if (load<u16>(start) != 0x2f2f /* "//" */) return false;
  const layer = <u32>load<u8>(start, 2);
  return layer == 0x73 || layer == 0x74 || layer == 0x75 || layer == 0x4d || layer == 0x4e || layer == 0x4f;
}

/** The first box's length, less than 256, and its type: "ftyp". */
function isMp4(start: usize): bool {
  return load<u32>(start) == 0x41414141 /* "AAAA" */ && load<u32>(start, 6) == 0x5865305a; /* "Z0eX" */
}

const decoder = new Base64Decoder();

/** Whether it is base64 of what no text begins with, up to `FILE_HEAD_BYTES`: a control character, or what isn't UTF-8. */
function isBinary(pointer: usize, length: i32): bool {
  return isBase64(pointer, length) && !decodesToText(pointer, length);
}

/** Whether ASCII, up to `FILE_HEAD_BYTES`, of which what is in the alphabets of base64 decodes to what a text begins with. */
function decodesToText(pointer: usize, length: i32): bool {
  for (let i = 0; i < length; i++) if (load<u8>(pointer + i) >= 0x80) return false;
  decoder.reset();
  decoder.decode(pointer, pointer + length);
  let state: Utf8State = Utf8State.Boundary;
  for (let i = 0; i < decoder.length; i++) {
    const byte: u32 = unchecked(decoder.output[i]);
    state = utf8Next(state, byte);
    if (state == Utf8State.Invalid || isControl(byte)) return false;
  }
  return true;
}

function isControl(byte: u32): bool {
  return byte < SPACE && byte != TAB && byte != <u32>CR && byte != <u32>LF;
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
  store<v128>(TAIL, lanes(PADDING));
  memory.copy(TAIL, pointer, left);
  return i8x16.all_true(base64Bytes(v128.load(TAIL)));
}

const BLOCK: usize = 16;
const TAIL = memory.data(16, 16);
const PADDING: i8 = 0x3d;

/** Where a byte is one of base64. */
function base64Bytes(bytes: v128): v128 {
  const letters = lettersIn(bytes);
  // From "-" to "9", all are but the point.
  const digits = i8x16.lt_u(i8x16.sub(bytes, lanes(0x2d)), lanes(13));
  const point = i8x16.eq(bytes, lanes(0x2e));
  const signs = v128.or(i8x16.eq(bytes, lanes(0x2b)), i8x16.eq(bytes, lanes(PADDING)));
  const line = v128.or(i8x16.eq(bytes, lanes(CR)), i8x16.eq(bytes, lanes(LF)));
  const others = v128.or(v128.or(signs, line), i8x16.eq(bytes, lanes(0x5f)));
  return v128.or(v128.or(letters, v128.andnot(digits, point)), others);
}

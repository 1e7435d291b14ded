import { KeyRole } from "./keys";

/**
 * What a picture is taken for: OpenAI's figure for 1024 x 1024 in high detail ("Images and vision", "Calculating costs").
 * Anthropic's are up to 1,600 ("Vision"), Gemini's 258 a tile ("Understand and count tokens").
 */
export const IMAGE_TOKENS: i64 = 765;
/**
 * Bytes of sound or film a token. Gemini counts 32 tokens a second of sound and about 300 of film ("Understand and count
 * tokens"), OpenAI 10 of sound; compressed sound has 4 to 16 kB a second, film 125 kB and more.
 */
const MEDIA_BYTES: i64 = 512;
/** Bytes of any other file a token. Anthropic counts 1,500 to 3,000 a page of PDF ("PDF support"), which has 50 to 100 kB. */
const FILE_BYTES: i64 = 32;

/** How many bytes of a value tell what it is. */
export const MAGIC_BYTES: i32 = 16;

const DATA: u32 = 0x61746164; // "data"
const COLON: u32 = 0x3a;
const MIME_TYPE: i32 = 5;

/** Whether a value that begins like this has its bytes within (RFC 2397): a picture, sound, film or application's file. */
export function isDataUrl(start: usize): bool {
  if (load<u32>(start) != DATA || load<u8>(start, 4) != COLON) return false;
  const type = load<u32>(start, MIME_TYPE);
  return roleOfMimeType(type) != KeyRole.File || type == 0x6c707061 /* "appl" */ || type == 0x74786574; /* "text" */
}

/** Whether a value that begins like this says where a file is. */
export function isLink(start: usize): bool {
  const word = load<u32>(start);
  return word == 0x70747468 /* "http" */ || word == 0x2f3a7367 /* "gs:/" */ || word == 0x2f3a3373; /* "s3:/" */
}

/**
 * The tokens of what is no text: a link, a data URL or base64 of `length` bytes. What is linked counts as a picture, as most
 * is: its size isn't known.
 *
 * @param start the first `MAGIC_BYTES` of it, with zeros after it where it is shorter
 * @param role what its key says it is
 */
export function tokensOfBlob(start: usize, length: i64, role: KeyRole): i64 {
  let kind = role;
  if (isDataUrl(start)) kind = roleOfMimeType(load<u32>(start, MIME_TYPE));
  else if (isLink(start)) return IMAGE_TOKENS;
  else kind = roleOfBase64(start, role);
  if (kind == KeyRole.Image) return IMAGE_TOKENS;
  const bytesAToken = kind == KeyRole.Media ? MEDIA_BYTES : FILE_BYTES;
  return (length * 3) / 4 / bytesAToken + 1;
}

function roleOfMimeType(firstFour: u32): KeyRole {
  switch (firstFour) {
    case 0x67616d69: // "imag"
      return KeyRole.Image;
    case 0x69647561: // "audi"
    case 0x65646976: // "vide"
      return KeyRole.Media;
    default:
      return KeyRole.File;
  }
}

/** By the first bytes of the file, in base64. */
function roleOfBase64(start: usize, role: KeyRole): KeyRole {
  switch (load<u32>(start)) {
    case 0x4f425669: // "iVBO": PNG
    case 0x2f6a392f: // "/9j/": JPEG
    case 0x476c3052: // "R0lG": GIF
      return KeyRole.Image;
    case 0x476c6b55: // "UklG": RIFF, whose type is at its bytes 8 to 11
      return load<u32>(start, 12) == 0x514a5552 /* "RUJQ", of "WEBP" */ ? KeyRole.Image : KeyRole.Media;
    case 0x68786b5a: // "Zkxh": FLAC
    case 0x7a515553: // "SUQz": MP3 with tags
    case 0x6e643254: // "T2dn": Ogg
    case 0x41414141: // "AAAA": MP4
      return KeyRole.Media;
    case 0x4542564a: // "JVBE": PDF
      return KeyRole.File;
    default:
      return role;
  }
}

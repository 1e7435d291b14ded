import { Ascii, isAscii, isBlank, isWord } from "../../bytes/ascii";
import { findByte } from "../../bytes/find";
import { Bytes, ByteString } from "../../bytes/view";
import { HeaderParameters, isTokenByte } from "./header-parameters";

const BOUNDARY = new ByteString("boundary");
const CHARSET = new ByteString("charset");
const FORM_DATA = new ByteString("form-data");
export const MULTIPART_FORM_DATA = new ByteString("multipart/form-data");
const NAME = new ByteString("name");
const FILENAME = new ByteString("filename");
const FILENAME_EXTENDED = new ByteString("filename*");
const CONTENT_DISPOSITION = new ByteString("content-disposition");
const CONTENT_TYPE = new ByteString("content-type");
const CONTENT_TRANSFER_ENCODING = new ByteString("content-transfer-encoding");
const CHARSET_FIELD = new ByteString("_charset_");
const UTF_8 = new ByteString("utf-8");
const US_ASCII = new ByteString("us-ascii");
const BINARY = new ByteString("binary");
const EIGHT_BIT = new ByteString("8bit");
const SEVEN_BIT = new ByteString("7bit");

/** Longest boundary, RFC 2046, 5.1.1. */
export const MAX_BOUNDARY: i32 = 70;

const PARAMETERS = new HeaderParameters();

/**
 * The boundary in a multipart/form-data content type: a view into it, empty when there is none that every parser would read
 * alike. Refused besides what `HeaderParameters` refuses: two boundaries, extended ones (`boundary*`), none, a character that RFC
 * 2046 doesn't allow, more than MAX_BOUNDARY, a blank at the end, a charset other than UTF-8.
 */
export function readBoundary(contentType: Bytes, boundary: Bytes): bool {
  boundary.set(0, 0);
  PARAMETERS.begin(contentType.pointer, contentType.length);
  if (!isSame(PARAMETERS.value, MULTIPART_FORM_DATA)) return false;
  while (PARAMETERS.next()) {
    if (isSame(PARAMETERS.name, BOUNDARY)) {
      if (boundary.length > 0 || !isBoundary(PARAMETERS.value)) return false;
      boundary.set(PARAMETERS.value.pointer, PARAMETERS.value.length);
    } else if (!isHarmlessParameter()) {
      return false;
    }
  }
  return !PARAMETERS.isMalformed && boundary.length > 0;
}

/** Whether the current parameter neither changes how bytes are read as text nor continues another (RFC 2231). */
function isHarmlessParameter(): bool {
  const name = PARAMETERS.name;
  if (isSame(name, CHARSET)) return isSame(PARAMETERS.value, UTF_8) || isSame(PARAMETERS.value, US_ASCII);
  return !has(name, 0x2a /* * */);
}

function isBoundary(value: Bytes): bool {
  if (value.length == 0 || value.length > MAX_BOUNDARY || value.at(value.length - 1) == 0x20) return false;
  for (let i = 0; i < value.length; i++) {
    if (!isAscii(value.at(i), Ascii.Boundary)) return false;
  }
  return true;
}

/** What a part's headers have had, one bit each. */
const enum Seen {
  Disposition = 1,
  Name = 2,
  Filename = 4,
  ExtendedFilename = 8,
  Type = 16,
  ForeignCharset = 32,
}

/** The headers of one part (RFC 7578, 4.2), read only where every parser would read the same. */
@final
export class PartHeaders {
  /** The form field's name, as it came between its quotes. */
  readonly name: Bytes = new Bytes();
  private seen: u32 = 0;

  get isFile(): bool {
    return (this.seen & Seen.Filename) != 0;
  }

  /**
   * Reads header lines, each ended by CRLF. False when a line is no header, is folded or holds control characters; when
   * Content-Disposition is missing, repeated, not form-data, or without exactly one `name`; when a name has blanks around
   * it, a backslash, or is `_charset_`; when only `filename*` says that it is a file; when a field has a charset other than
   * UTF-8; when a transfer encoding would have to be undone.
   */
  read(pointer: usize, length: i32): bool {
    this.name.set(0, 0);
    this.seen = 0;
    let at = pointer;
    const end = pointer + length;
    while (at < end) {
      const line = at;
      while (at < end && !isAscii(load<u8>(at), Ascii.Control)) at++;
      if (at + 1 >= end || load<u16>(at) != 0x0a0d) return false;
      if (!this.readLine(line, at)) return false;
      at += 2;
    }
    if ((this.seen & Seen.Name) == 0) return false;
    return this.isFile || (this.seen & (Seen.ExtendedFilename | Seen.ForeignCharset)) == 0;
  }

  private readLine(line: usize, end: usize): bool {
    let colon = line;
    while (colon < end && isTokenByte(load<u8>(colon))) colon++;
    if (colon == line || colon == end || load<u8>(colon) != 0x3a /* : */) return false;
    const nameLength = <i32>(colon - line);
    const value = colon + 1;
    const valueLength = <i32>(end - value);
    if (isWord(line, nameLength, CONTENT_DISPOSITION)) return this.readDisposition(value, valueLength);
    if (isWord(line, nameLength, CONTENT_TYPE)) return this.readType(value, valueLength);
    return !isWord(line, nameLength, CONTENT_TRANSFER_ENCODING) || isIdentity(value, valueLength);
  }

  private readDisposition(pointer: usize, length: i32): bool {
    if (!this.isFirst(Seen.Disposition)) return false;
    PARAMETERS.begin(pointer, length);
    if (!isSame(PARAMETERS.value, FORM_DATA)) return false;
    while (PARAMETERS.next()) {
      if (isSame(PARAMETERS.name, NAME)) {
        if (!this.isFirst(Seen.Name) || !isFieldName(PARAMETERS.value)) return false;
        this.name.set(PARAMETERS.value.pointer, PARAMETERS.value.length);
      } else if (isSame(PARAMETERS.name, FILENAME)) {
        if (!this.isFirst(Seen.Filename)) return false;
      } else if (isSame(PARAMETERS.name, FILENAME_EXTENDED)) {
        if (!this.isFirst(Seen.ExtendedFilename) || PARAMETERS.isQuoted) return false;
      } else if (!isHarmlessParameter()) {
        return false;
      }
    }
    return !PARAMETERS.isMalformed;
  }

  private readType(pointer: usize, length: i32): bool {
    if (!this.isFirst(Seen.Type)) return false;
    PARAMETERS.begin(pointer, length);
    while (PARAMETERS.next()) {
      if (isSame(PARAMETERS.name, CHARSET) && !isHarmlessParameter()) this.seen |= Seen.ForeignCharset;
    }
    // What a file's type says beyond that concerns nobody here; a field's must be plain enough to have no hidden charset.
    if (PARAMETERS.isMalformed) this.seen |= Seen.ForeignCharset;
    return true;
  }

  private isFirst(what: Seen): bool {
    const isFirst = (this.seen & what) == 0;
    this.seen |= what;
    return isFirst;
  }
}

function isFieldName(name: Bytes): bool {
  if (name.length > 0 && (isBlank(name.at(0)) || isBlank(name.at(name.length - 1)))) return false;
  return !has(name, 0x5c /* \ */) && !isSame(name, CHARSET_FIELD);
}

function has(text: Bytes, byte: u8): bool {
  const end = text.pointer + text.length;
  return findByte(text.pointer, end, byte) != end;
}

function isIdentity(pointer: usize, length: i32): bool {
  PARAMETERS.begin(pointer, length);
  const value = PARAMETERS.value;
  const isKnown = isSame(value, BINARY) || isSame(value, EIGHT_BIT) || isSame(value, SEVEN_BIT);
  return isKnown && !PARAMETERS.next() && !PARAMETERS.isMalformed;
}

function isSame(value: Bytes, word: ByteString): bool {
  return isWord(value.pointer, value.length, word);
}

import { isBlank } from "../bytes/ascii";
import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { SHA256_BYTES, writeHex } from "../bytes/sha256";
import { FastSha256 } from "./fast-sha256";
import { ByteString, Bytes, isSame } from "../bytes/view";
import { DATE_BYTES, STAMP_BYTES } from "./amz-date";
import { hmacSha256 } from "./hmac-sha256";
import { appendCanonicalPath, appendCanonicalQuery } from "./sigv4-target";

/** A digest in hexadecimal digits, in bytes. */
export const HEX_BYTES: i32 = SHA256_BYTES * 2;

/** Room for one canonical request; a longer one is not signed. */
const MOST_CANONICAL_BYTES: i32 = 128 << 10;
/** A longer secret access key can't be signed with. */
export const MOST_SECRET_BYTES: i32 = 256;

const ALGORITHM = new ByteString("AWS4-HMAC-SHA256");
const CREDENTIAL = new ByteString(" Credential=");
const SIGNED_HEADERS = new ByteString(", SignedHeaders=");
const SIGNATURE = new ByteString(", Signature=");
const SCHEME = new ByteString("AWS4");
const REQUEST = new ByteString("aws4_request");
const NEWLINE: u8 = 0x0a;
const SLASH: u8 = 0x2f;
const SPACE: u8 = 0x20;

const hash = new FastSha256();
const digest = new StaticArray<u8>(SHA256_BYTES);
const digits = new StaticArray<u8>(HEX_BYTES);
const view = new Bytes();

/**
 * AWS Signature Version 4 (AWS, "Signature Version 4 for API requests") for one region and service; not for S3, whose paths are
 * written otherwise.
 *
 * For each request: `begin`, then `addHeader` for each signed header in the order of their names, then `sign`. What needs more
 * room than 128 KiB is not signed: `sign` is false then.
 */
@final
export class SigV4 {
  /** The value of `authorization`, after `sign`. */
  readonly authorization: ByteBuffer = new ByteBuffer(new Budget(MOST_CANONICAL_BYTES));
  private readonly region: ByteString;
  private readonly service: ByteString;
  private readonly canonical: ByteBuffer = new ByteBuffer(new Budget(MOST_CANONICAL_BYTES));
  private readonly names: ByteBuffer = new ByteBuffer(new Budget(MOST_CANONICAL_BYTES));
  private readonly scope: ByteBuffer = new ByteBuffer(new Budget(1024));
  private readonly key: StaticArray<u8> = new StaticArray<u8>(SHA256_BYTES);
  /** What `key` was derived from: the date, then the secret. */
  private readonly keySource: ByteBuffer = new ByteBuffer(new Budget(DATE_BYTES + MOST_SECRET_BYTES));
  private isWhole: bool = false;

  constructor(region: string, service: string) {
    this.region = new ByteString(region);
    this.service = new ByteString(service);
  }

  /** `target` is the path as it goes out, with its query. */
  begin(method: Bytes, target: Bytes): void {
    const out = this.canonical;
    out.clear();
    this.names.clear();
    let end = 0;
    while (end < target.length && target.at(end) != 0x3f) end++;
    const queryStart = min(end + 1, target.length);
    this.isWhole =
      out.append(method.pointer, method.length) &&
      out.appendByte(NEWLINE) &&
      appendCanonicalPath(out, view.set(target.pointer, end)) &&
      out.appendByte(NEWLINE) &&
      appendCanonicalQuery(
        out,
        view.set(target.pointer + queryStart, target.length - queryStart),
        this.authorization,
      ) &&
      out.appendByte(NEWLINE);
  }

  /** `name` in lower case; several values of one name are one, joined by commas. */
  addHeader(name: ByteString, value: Bytes): void {
    const out = this.canonical;
    const names = this.names;
    if (names.length > 0) names.appendByte(0x3b);
    this.isWhole =
      this.isWhole &&
      names.append(name.pointer, name.length) &&
      out.append(name.pointer, name.length) &&
      out.appendByte(0x3a) &&
      appendTrimmed(out, value) &&
      out.appendByte(NEWLINE);
  }

  /**
   * Writes `authorization`. `payloadHash` is the body's SHA-256 in `HEX_BYTES` hexadecimal digits, `stamp` the time in
   * `STAMP_BYTES` as `writeStamp` gives it.
   */
  sign(payloadHash: usize, accessKeyId: Bytes, secret: Bytes, stamp: usize): bool {
    const canonical = this.canonical;
    const names = this.names;
    const isWhole =
      this.isWhole &&
      canonical.appendByte(NEWLINE) &&
      canonical.append(names.pointer, names.length) &&
      canonical.appendByte(NEWLINE) &&
      canonical.append(payloadHash, HEX_BYTES);
    if (!isWhole || !this.deriveKey(secret, stamp)) return false;
    hash.reset();
    hash.update(canonical.pointer, canonical.length);
    hash.finish(changetype<usize>(digest));
    this.writeScope(stamp);
    const scope = this.scope;
    const text = canonical;
    text.clear();
    append(text, ALGORITHM);
    text.appendByte(NEWLINE);
    text.append(stamp, STAMP_BYTES);
    text.appendByte(NEWLINE);
    text.append(scope.pointer, scope.length);
    text.appendByte(NEWLINE);
    appendDigest(text);
    hmacSha256(changetype<usize>(this.key), SHA256_BYTES, text.pointer, text.length, changetype<usize>(digest));
    const out = this.authorization;
    out.clear();
    append(out, ALGORITHM);
    append(out, CREDENTIAL);
    out.append(accessKeyId.pointer, accessKeyId.length);
    out.appendByte(SLASH);
    out.append(scope.pointer, scope.length);
    append(out, SIGNED_HEADERS);
    out.append(names.pointer, names.length);
    append(out, SIGNATURE);
    return appendDigest(out);
  }

  private writeScope(stamp: usize): void {
    const scope = this.scope;
    scope.clear();
    scope.append(stamp, DATE_BYTES);
    scope.appendByte(SLASH);
    append(scope, this.region);
    scope.appendByte(SLASH);
    append(scope, this.service);
    scope.appendByte(SLASH);
    append(scope, REQUEST);
  }

  /** A key serves a day: four hashes in a row are not repeated for each request. */
  private deriveKey(secret: Bytes, stamp: usize): bool {
    const source = this.keySource;
    const isKnown =
      source.length == DATE_BYTES + secret.length &&
      isSame(source.pointer, stamp, DATE_BYTES) &&
      isSame(source.pointer + DATE_BYTES, secret.pointer, secret.length);
    if (isKnown) return true;
    if (secret.length > MOST_SECRET_BYTES) return false;
    const start = this.scope;
    start.clear();
    append(start, SCHEME);
    start.append(secret.pointer, secret.length);
    const key = changetype<usize>(this.key);
    hmacSha256(start.pointer, start.length, stamp, DATE_BYTES, key);
    hmacSha256(key, SHA256_BYTES, this.region.pointer, this.region.length, key);
    hmacSha256(key, SHA256_BYTES, this.service.pointer, this.service.length, key);
    hmacSha256(key, SHA256_BYTES, REQUEST.pointer, REQUEST.length, key);
    source.clear();
    return source.append(stamp, DATE_BYTES) && source.append(secret.pointer, secret.length);
  }
}

function append(out: ByteBuffer, text: ByteString): bool {
  return out.append(text.pointer, text.length);
}

function appendDigest(out: ByteBuffer): bool {
  writeHex(view.set(changetype<usize>(digest), SHA256_BYTES), changetype<usize>(digits));
  return out.append(changetype<usize>(digits), HEX_BYTES);
}

/** Without the spaces around it, each run of spaces in it as one. */
function appendTrimmed(out: ByteBuffer, value: Bytes): bool {
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value.at(start))) start++;
  while (end > start && isBlank(value.at(end - 1))) end--;
  while (start < end) {
    let wordEnd = start;
    while (wordEnd < end && !isBlank(value.at(wordEnd))) wordEnd++;
    if (!out.append(value.pointer + start, wordEnd - start)) return false;
    start = wordEnd;
    while (start < end && isBlank(value.at(start))) start++;
    if (start < end && !out.appendByte(SPACE)) return false;
  }
  return true;
}

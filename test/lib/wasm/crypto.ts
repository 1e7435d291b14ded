import { Budget } from "../../../assembly/bytes/budget";
import { ByteBuffer } from "../../../assembly/bytes/buffer";
import { SHA256_BYTES, writeHex } from "../../../assembly/bytes/sha256";
import { ByteString, Bytes } from "../../../assembly/bytes/view";
import { STAMP_BYTES, parseUtc, writeStamp } from "../../../assembly/crypto/amz-date";
import { appendBase64, appendBase64Url } from "../../../assembly/crypto/base64url";
import { hmacSha256 } from "../../../assembly/crypto/hmac-sha256";
import { SigV4 } from "../../../assembly/crypto/sigv4";

const view = new Bytes();

function textOf(out: ByteBuffer): string {
  return String.UTF8.decodeUnsafe(out.pointer, out.length);
}

export function hmac(key: ArrayBuffer, text: ArrayBuffer): string {
  const digest = new StaticArray<u8>(SHA256_BYTES);
  const to = changetype<usize>(digest);
  hmacSha256(changetype<usize>(key), key.byteLength, changetype<usize>(text), text.byteLength, to);
  const hex = new StaticArray<u8>(SHA256_BYTES * 2);
  writeHex(view.set(to, SHA256_BYTES), changetype<usize>(hex));
  return String.UTF8.decodeUnsafe(changetype<usize>(hex), SHA256_BYTES * 2);
}

export function base64(bytes: ArrayBuffer, isForUrls: bool): string {
  const out = new ByteBuffer(new Budget(i32.MAX_VALUE));
  if (isForUrls) appendBase64Url(out, changetype<usize>(bytes), bytes.byteLength);
  else appendBase64(out, changetype<usize>(bytes), bytes.byteLength);
  return textOf(out);
}

export function stamp(seconds: f64): string {
  const to = new StaticArray<u8>(STAMP_BYTES);
  writeStamp(<i64>seconds, changetype<usize>(to));
  return String.UTF8.decodeUnsafe(changetype<usize>(to), STAMP_BYTES);
}

export function secondsOf(text: string): f64 {
  const bytes = String.UTF8.encode(text);
  return <f64>parseUtc(changetype<usize>(bytes), bytes.byteLength);
}

let signer = new SigV4("", "");

export function scope(region: string, service: string): void {
  signer = new SigV4(region, service);
}

export function begin(method: string, target: string): void {
  const verb = String.UTF8.encode(method);
  const path = String.UTF8.encode(target);
  signer.begin(
    new Bytes().set(changetype<usize>(verb), verb.byteLength),
    new Bytes().set(changetype<usize>(path), path.byteLength),
  );
}

export function header(name: string, value: string): void {
  const bytes = String.UTF8.encode(value);
  signer.addHeader(new ByteString(name), view.set(changetype<usize>(bytes), bytes.byteLength));
}

/** The value of `authorization`; empty when the request can't be signed. */
export function sign(payloadHash: string, accessKeyId: string, secret: string, stamp: string): string {
  const hash = String.UTF8.encode(payloadHash);
  const time = String.UTF8.encode(stamp);
  const id = String.UTF8.encode(accessKeyId);
  const key = String.UTF8.encode(secret);
  const isSigned = signer.sign(
    changetype<usize>(hash),
    new Bytes().set(changetype<usize>(id), id.byteLength),
    new Bytes().set(changetype<usize>(key), key.byteLength),
    changetype<usize>(time),
  );
  return isSigned ? textOf(signer.authorization) : "";
}

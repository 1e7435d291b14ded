import { ByteBuffer } from "../bytes/buffer";
import { ByteString, Bytes } from "../bytes/view";
import { callForeign } from "../host/foreign";

const SIGN = new ByteString("sign");
const HASH = new ByteString("sha256");

/** Tags of Envoy's `SignArguments` and `SignResult` (`source/extensions/common/wasm/ext/sign.proto`). */
const HASH_FUNCTION: u8 = 0x0a;
const PRIVATE_KEY: u8 = 0x12;
const TEXT: u8 = 0x1a;
const RESULT: u8 = 0x08;
const SIGNATURE: u8 = 0x12;

const view = new Bytes();

/** Appends what `sign` takes, up to the text, which has to follow. `key` is PKCS #8 in DER. False: no room. */
export function appendSignHead(out: ByteBuffer, key: usize, keyLength: i32, textLength: i32): bool {
  return (
    appendLength(out, HASH_FUNCTION, HASH.length) &&
    out.append(HASH.pointer, HASH.length) &&
    appendLength(out, PRIVATE_KEY, keyLength) &&
    out.append(key, keyLength) &&
    appendLength(out, TEXT, textLength)
  );
}

/**
 * The RSASSA-PKCS1-v1_5 signature with SHA-256 that the host makes, valid until the next host read; `argument` is what
 * `appendSignHead` appends, and the text. Null where the host has no function `sign`, or doesn't take the key. Envoy has it.
 */
export function callSign(argument: usize, length: i32): Bytes | null {
  const result = callForeign(SIGN, argument, length);
  if (result == null || result.length < 4 || result.at(0) != RESULT || result.at(1) != 1) return null;
  if (result.at(2) != SIGNATURE) return null;
  let size = 0;
  let at = 3;
  for (let shift = 0; at < result.length && shift < 28; shift += 7) {
    const byte = <i32>result.at(at++);
    size |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  return size > 0 && at + size <= result.length ? view.set(result.pointer + at, size) : null;
}

function appendLength(out: ByteBuffer, tag: u8, length: i32): bool {
  if (!out.appendByte(tag)) return false;
  let rest = length;
  while (rest >= 128) {
    if (!out.appendByte(<u8>(rest | 128))) return false;
    rest >>= 7;
  }
  return out.appendByte(<u8>rest);
}

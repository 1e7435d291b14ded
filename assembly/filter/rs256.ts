import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { ByteString, Bytes } from "../bytes/view";
import { callForeign } from "../host/foreign";

const SIGN = new ByteString("sign");
const HASH = new ByteString("sha256");
const MOST_ARGUMENT_BYTES: i32 = 32 << 10;

/** Tags of Envoy's `SignArguments` and `SignResult` (`source/extensions/common/wasm/ext/sign.proto`). */
const HASH_FUNCTION: u8 = 0x0a;
const PRIVATE_KEY: u8 = 0x12;
const TEXT: u8 = 0x1a;
const RESULT: u8 = 0x08;
const SIGNATURE: u8 = 0x12;

const view = new Bytes();

/**
 * An RSASSA-PKCS1-v1_5 signature with SHA-256 (RS256 of RFC 7518), valid until the next host read; `key` is PKCS #8 in DER. Null
 * where the host has no function `sign`, or doesn't take the key. Envoy has it.
 */
export function signRs256(key: Bytes, text: Bytes): Bytes | null {
  const argument = new ByteBuffer(new Budget(MOST_ARGUMENT_BYTES));
  const isWhole =
    appendField(argument, HASH_FUNCTION, HASH.pointer, HASH.length) &&
    appendField(argument, PRIVATE_KEY, key.pointer, key.length) &&
    appendField(argument, TEXT, text.pointer, text.length);
  const result = isWhole ? callForeign(SIGN, argument.pointer, argument.length) : null;
  memory.fill(argument.pointer, 0, argument.length);
  if (result == null || result.length < 4 || result.at(0) != RESULT || result.at(1) != 1) return null;
  if (result.at(2) != SIGNATURE) return null;
  let length = 0;
  let at = 3;
  for (let shift = 0; at < result.length && shift < 28; shift += 7) {
    const byte = <i32>result.at(at++);
    length |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  return length > 0 && at + length <= result.length ? view.set(result.pointer + at, length) : null;
}

function appendField(out: ByteBuffer, tag: u8, pointer: usize, length: i32): bool {
  if (!out.appendByte(tag)) return false;
  let rest = length;
  while (rest >= 128) {
    if (!out.appendByte(<u8>(rest | 128))) return false;
    rest >>= 7;
  }
  return out.appendByte(<u8>rest) && out.append(pointer, length);
}

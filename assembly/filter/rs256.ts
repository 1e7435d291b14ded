import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { Bytes } from "../bytes/view";
import { appendSignHead, callSign } from "./sign-call";

const MOST_ARGUMENT_BYTES: i32 = 32 << 10;

/**
 * An RSASSA-PKCS1-v1_5 signature with SHA-256 (RS256 of RFC 7518), valid until the next host read; `key` is PKCS #8 in DER. Null
 * where the host has no function `sign`, or doesn't take the key. Envoy has it.
 */
export function signRs256(key: Bytes, text: Bytes): Bytes | null {
  const argument = new ByteBuffer(new Budget(MOST_ARGUMENT_BYTES));
  const isWhole =
    appendSignHead(argument, key.pointer, key.length, text.length) && argument.append(text.pointer, text.length);
  const signature = isWhole ? callSign(argument.pointer, argument.length) : null;
  memory.fill(argument.pointer, 0, argument.length);
  return signature;
}

import { constants, createPrivateKey, sign as signWith } from "node:crypto";

const HASH_FUNCTION = 0x0a;
const PRIVATE_KEY = 0x12;
const TEXT = 0x1a;

/**
 * Envoy's foreign function `sign`: `SignArguments` in, `SignResult` out (`source/extensions/common/wasm/ext/sign.proto`). A key or
 * a hash that it doesn't know is a result that says so.
 */
export function sign(argument: Uint8Array): Uint8Array {
  const fields = fieldsOf(argument);
  const text = (tag: number): Buffer => Buffer.from(fields.get(tag) ?? []);
  try {
    const key = createPrivateKey({ key: text(PRIVATE_KEY), format: "der", type: "pkcs8" });
    const signature = signWith(text(HASH_FUNCTION).toString(), text(TEXT), {
      key,
      padding: constants.RSA_PKCS1_PADDING,
    });
    return signResult(signature);
  } catch (error) {
    return Buffer.concat([Buffer.from([0x1a]), field(Buffer.from(String(error)))]);
  }
}

/** What `sign` answers when it has made this signature. */
export function signResult(signature: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([0x08, 1, 0x12]), field(signature)]);
}

/** Fields of bytes by tag. */
function fieldsOf(message: Uint8Array): Map<number, Uint8Array> {
  const fields = new Map<number, Uint8Array>();
  for (let at = 0; at < message.length;) {
    const tag = message[at++]!;
    let length = 0;
    for (let shift = 0, byte = 128; byte >= 128; shift += 7) {
      byte = message[at++]!;
      length |= (byte & 127) << shift;
    }
    fields.set(tag, message.subarray(at, at + length));
    at += length;
  }
  return fields;
}

function field(bytes: Uint8Array): Buffer {
  const length: number[] = [];
  for (let rest = bytes.length; rest >= 0; rest = rest < 128 ? -1 : rest >> 7) {
    length.push(rest < 128 ? rest : (rest & 127) | 128);
  }
  return Buffer.concat([Buffer.from(length), bytes]);
}

import { decodeUtf8, encodeUtf8 } from "../../../assembly/bytes/text";

export function encode(text: string): ArrayBuffer {
  return encodeUtf8(text);
}

export function decode(bytes: ArrayBuffer): string {
  return decodeUtf8(changetype<usize>(bytes), bytes.byteLength);
}

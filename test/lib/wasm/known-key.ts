import { SHA256_BYTES } from "../../../assembly/bytes/sha256";
import { Bytes } from "../../../assembly/bytes/view";
import { KNOWN_KEY, KNOWN_KEY_BYTES, readSignedDigest } from "../../../assembly/crypto/known-key";

export function keyAt(): usize {
  return KNOWN_KEY;
}

export function keyBytes(): i32 {
  return KNOWN_KEY_BYTES;
}

const digest = new StaticArray<u8>(SHA256_BYTES);

/** Where the digest is that the signature was made of; 0 for anything else. */
export function digestOf(signature: ArrayBuffer): usize {
  const view = new Bytes().set(changetype<usize>(signature), signature.byteLength);
  return readSignedDigest(view, changetype<usize>(digest)) ? changetype<usize>(digest) : 0;
}

import { SHA256_BYTES } from "../bytes/sha256";
import { FastSha256 } from "./fast-sha256";

const BLOCK: i32 = 64;
const INNER_PAD: u64 = 0x3636363636363636;
const OUTER_PAD: u64 = 0x5c5c5c5c5c5c5c5c;

const hash = new FastSha256();
const padded = new StaticArray<u8>(BLOCK);

/**
 * HMAC-SHA-256 (RFC 2104, FIPS 198-1) of `length` bytes at `pointer`; writes `SHA256_BYTES` to `out`, which may be where the
 * key or the text is. Never allocates.
 */
export function hmacSha256(key: usize, keyLength: i32, pointer: usize, length: i32, out: usize): void {
  const pad = changetype<usize>(padded);
  memory.fill(pad, 0, BLOCK);
  if (keyLength > BLOCK) {
    hash.reset();
    hash.update(key, keyLength);
    hash.finish(pad);
  } else {
    memory.copy(pad, key, keyLength);
  }
  flip(pad, INNER_PAD);
  hash.reset();
  hash.update(pad, BLOCK);
  hash.update(pointer, length);
  hash.finish(out);
  flip(pad, INNER_PAD ^ OUTER_PAD);
  hash.reset();
  hash.update(pad, BLOCK);
  hash.update(out, SHA256_BYTES);
  hash.finish(out);
  memory.fill(pad, 0, BLOCK);
}

function flip(block: usize, mask: u64): void {
  for (let i = 0; i < BLOCK; i += 8) store<u64>(block + i, load<u64>(block + i) ^ mask);
}

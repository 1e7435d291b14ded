import { Bytes } from "./view";

/** Length of a digest in bytes. */
export const SHA256_BYTES: i32 = 32;

const BLOCK: i32 = 64;

/** The constants of the 64 rounds. */
export const SHA256_K = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);

const INITIAL = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

/** One bit, then zeros. */
const PADDING = memory.data<u64>([0x80, 0, 0, 0, 0, 0, 0, 0]);
const LENGTH_BYTES: i32 = 8;
const LENGTH = memory.data(LENGTH_BYTES, 8);

/** Room for the words of a block's 64 rounds. */
export const SCHEDULE = memory.data(64 * 4, 16);

/** SHA-256 (FIPS 180-4) of bytes that arrive in pieces of any size. Small code: `FastSha256` is for bodies. */
export class Sha256 {
  protected readonly state: StaticArray<u32> = new StaticArray<u32>(8);
  private readonly block: StaticArray<u8> = new StaticArray<u8>(BLOCK);
  private filled: i32 = 0;
  private total: u64 = 0;

  constructor() {
    this.reset();
  }

  reset(): void {
    memory.copy(changetype<usize>(this.state), INITIAL, SHA256_BYTES);
    this.filled = 0;
    this.total = 0;
  }

  update(pointer: usize, length: i32): void {
    this.total += length;
    const block = changetype<usize>(this.block);
    while (length > 0) {
      if (this.filled == 0 && length >= BLOCK) {
        this.compress(pointer);
        pointer += BLOCK;
        length -= BLOCK;
        continue;
      }
      const taken = min(length, BLOCK - this.filled);
      memory.copy(block + this.filled, pointer, taken);
      this.filled += taken;
      pointer += taken;
      length -= taken;
      if (this.filled == BLOCK) {
        this.compress(block);
        this.filled = 0;
      }
    }
  }

  /** Writes the digest, `SHA256_BYTES` long, to `out`. The next use starts with `reset`. */
  finish(out: usize): void {
    const bits = this.total * 8;
    // Up to the eight bytes of the length, which end a block.
    this.update(PADDING, ((BLOCK - LENGTH_BYTES - 1 - this.filled) & (BLOCK - 1)) + 1);
    store<u64>(LENGTH, bswap<u64>(bits));
    this.update(LENGTH, LENGTH_BYTES);
    for (let i = 0; i < 8; i++) store<u32>(out + i * 4, bswap<u32>(unchecked(this.state[i])));
  }

  /** Takes a block. */
  protected compress(block: usize): void {
    for (let i: usize = 0; i < 16; i++) store<u32>(SCHEDULE + i * 4, bswap<u32>(load<u32>(block + i * 4)));
    for (let i: usize = 16; i < 64; i++) {
      const at = SCHEDULE + i * 4;
      const w15 = load<u32>(at - 60);
      const w2 = load<u32>(at - 8);
      const s0 = rotr<u32>(w15, 7) ^ rotr<u32>(w15, 18) ^ (w15 >> 3);
      const s1 = rotr<u32>(w2, 17) ^ rotr<u32>(w2, 19) ^ (w2 >> 10);
      store<u32>(at, load<u32>(at - 64) + s0 + load<u32>(at - 28) + s1);
    }
    const s = this.state;
    let a = unchecked(s[0]);
    let b = unchecked(s[1]);
    let c = unchecked(s[2]);
    let d = unchecked(s[3]);
    let e = unchecked(s[4]);
    let f = unchecked(s[5]);
    let g = unchecked(s[6]);
    let h = unchecked(s[7]);
    for (let i: usize = 0; i < 64; i++) {
      const s1 = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
      const t1 = h + s1 + ((e & f) ^ (~e & g)) + load<u32>(SHA256_K + i * 4) + load<u32>(SCHEDULE + i * 4);
      const s0 = rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22);
      const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = d + t1;
      d = c;
      c = b;
      b = a;
      a = t1 + t2;
    }
    unchecked((s[0] += a));
    unchecked((s[1] += b));
    unchecked((s[2] += c));
    unchecked((s[3] += d));
    unchecked((s[4] += e));
    unchecked((s[5] += f));
    unchecked((s[6] += g));
    unchecked((s[7] += h));
  }
}

const HEX = memory.data<u8>([48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102]);

/** Writes `bytes` as lower-case hexadecimal digits, two for each byte, to `out`. */
export function writeHex(bytes: Bytes, out: usize): void {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.at(i);
    store<u8>(out + i * 2, load<u8>(HEX + (byte >> 4)));
    store<u8>(out + i * 2 + 1, load<u8>(HEX + (byte & 15)));
  }
}

import { Bytes } from "./view";

/** Length of a digest in bytes. */
export const SHA256_BYTES: i32 = 32;

const BLOCK: i32 = 64;

const K = memory.data<u32>([
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

const SCHEDULE = memory.data(64 * 4, 16);

/** SHA-256 (FIPS 180-4) of bytes that arrive in pieces of any size. */
@final
export class Sha256 {
  private readonly state: StaticArray<u32> = new StaticArray<u32>(8);
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

  private compress(block: usize): void {
    schedule(block);
    const words = SCHEDULE;
    const s = this.state;
    let a = unchecked(s[0]);
    let b = unchecked(s[1]);
    let c = unchecked(s[2]);
    let d = unchecked(s[3]);
    let e = unchecked(s[4]);
    let f = unchecked(s[5]);
    let g = unchecked(s[6]);
    let h = unchecked(s[7]);
    // Eight rounds move every variable back to its place.
    for (let i: usize = 0; i < 256; i += 32) {
      h += sum1(e) + choose(e, f, g) + load<u32>(words + i, 0);
      d += h;
      h += sum0(a) + majority(a, b, c);
      g += sum1(d) + choose(d, e, f) + load<u32>(words + i, 4);
      c += g;
      g += sum0(h) + majority(h, a, b);
      f += sum1(c) + choose(c, d, e) + load<u32>(words + i, 8);
      b += f;
      f += sum0(g) + majority(g, h, a);
      e += sum1(b) + choose(b, c, d) + load<u32>(words + i, 12);
      a += e;
      e += sum0(f) + majority(f, g, h);
      d += sum1(a) + choose(a, b, c) + load<u32>(words + i, 16);
      h += d;
      d += sum0(e) + majority(e, f, g);
      c += sum1(h) + choose(h, a, b) + load<u32>(words + i, 20);
      g += c;
      c += sum0(d) + majority(d, e, f);
      b += sum1(g) + choose(g, h, a) + load<u32>(words + i, 24);
      f += b;
      b += sum0(c) + majority(c, d, e);
      a += sum1(f) + choose(f, g, h) + load<u32>(words + i, 28);
      e += a;
      a += sum0(b) + majority(b, c, d);
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

/** Writes the 64 words of a block's rounds, their constants added, to `SCHEDULE`: four at a time. */
function schedule(block: usize): void {
  let w0 = bigEndian(v128.load(block));
  let w1 = bigEndian(v128.load(block, 16));
  let w2 = bigEndian(v128.load(block, 32));
  let w3 = bigEndian(v128.load(block, 48));
  for (let at: usize = 0; at < 192; at += 16) {
    v128.store(SCHEDULE + at, i32x4.add(w0, v128.load(K + at)));
    const next = extend(w0, w1, w2, w3);
    w0 = w1;
    w1 = w2;
    w2 = w3;
    w3 = next;
  }
  v128.store(SCHEDULE, i32x4.add(w0, v128.load(K, 192)), 192);
  v128.store(SCHEDULE, i32x4.add(w1, v128.load(K, 208)), 208);
  v128.store(SCHEDULE, i32x4.add(w2, v128.load(K, 224)), 224);
  v128.store(SCHEDULE, i32x4.add(w3, v128.load(K, 240)), 240);
}

/** The four words that follow these sixteen. The last two need the first two. */
// @ts-ignore: decorator
@inline
function extend(w0: v128, w1: v128, w2: v128, w3: v128): v128 {
  const w15 = i8x16.shuffle(w0, w1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
  const w7 = i8x16.shuffle(w2, w3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
  const sum = i32x4.add(i32x4.add(w0, w7), mix(w15, 7, 18, 3));
  const none = i32x4.splat(0);
  const low = i32x4.add(
    sum,
    mix(i8x16.shuffle(w3, none, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23), 17, 19, 10),
  );
  return i32x4.add(
    low,
    mix(i8x16.shuffle(none, low, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23), 17, 19, 10),
  );
}

/** Of each word: rotated by `a`, rotated by `b` and shifted by `c` to the right, in one. */
// @ts-ignore: decorator
@inline
function mix(words: v128, a: i32, b: i32, c: i32): v128 {
  const rotated = v128.xor(
    v128.or(i32x4.shr_u(words, a), i32x4.shl(words, 32 - a)),
    v128.or(i32x4.shr_u(words, b), i32x4.shl(words, 32 - b)),
  );
  return v128.xor(rotated, i32x4.shr_u(words, c));
}

// @ts-ignore: decorator
@inline
function bigEndian(words: v128): v128 {
  return i8x16.shuffle(words, words, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

// @ts-ignore: decorator
@inline
function sum0(x: u32): u32 {
  return rotr<u32>(x, 2) ^ rotr<u32>(x, 13) ^ rotr<u32>(x, 22);
}

// @ts-ignore: decorator
@inline
function sum1(x: u32): u32 {
  return rotr<u32>(x, 6) ^ rotr<u32>(x, 11) ^ rotr<u32>(x, 25);
}

// @ts-ignore: decorator
@inline
function choose(x: u32, y: u32, z: u32): u32 {
  return z ^ (x & (y ^ z));
}

// @ts-ignore: decorator
@inline
function majority(x: u32, y: u32, z: u32): u32 {
  return (x & y) ^ (z & (x ^ y));
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

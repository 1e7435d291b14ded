import { Bytes } from "./view";

/** Length of a digest in bytes. */
export const SHA256_BYTES: i32 = 32;

const BLOCK: i32 = 64;

/** The constants of the 64 rounds, and what the state begins with; 0 until they are needed. */
export const SHA256_K = memory.data(64 * 4, 16);
const INITIAL = memory.data(SHA256_BYTES, 8);

/** One bit, then zeros. */
const PADDING = memory.data<u64>([0x80, 0, 0, 0, 0, 0, 0, 0]);
const LENGTH_BYTES: i32 = 8;
const LENGTH = memory.data(LENGTH_BYTES, 8);

/** Room for the words of a block's 64 rounds. */
export const SCHEDULE = memory.data(64 * 4, 16);

/** The variables a to h of a block's rounds. */
const WORKING = memory.data(SHA256_BYTES, 16);

/** SHA-256 (FIPS 180-4) of bytes that arrive in pieces of any size. Small code: `FastSha256` is for bodies. */
export class Sha256 {
  protected readonly state: StaticArray<u32> = new StaticArray<u32>(8);
  private readonly block: StaticArray<u8> = new StaticArray<u8>(BLOCK);
  private filled: i32 = 0;
  private total: u64 = 0;

  constructor() {
    if (load<u32>(SHA256_K) == 0) writeConstants();
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
    const state = changetype<usize>(this.state);
    memory.copy(WORKING, state, SHA256_BYTES);
    for (let i: usize = 0; i < 256; i += 4) {
      const a = load<u32>(WORKING);
      const b = load<u32>(WORKING, 4);
      const c = load<u32>(WORKING, 8);
      const e = load<u32>(WORKING, 16);
      const s1 = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
      const choice = (e & load<u32>(WORKING, 20)) ^ (~e & load<u32>(WORKING, 24));
      const t1 = load<u32>(WORKING, 28) + s1 + choice + load<u32>(SHA256_K + i) + load<u32>(SCHEDULE + i);
      const s0 = rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22);
      // Each variable moves on by one: d to e, where it is added to.
      const high = v128.load(WORKING, 12);
      v128.store(WORKING, v128.load(WORKING), 4);
      v128.store(WORKING, high, 16);
      store<u32>(WORKING, load<u32>(WORKING, 16) + t1, 16);
      store<u32>(WORKING, t1 + s0 + ((a & b) ^ (a & c) ^ (b & c)));
    }
    v128.store(state, i32x4.add(v128.load(state), v128.load(WORKING)));
    v128.store(state, i32x4.add(v128.load(state, 16), v128.load(WORKING, 16)), 16);
  }
}

/**
 * The first 32 bits behind the point of the cube roots of the first 64 primes, and of the square roots of the first 8 (sections
 * 4.2.2 and 5.3.3). Code that computes them takes half the bytes that they take.
 */
function writeConstants(): void {
  for (let n: usize = 0, number: u32 = 2; n < 64; number++) {
    if (!isPrime(number)) continue;
    let root: f64 = number;
    for (let i = 0; i < 32; i++) root = (2 * root + <f64>number / (root * root)) / 3;
    store<u32>(SHA256_K + n * 4, bitsBehindPoint(root));
    if (n < 8) store<u32>(INITIAL + n * 4, bitsBehindPoint(Math.sqrt(number)));
    n++;
  }
}

function isPrime(number: u32): bool {
  let divisor: u32 = 2;
  while (number % divisor != 0) divisor++;
  return divisor == number;
}

function bitsBehindPoint(value: f64): u32 {
  return <u32>(<u64>(value * 4294967296));
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

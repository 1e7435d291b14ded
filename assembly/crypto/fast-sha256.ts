import { SCHEDULE, SHA256_K, Sha256 } from "../bytes/sha256";

/** SHA-256 for many bytes: half the time of the other, four times its code. */
@final
export class FastSha256 extends Sha256 {
  protected override compress(block: usize): void {
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
    v128.store(SCHEDULE + at, i32x4.add(w0, v128.load(SHA256_K + at)));
    const next = extend(w0, w1, w2, w3);
    w0 = w1;
    w1 = w2;
    w2 = w3;
    w3 = next;
  }
  v128.store(SCHEDULE, i32x4.add(w0, v128.load(SHA256_K, 192)), 192);
  v128.store(SCHEDULE, i32x4.add(w1, v128.load(SHA256_K, 208)), 208);
  v128.store(SCHEDULE, i32x4.add(w2, v128.load(SHA256_K, 224)), 224);
  v128.store(SCHEDULE, i32x4.add(w3, v128.load(SHA256_K, 240)), 240);
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

import { bitOf, Builtin } from "./builtin";
import { lanes } from "../../bytes/lanes";

/**
 * Three-byte beginnings at which a recogniser is asked. Each bucket is a set of first, second and third bytes, tested by
 * halves of a byte (as in Hyperscan's Teddy), so that a bucket also lets through what only looks like one of its own.
 */
const enum Bucket {
  At,
  Colon,
  Scheme,
  Capital,
  Underscore,
  Slack,
  Jwt,
  Key,
}

const FIRST: StaticArray<string> = ["@", ":", ":", "ABP", "srhu", "x", "e", "rRwWeE"];
const SECOND: StaticArray<string> = [
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz\xc3\xd0\xe3",
  ":0123456789abcdefABCDEF",
  "/o",
  "KSBCIEGu",
  "kpousrb",
  "oa",
  "yw",
  "dDyY",
];
const THIRD: StaticArray<string> = ["", "", "/r", "ICzGET", "_-", "xp", "JAo0", "="];

/** A row of 16 bytes for the lower and one for the upper half of each of the three bytes. */
const ROW: usize = 16;
const HALVES: usize = 2 * ROW;
const POSITIONS: i32 = 3;

/** Finds where something may begin, 16 bytes at once. */
@final
export class Triggers {
  private readonly rows: StaticArray<u8> = new StaticArray<u8>(POSITIONS * <i32>HALVES);

  constructor(kinds: u32) {
    for (let bucket = 0; bucket <= Bucket.Key; bucket++) {
      if ((kinds & kindsOf(bucket)) == 0) continue;
      this.addSet(bucket, 0, FIRST[bucket]);
      this.addSet(bucket, 1, SECOND[bucket]);
      this.addSet(bucket, 2, THIRD[bucket]);
    }
  }

  /** Which of the 16 bytes at `pointer`, lowest first, one of the beginnings may be at. Reads 18 bytes. */

  @inline
  inBlock(pointer: usize): u32 {
    const rows = changetype<usize>(this.rows);
    let candidates = lookUp(rows, v128.load(pointer));
    candidates = v128.and(candidates, lookUp(rows + HALVES, v128.load(pointer, 1)));
    candidates = v128.and(candidates, lookUp(rows + 2 * HALVES, v128.load(pointer, 2)));
    return i8x16.bitmask(i8x16.ne(candidates, i8x16.splat(0)));
  }

  /** Whether one of the beginnings may be at `pointer`, of which only `length` bytes are known. */
  mayBegin(pointer: usize, length: i32): bool {
    const rows = changetype<usize>(this.rows);
    let buckets = lookUpByte(rows, load<u8>(pointer));
    if (length > 1) buckets &= lookUpByte(rows + HALVES, load<u8>(pointer, 1));
    if (length > 2) buckets &= lookUpByte(rows + 2 * HALVES, load<u8>(pointer, 2));
    return buckets != 0;
  }

  private addSet(bucket: i32, position: usize, bytes: string): void {
    const rows = changetype<usize>(this.rows) + position * HALVES;
    const bit: u8 = 1 << (<u8>bucket);
    if (bytes.length == 0) {
      for (let i: usize = 0; i < HALVES; i++) store<u8>(rows + i, load<u8>(rows + i) | bit);
      return;
    }
    for (let i = 0; i < bytes.length; i++) {
      const byte: usize = bytes.charCodeAt(i);
      const low = rows + (byte & 0xf);
      const high = rows + ROW + (byte >> 4);
      store<u8>(low, load<u8>(low) | bit);
      store<u8>(high, load<u8>(high) | bit);
    }
  }
}

function kindsOf(bucket: i32): u32 {
  switch (bucket) {
    case Bucket.At:
      return bitOf(Builtin.Email);
    case Bucket.Colon:
      return bitOf(Builtin.IpAddress);
    case Bucket.Capital:
      return bitOf(Builtin.AwsAccessKey) | bitOf(Builtin.GoogleApiKey) | bitOf(Builtin.PrivateKey);
    case Bucket.Underscore:
      return (
        bitOf(Builtin.GitHubToken) | bitOf(Builtin.OpenAiKey) | bitOf(Builtin.AnthropicKey) | bitOf(Builtin.StripeKey)
      );
    case Bucket.Slack:
      return bitOf(Builtin.SlackToken);
    case Bucket.Jwt:
      return bitOf(Builtin.Jwt);
    default:
      return bitOf(Builtin.ConnectionString);
  }
}


@inline
function lookUp(rows: usize, bytes: v128): v128 {
  const low = i8x16.swizzle(v128.load(rows), v128.and(bytes, lanes(0x0f)));
  return v128.and(low, i8x16.swizzle(v128.load(rows + ROW), i8x16.shr_u(bytes, 4)));
}


@inline
function lookUpByte(rows: usize, byte: u32): u32 {
  return load<u8>(rows + (byte & 0xf)) & load<u8>(rows + ROW + (byte >> 4));
}

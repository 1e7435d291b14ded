import { BUCKETS, FIRST_BYTES, FirstBytes } from "../first-bytes";
import { Heads } from "./heads";

/** Puts heads into as many buckets as `FirstBytes` has, so that it stops as seldom as can be. */
@final
export class HeadBuckets {
  /** How often a search for all of them would stop in usual text, a byte. */
  private stops: f32 = 0;
  /** For each bucket and byte: the lower halves that can be in its lower 16 bits, the upper ones in its upper. */
  private readonly halves: StaticArray<u32> = new StaticArray<u32>(BUCKETS * FIRST_BYTES);

  add(heads: Heads): void {
    let best = 0;
    let least = f32.MAX_VALUE;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const more = this.rateWith(bucket, heads) - this.rateWith(bucket, null);
      if (more < least) {
        least = more;
        best = bucket;
      }
    }
    for (let i = 0; i < FIRST_BYTES; i++) this.halves[best * FIRST_BYTES + i] |= heads.halves[i];
    this.stops += least;
  }

  /** Gives all to a search, but not when that would stop more often than once in `leastDistance` bytes of usual text. */
  giveTo(search: FirstBytes, leastDistance: f32): bool {
    if (this.stops * leastDistance >= 1) return false;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      for (let i = 0; i < FIRST_BYTES; i++) search.add(i, bucket, this.halves[bucket * FIRST_BYTES + i]);
    }
    return true;
  }

  /** How often a bucket would stop in usual text, a byte, if it had these heads, too. */
  private rateWith(bucket: i32, heads: Heads | null): f32 {
    let rate: f32 = 1;
    for (let i = 0; i < FIRST_BYTES; i++) {
      const halves = this.halves[bucket * FIRST_BYTES + i];
      rate *= shareOf(heads == null ? halves : halves | heads.halves[i]);
    }
    return rate;
  }
}

/** How often heads are met in usual text, a byte. */
export function rateOf(heads: Heads): f32 {
  let rate: f32 = 1;
  for (let i = 0; i < FIRST_BYTES; i++) rate *= shareOf(heads.halves[i]);
  return rate;
}

/** Roughly how often a byte is met in usual text, of `USUAL_TOTAL`. */
export function usualWeight(byte: i32): i32 {
  if (byte == 0x20) return 80;
  if (byte >= 0x61 && byte <= 0x7a) return 20;
  if (byte >= 0x30 && byte <= 0x39) return 4;
  return byte < 0x80 ? 2 : 1;
}

/** The weights of all bytes: a blank's, 26 small letters', 10 digits', 91 others' of ASCII and 128 beyond it. */
export const USUAL_TOTAL: i32 = 80 + 26 * 20 + 10 * 4 + 91 * 2 + 128;

/** How much of usual text the bytes are that have one of these lower and one of these upper halves. */
function shareOf(halves: u32): f32 {
  let weight = 0;
  for (let byte = 0; byte < 256; byte++) {
    if ((halves >> (byte & 15)) & (halves >> (16 + (byte >> 4))) & 1) weight += usualWeight(byte);
  }
  return <f32>weight / <f32>USUAL_TOTAL;
}

import { Bytes } from "../bytes/view";
import { nowMs } from "../filter/time";

/** How long an answer is good for, in ms. */
const LIFETIME_MS: u64 = 30_000;
const ENTRIES: i32 = 1024;
const ENTRY_BYTES: i32 = 32;
const LOW: i32 = 0;
const HIGH: i32 = 8;
const EXPIRY: i32 = 16;
const PASSES: i32 = 24;

/**
 * What services said of texts in the last 30 s, by the SHA-256 of what they were asked: at most 1,024 answers, of which a new
 * one replaces an older one in the same place. Holds no texts.
 */
@final
export class ServiceCache {
  private readonly entries: StaticArray<u8> = new StaticArray<u8>(ENTRIES * ENTRY_BYTES);

  /** 1: passed, 0: rejected, -1: not known. */
  find(digest: Bytes): i32 {
    const entry = this.entryOf(digest);
    const isKnown = load<u64>(entry + LOW) == low(digest) && load<u64>(entry + HIGH) == high(digest);
    return isKnown && load<u64>(entry + EXPIRY) > nowMs() ? load<i32>(entry + PASSES) : -1;
  }

  keep(digest: Bytes, passes: bool): void {
    const entry = this.entryOf(digest);
    store<u64>(entry + LOW, low(digest));
    store<u64>(entry + HIGH, high(digest));
    store<u64>(entry + EXPIRY, nowMs() + LIFETIME_MS);
    store<i32>(entry + PASSES, i32(passes));
  }

  private entryOf(digest: Bytes): usize {
    const index = <usize>(low(digest) % <u64>ENTRIES);
    return changetype<usize>(this.entries) + index * ENTRY_BYTES;
  }
}

function low(digest: Bytes): u64 {
  return load<u64>(digest.pointer);
}

function high(digest: Bytes): u64 {
  return load<u64>(digest.pointer + 8);
}

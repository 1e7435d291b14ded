import { alphanumerics } from "../bytes/ascii";
import { ANY_BYTE, BUCKETS, FIRST_BYTES, FirstBytes, halvesOf } from "./first-bytes";
import { Prefix, PrefixTable } from "./words-prefixes";
import { contextAfter, isLetter, NO_CONTEXT } from "./words-symbols";
import { lanes } from "../bytes/lanes";

const BLOCK_BYTES: i32 = 16;
/** How many first bytes of a word are looked up, one after the other. */
const FEW_BYTES: i32 = FIRST_BYTES;
const SOME_BYTES: i32 = 5;
const MANY_BYTES: i32 = 8;

/**
 * Tells places of a text where no word of a list begins, 16 bytes at a time: by what the first three bytes of a word can be;
 * a word that begins with a letter begins only where one of the text does; and then the first 3, 5 and 8 bytes must be those of
 * a word, by hash. Takes 24 kB.
 */
@final
export class WordFilter {
  private readonly heads: FirstBytes = new FirstBytes();
  private readonly few: PrefixTable = new PrefixTable();
  private readonly some: PrefixTable = new PrefixTable();
  private readonly many: PrefixTable = new PrefixTable();
  /** By first byte: 1 where a word begins with it that has fewer than three before its end or a blank. */
  private readonly shorts: StaticArray<u8> = new StaticArray<u8>(256);
  /** ASCII characters other than letters that words begin with: bits of the high half of a byte, by its low half. */
  private readonly others: StaticArray<u8> = new StaticArray<u8>(BLOCK_BYTES);
  private hasOthers: bool = false;
  /** Words begin with characters that are neither ASCII nor letters. */
  private hasWide: bool = false;
  /** What is before the place where `find` begins, and then where it stopped. */
  context: u32 = 0;

  /** Enters a word, as plain bytes. */
  add(pointer: usize, length: i32): void {
    const first: u32 = load<u8>(pointer);
    if (!isLetter(first)) {
      if (first >= 0x80) this.hasWide = true;
      else this.addOther(first);
    }
    // Any blank stands for any blank, so bytes are looked up only before the first one.
    let plain = 0;
    while (plain < length && !isBlank(load<u8>(pointer + plain))) plain++;
    this.addHead(pointer, plain < FEW_BYTES ? 1 : FEW_BYTES);
    if (plain < FEW_BYTES) return this.addShort(first);
    this.few.add(prefixOf(pointer, FEW_BYTES), plain < SOME_BYTES);
    if (plain < SOME_BYTES) return;
    this.some.add(prefixOf(pointer, SOME_BYTES), plain < MANY_BYTES);
    if (plain >= MANY_BYTES) this.many.add(prefixOf(pointer, MANY_BYTES), true);
  }

  /** Enters what a word begins with: so many bytes, and then any. */
  private addHead(pointer: usize, length: i32): void {
    const bucket = <i32>(load<u8>(pointer) | 0x20) % BUCKETS;
    for (let i = 0; i < FIRST_BYTES; i++)
      this.heads.add(i, bucket, i < length ? likeOf(load<u8>(pointer + i)) : ANY_BYTE);
  }

  private addShort(first: u32): void {
    for (let byte: u32 = 0; byte < 256; byte++) {
      if (byte == first || byte == (first ^ caseBit(first)) || (isBlank(byte) && isBlank(first))) this.shorts[byte] = 1;
    }
  }

  private addOther(first: u32): void {
    this.hasOthers = true;
    if (isBlank(first)) {
      this.others[0x00] |= 1 << 2;
      this.others[0x09] |= 1;
      this.others[0x0a] |= 1;
      this.others[0x0d] |= 1;
    } else this.others[first & 15] |= bitOf(first >> 4);
  }

  /**
   * The first place in [pointer, end) where a word may begin; the last 23 bytes are left for others. `context` is
   * that of `pointer`, and then that of the place.
   */
  find(pointer: usize, end: usize): usize {
    let inWord = this.context & 1;
    let afterLead = this.context >> 1;
    const others = v128.load(changetype<usize>(this.others));
    let isContextKnown = true;
    while (pointer + BLOCK_BYTES + MANY_BYTES <= end) {
      const heads = this.heads.at(pointer);
      if (!v128.any_true(heads)) {
        isContextKnown = false;
        pointer += BLOCK_BYTES;
        continue;
      }
      if (!isContextKnown) {
        const context = contextBefore(pointer);
        inWord = context & 1;
        afterLead = context >> 1;
        isContextKnown = true;
      }
      const block = v128.load(pointer);
      let letters: u32 = i8x16.bitmask(alphanumerics(block));
      let words = letters;
      let leads: u32 = 0;
      let places: u32 = 0;
      const wide: u32 = i8x16.bitmask(block);
      if (wide != 0) {
        leads = i8x16.bitmask(i8x16.lt_u(i8x16.sub(block, lanes(0xc3)), lanes(0x14)));
        const continuations: u32 = i8x16.bitmask(i8x16.lt_s(block, lanes(0xc0)));
        letters |= leads;
        words = letters | (continuations & ((leads << 1) | afterLead));
        if (this.hasWide) places = wide & ~continuations & ~leads;
      }
      places |= letters & ~((words << 1) | inWord);
      if (this.hasOthers) {
        const high = i8x16.swizzle(v128.load(HIGH_BITS), i8x16.shr_u(block, 4));
        const low = i8x16.swizzle(others, v128.and(block, lanes(15)));
        places |= ~i8x16.bitmask(i8x16.eq(v128.and(low, high), i8x16.splat(0)));
      }
      places &= i8x16.bitmask(i8x16.ne(heads, i8x16.splat(0)));
      while (places != 0) {
        const at = ctz(places);
        if (this.mayBegin(load<u64>(pointer + at))) {
          if (at > 0) {
            inWord = (words >> (at - 1)) & 1;
            afterLead = (leads >> (at - 1)) & 1;
          }
          this.context = inWord | (afterLead << 1);
          return pointer + at;
        }
        places &= places - 1;
      }
      inWord = (words >> 15) & 1;
      afterLead = (leads >> 15) & 1;
      pointer += BLOCK_BYTES;
    }
    this.context = isContextKnown ? inWord | (afterLead << 1) : contextBefore(pointer);
    return pointer;
  }


  @inline
  private mayBegin(bytes: u64): bool {
    if (load<u8>(changetype<usize>(this.shorts) + <usize>(bytes & 0xff)) != 0) return true;
    const few = this.few.find(bytes & 0xffffff);
    return few != Prefix.None && (few == Prefix.Word || this.mayGoOn(bytes));
  }

  private mayGoOn(bytes: u64): bool {
    const some = this.some.find(bytes & 0xffffffffff);
    return some != Prefix.None && (some == Prefix.Word || this.many.find(bytes) != Prefix.None);
  }
}

// prettier-ignore
const HIGH_BITS = memory.data<u8>([1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0], 16);

/** What is before a place that is not at the beginning: a letter has two bytes at the most. */
// @ts-ignore: decorator
@inline
function contextBefore(pointer: usize): u32 {
  return contextAfter(load<u8>(pointer - 1), contextAfter(load<u8>(pointer - 2), NO_CONTEXT));
}

/** The bytes that stand for one of a word, as halves. */
function likeOf(byte: u32): u32 {
  if (isBlank(byte)) return halvesOf(0x20) | halvesOf(0x09) | halvesOf(0x0a) | halvesOf(0x0d);
  return halvesOf(byte) | halvesOf(byte ^ caseBit(byte));
}

function prefixOf(pointer: usize, length: i32): u64 {
  let prefix: u64 = 0;
  for (let i = length - 1; i >= 0; i--) prefix = (prefix << 8) | load<u8>(pointer + i);
  return prefix;
}

function isBlank(byte: u32): bool {
  return byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d;
}

function caseBit(byte: u32): u32 {
  return (byte | 0x20) - 0x61 < 26 ? 0x20 : 0;
}

function bitOf(index: u32): u8 {
  return <u8>((<u32>1) << index);
}

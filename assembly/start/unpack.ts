/**
 * Restores the memory with which a plugin begins. The build packs it (`scripts/setup/image/pack.mjs`, which says the format) and
 * makes this the module's start function.
 *
 * An LZ77 coder whose every decision is one bit of an adaptive binary range coder, as in LZMA: a third smaller than whole
 * bytes would be (LZ4), with a decoder of 450 bytes.
 */
const PROBABILITY_BITS: u32 = 12;
const ADAPT_SHIFT: u32 = 4;
const EVEN_ODDS: u32 = 1 << (PROBABILITY_BITS - 1);

/** Where each kind of decision keeps its odds, counted in 16-bit cells: what they are above even ones. */
const enum Odds {
  IsMatch = 0,
  SameDistance = 4,
  Length = 8,
  /** Of a match with the distance of the one before. */
  SameLength = 72,
  Distance = 136,
  /** A tree of 256 for each of what the two bytes before can be: 0 or not. */
  Literal = 200,
  Count = 1224,
}

let source: usize = 0;
let odds: usize = 0;
let range: u32 = 0;
let code: u32 = 0;

/**
 * Writes the `length` bytes packed at `packed` to `target`, before which there are two bytes of 0. `scratch` has room for 2 * `Odds.Count` bytes, all 0; neither it nor the
 * packed bytes overlap the target.
 */
export function unpack(packed: usize, target: usize, length: usize, scratch: usize): void {
  source = packed;
  odds = scratch;
  range = u32.MAX_VALUE;
  for (let i = 0; i < 4; i++) code = (code << 8) | load<u8>(source++);
  const end = target + length;
  let distance: usize = 0;
  while (target < end) {
    const lane = (<u32>target) & 3;
    if (bit(Odds.IsMatch + lane)) {
      const isSame = bit(Odds.SameDistance + lane);
      if (!isSame) distance = number(Odds.Distance);
      let left = number(isSame ? Odds.SameLength : Odds.Length) + 1;
      while (left-- > 0) {
        store<u8>(target, load<u8>(target - distance));
        target++;
      }
    } else {
      const context = (<u32>(load<u8>(target - 1) != 0)) | ((<u32>(load<u8>(target - 2) != 0)) << 1);
      let tree: u32 = 1;
      while (tree < 256) tree = (tree << 1) | bit(Odds.Literal + (context << 8) + tree);
      store<u8>(target++, <u8>tree);
    }
  }
}

/** A number from 1 in Elias's gamma code. */
function number(at: u32): u32 {
  let bits: u32 = 0;
  while (bit(at + bits)) bits++;
  let value: u32 = 1;
  while (bits > 0) value = (value << 1) | bit(at + 32 + --bits);
  return value;
}

function bit(index: u32): u32 {
  const cell = odds + (index << 1);
  const odd = EVEN_ODDS + <i32>load<i16>(cell);
  const bound = (range >>> PROBABILITY_BITS) * odd;
  const isOne = code >= bound;
  if (isOne) {
    code -= bound;
    range -= bound;
    store<i16>(cell, <i16>(odd - (odd >>> ADAPT_SHIFT) - EVEN_ODDS));
  } else {
    range = bound;
    store<i16>(cell, <i16>(odd + (((1 << PROBABILITY_BITS) - odd) >>> ADAPT_SHIFT) - EVEN_ODDS));
  }
  while (range < 1 << 24) {
    range <<= 8;
    code = (code << 8) | load<u8>(source++);
  }
  return <u32>isOne;
}

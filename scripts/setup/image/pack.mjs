/**
 * Packs bytes for `assembly/start/unpack.ts`: LZ77, each decision one bit of an adaptive binary range coder.
 *
 * A text is a row of steps until its length is reached: a bit that says whether a match follows (odds by position in a
 * word). A literal: eight bits down a tree (odds by which of the two bytes before are 0, which tells texts of one and of two
 * bytes a character from numbers). A match: whether it has the distance of the one before (odds by position in a word), else
 * the distance; then its length less one (odds by the former); both in Elias's gamma code, with odds by place of the bit.
 */
const PROBABILITY_BITS = 12;
const ADAPT_SHIFT = 4;
const ODDS = { isMatch: 0, sameDistance: 4, length: 8, sameLength: 72, distance: 136, literal: 200, count: 1224 };
const SHORTEST = 2;
/** Bounds of the search, which keep runs of zeros from taking minutes. */
const LONGEST = 2048;
const LONG_ENOUGH = 64;
const MOST_CANDIDATES = 1024;
/** The same for data with large tables in it, where more would take minutes for little. */
const MOST_CANDIDATES_OF_LARGE = 64;
const LARGE_BYTES = 32_768;
/** How many bytes the keys have by which earlier places are found: a run of zeros has too many for the shortest key. */
const KEY_BYTES = [2, 4, 6];

/** Bytes of memory that unpacking needs beside its source and its target. */
export const SCRATCH_BYTES = ODDS.count * 2;

/** @param {Uint8Array} bytes to be unpacked at an address that is a multiple of 4, behind two bytes of 0 */
export function pack(bytes) {
  let steps = parse(bytes, flatPrice());
  // What a step costs depends on the odds, which depend on the steps: twice is near enough to the fixed point.
  for (let round = 0; round < 3; round++) {
    const coder = new Coder();
    write(bytes, steps, coder);
    steps = parse(bytes, coder.price());
  }
  const coder = new Coder();
  write(bytes, steps, coder);
  return coder.finish();
}

function write(bytes, steps, coder) {
  let distance = 0;
  for (const { at, length, from } of steps) {
    const lane = at & 3;
    coder.bit(ODDS.isMatch + lane, length > 0 ? 1 : 0);
    if (length === 0) {
      coder.literal(before(bytes, at), bytes[at]);
      continue;
    }
    const isSame = from === distance;
    coder.bit(ODDS.sameDistance + lane, isSame ? 1 : 0);
    if (!isSame) coder.number(ODDS.distance, from);
    coder.number(isSame ? ODDS.sameLength : ODDS.length, length - 1);
    distance = from;
  }
}

/** Which of the two bytes before are 0. */
function before(bytes, at) {
  return (bytes[at - 1] ? 1 : 0) | (bytes[at - 2] ? 2 : 0);
}

/** The cheapest row of steps by `price`; what a match costs when it repeats a distance is known only from the front. */
function parse(bytes, price) {
  const size = bytes.length;
  const cost = new Float64Array(size + 1).fill(Infinity);
  const steps = new Array(size + 1);
  const lastDistance = new Int32Array(size + 1);
  const chains = KEY_BYTES.map((keyBytes) => new Chain(bytes, keyBytes));
  cost[0] = 0;
  for (let at = 0; at < size; at++) {
    const lane = at & 3;
    const reach = (to, total, step, distance) => {
      if (total >= cost[to]) return;
      cost[to] = total;
      steps[to] = step;
      lastDistance[to] = distance;
    };
    reach(
      at + 1,
      cost[at] + price.literal(lane, before(bytes, at), bytes[at]),
      { at, length: 0, from: 0 },
      lastDistance[at],
    );
    const tryMatch = (from, longest) => {
      const isSame = from === lastDistance[at];
      const fixed = cost[at] + price.match(lane, isSame, from);
      for (let length = SHORTEST; length <= Math.min(longest, LONG_ENOUGH); length++)
        reach(at + length, fixed + price.length(length, isSame), { at, length, from }, from);
      if (longest > LONG_ENOUGH)
        reach(at + longest, fixed + price.length(longest, isSame), { at, length: longest, from }, from);
    };
    const same = lastDistance[at];
    let best = SHORTEST - 1;
    if (same > 0) {
      const length = matchLength(bytes, at - same, at);
      tryMatch(same, length);
      if (length >= LONG_ENOUGH) best = length;
    }
    for (const chain of chains) {
      let tries = size > LARGE_BYTES ? MOST_CANDIDATES_OF_LARGE : MOST_CANDIDATES;
      for (let other = chain.latest(at); best < LONG_ENOUGH && other >= 0 && tries-- > 0; other = chain.before(other)) {
        if (bytes[other + best] !== bytes[at + best]) continue;
        const length = matchLength(bytes, other, at);
        if (length <= best) continue;
        best = length;
        tryMatch(at - other, length);
      }
      chain.add(at);
    }
  }
  const row = [];
  for (let at = size; at > 0; at = steps[at].at) row.push(steps[at]);
  return row.reverse();
}

/** Finds the places with the same first bytes, from the latest on. */
class Chain {
  #heads = new Map();
  #before;
  #bytes;
  #keyBytes;

  constructor(bytes, keyBytes) {
    this.#bytes = bytes;
    this.#keyBytes = keyBytes;
    this.#before = new Int32Array(bytes.length).fill(-1);
  }

  latest(at) {
    return this.#heads.get(this.#key(at)) ?? -1;
  }

  before(at) {
    return this.#before[at];
  }

  add(at) {
    const key = this.#key(at);
    this.#before[at] = this.#heads.get(key) ?? -1;
    this.#heads.set(key, at);
  }

  #key(at) {
    let key = 0;
    for (let i = 0; i < this.#keyBytes; i++) key = key * 256 + (this.#bytes[at + i] ?? 0);
    return key;
  }
}

function matchLength(bytes, from, at) {
  let length = 0;
  while (length < LONGEST && at + length < bytes.length && bytes[from + length] === bytes[at + length]) length++;
  return length;
}

function gammaBits(value) {
  return 31 - Math.clz32(value);
}

function flatPrice() {
  return {
    literal: () => 7,
    match: (_lane, isSame, from) => (isSame ? 2 : 2 + 2 * gammaBits(from)),
    length: (length) => 1 + 2 * gammaBits(length - 1),
  };
}

class Coder {
  odds = new Uint16Array(ODDS.count).fill(1 << (PROBABILITY_BITS - 1));
  ones = new Float64Array(ODDS.count).fill(0.4);
  zeros = new Float64Array(ODDS.count).fill(0.4);
  low = 0;
  range = 0xffffffff;
  out = [];

  bit(index, bit) {
    (bit ? this.ones : this.zeros)[index]++;
    const odd = this.odds[index];
    const bound = (this.range >>> PROBABILITY_BITS) * odd;
    if (bit) {
      this.low += bound;
      this.range -= bound;
      this.odds[index] = odd - (odd >>> ADAPT_SHIFT);
    } else {
      this.range = bound;
      this.odds[index] = odd + (((1 << PROBABILITY_BITS) - odd) >>> ADAPT_SHIFT);
    }
    while (this.range < 2 ** 24) this.shift();
  }

  literal(context, byte) {
    let tree = 1;
    for (let place = 7; place >= 0; place--) {
      const bit = (byte >> place) & 1;
      this.bit(ODDS.literal + (context << 8) + tree, bit);
      tree = (tree << 1) | bit;
    }
  }

  number(at, value) {
    const bits = gammaBits(value);
    for (let i = 0; i < bits; i++) this.bit(at + i, 1);
    this.bit(at + bits, 0);
    for (let place = bits - 1; place >= 0; place--) this.bit(at + 32 + place, (value >> place) & 1);
  }

  shift() {
    this.range *= 256;
    if (this.low >= 2 ** 32) {
      for (let i = this.out.length - 1; ++this.out[i] > 255; i--) this.out[i] = 0;
      this.low -= 2 ** 32;
    }
    this.out.push(Math.floor(this.low / 2 ** 24));
    this.low = (this.low % 2 ** 24) * 256;
  }

  finish() {
    for (let i = 0; i < 4; i++) this.shift();
    return Uint8Array.from(this.out);
  }

  price() {
    const price = (counts) => counts.map((count, index) => -Math.log2(count / (this.ones[index] + this.zeros[index])));
    const [ofOne, ofZero] = [price(this.ones), price(this.zeros)];
    const bit = (index, value) => (value ? ofOne[index] : ofZero[index]);
    const number = (at, value) => {
      const bits = gammaBits(value);
      let sum = bit(at + bits, 0);
      for (let i = 0; i < bits; i++) sum += bit(at + i, 1) + bit(at + 32 + i, (value >> i) & 1);
      return sum;
    };
    const [ofLength, ofSameLength] = [ODDS.length, ODDS.sameLength].map((at) =>
      Float64Array.from({ length: LONGEST + 1 }, (_, length) => (length > 0 ? number(at, length - 1) : 0)),
    );
    return {
      literal: (lane, context, byte) => {
        let sum = bit(ODDS.isMatch + lane, 0);
        for (let place = 7, tree = 1; place >= 0; place--) {
          const value = (byte >> place) & 1;
          sum += bit(ODDS.literal + (context << 8) + tree, value);
          tree = (tree << 1) | value;
        }
        return sum;
      },
      match: (lane, isSame, from) =>
        bit(ODDS.isMatch + lane, 1) +
        bit(ODDS.sameDistance + lane, isSame ? 1 : 0) +
        (isSame ? 0 : number(ODDS.distance, from)),
      length: (length, isSame) => (isSame ? ofSameLength : ofLength)[length],
    };
  }
}

import { CharacterKind, kindOf } from "./characters";
import { TokenGroups, mix } from "./groups";
import { CharacterRuns } from "./runs";
import { bias, runShort, runStep, short, step } from "./weights";

const DIGIT_0: u32 = 0x30;
/** What digits stand for inside words that are to escape notice: `oi2eas6t89`. */
const LETTERS = memory.data<u8>([0x6f, 0x69, 0x32, 0x65, 0x61, 0x73, 0x36, 0x74, 0x38, 0x39]);
/** A window is two blocks; windows begin at each block. */
const BLOCK_BYTES: i32 = 512;
const PREFIX_LETTERS: i32 = 5;
/** FNV-1a's, over characters. */
const WORD_BASIS: u32 = 0x811c9dc5;
const WORD_PRIME: u32 = 0x01000193;
const PREFIX_SALT: u32 = 5;
const IDEOGRAPH_SALT: u32 = 77777;
/** As in training: what keeps a few groups from weighing as much as many. */
const COUNT_PRIOR: f64 = 8;
const MILLION: f64 = 1_000_000;
/** Shorter texts say too little: a greeting would look like the first word of many attacks. */
const LEAST_BYTES: i32 = 16;

/**
 * How likely it is that a text attacks a prompt: tells a model to ignore its instructions, to reveal them, to drop its limits.
 *
 * Feed the text's plain form in UTF-8, in any pieces: splitting it anywhere gives the same score. Looks at windows of 1,024
 * bytes that begin every 512; the text's score is that of its worst window. The sum of two linear models, over hashed groups
 * of words and over hashed runs of characters, trained by `training/prompt-injection/`, whose README says how often it is wrong.
 * Never allocates after construction; 16 KiB. What is no UTF-8 only separates words.
 * A text of fewer than 16 bytes scores 0.
 */
@final
export class InjectionScorer {
  /** In millionths, 0 to 1,000,000, of the windows so far; of the whole text after `finish`. */
  score: i32 = 0;
  private readonly groups: TokenGroups = new TokenGroups();
  private readonly runs: CharacterRuns = new CharacterRuns();
  private offset: i32 = 0;
  /** Of the block before this one; none is there while the text is shorter than a block. */
  private previousSum: i32 = 0;
  private previousCount: i32 = 0;
  private previousRunSum: i32 = 0;
  private previousRunCount: i32 = 0;
  /** Of a character that is not whole: what is known of it, and how many bytes are to come. */
  private scalar: u32 = 0;
  private missing: i32 = 0;
  private word: u32 = 0;
  private prefix: u32 = 0;
  private letters: i32 = 0;

  /** Ready for another text. */
  reset(): void {
    this.score = 0;
    this.offset = 0;
    this.previousSum = 0;
    this.previousCount = 0;
    this.previousRunSum = 0;
    this.previousRunCount = 0;
    this.scalar = 0;
    this.missing = 0;
    this.letters = 0;
    this.groups.reset();
    this.runs.reset();
  }

  feed(pointer: usize, length: i32): void {
    const end = pointer + <usize>length;
    while (pointer < end) {
      let left = BLOCK_BYTES - (this.offset & (BLOCK_BYTES - 1));
      if (left == BLOCK_BYTES && this.offset > 0) this.turn();
      left = min(left, <i32>(end - pointer));
      this.read(pointer, pointer + <usize>left);
      this.offset += left;
      pointer += <usize>left;
    }
  }

  /** The text is over. */
  finish(): void {
    if (this.offset < LEAST_BYTES) return;
    this.endWord();
    this.runs.separate();
    this.judge();
  }

  /** Ends a block that another one follows. */
  private turn(): void {
    if (this.offset > BLOCK_BYTES) this.judge();
    this.previousSum = this.groups.sum;
    this.previousCount = this.groups.count;
    this.previousRunSum = this.runs.sum;
    this.previousRunCount = this.runs.count;
    this.groups.beginBlock();
    this.runs.beginBlock();
  }

  private read(pointer: usize, end: usize): void {
    let word = this.word;
    let letters = this.letters;
    for (; pointer < end; pointer++) {
      let scalar: u32 = load<u8>(pointer);
      if (scalar < 0x80) {
        this.missing = 0;
        if (scalar - 0x41 < 26) scalar |= 0x20;
      } else {
        if (!this.gather(scalar)) continue;
        scalar = this.scalar;
      }
      const kind = kindOf(scalar);
      if (kind == CharacterKind.Letter) {
        if (letters > 0 && scalar - DIGIT_0 < 10) scalar = load<u8>(LETTERS + <usize>(scalar - DIGIT_0));
        word = ((letters == 0 ? WORD_BASIS : word) ^ scalar) * WORD_PRIME;
        if (++letters <= PREFIX_LETTERS) this.prefix = word;
        this.runs.add(scalar);
        continue;
      }
      if (letters > 0) {
        this.groups.add(mix(word), mix(this.prefix + PREFIX_SALT));
        letters = 0;
      }
      if (kind == CharacterKind.Ideograph) {
        const token = mix(scalar + IDEOGRAPH_SALT);
        this.groups.add(token, token);
        this.runs.add(scalar);
      } else {
        this.runs.separate();
      }
    }
    this.word = word;
    this.letters = letters;
  }

  /** Takes a byte beyond ASCII; returns whether `scalar` is whole. */
  private gather(byte: u32): bool {
    if (byte >= 0xc0) {
      this.missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
      this.scalar = byte & (0x3f >> this.missing);
      return false;
    }
    if (this.missing == 0) {
      this.scalar = byte;
      return true;
    }
    this.scalar = (this.scalar << 6) | (byte & 0x3f);
    return --this.missing == 0;
  }

  private endWord(): void {
    if (this.letters == 0) return;
    this.letters = 0;
    this.groups.add(mix(this.word), mix(this.prefix + PREFIX_SALT));
  }

  private judge(): void {
    const logit =
      bias() +
      share(this.previousSum + this.groups.sum, this.previousCount + this.groups.count, step(), short()) +
      share(this.previousRunSum + this.runs.sum, this.previousRunCount + this.runs.count, runStep(), runShort());
    const score = <i32>Math.floor(MILLION / (1 + Math.exp(-logit)));
    if (score > this.score) this.score = score;
  }
}

/** What one of the two models brings to a window's logit. */
// @ts-ignore: decorator
@inline
function share(sum: i32, count: i32, step: f64, short: f64): f64 {
  const prior = COUNT_PRIOR + <f64>count;
  return (step * <f64>sum) / Math.sqrt(prior) - (short * COUNT_PRIOR) / prior;
}

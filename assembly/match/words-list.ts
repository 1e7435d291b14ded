import { encodeUtf8 } from "../bytes/text";
import { Folder } from "./fold";
import { PlainText } from "./plain-text";
import { CASE_SPLITS, CASE_SPLITS_LENGTH } from "./unicode/plain-table";
import { WordFilter } from "./words-filter";
import { contextAfter, NO_CONTEXT, symbolOf } from "./words-symbols";

/** The longest word, in bytes of its plain text. */
export const MAX_WORD_BYTES: i32 = 240;

const SPACE: u8 = 0x20;

const enum Case {
  AsIs,
  Small,
  Capital,
  /** The first letter a capital, the others small. */
  Title,
}

/** Words with their ids, as symbols, before they are put into a `WordSet`. */
@final
export class WordList {
  /** The symbols of all words, one after the other. */
  symbols: StaticArray<u8> = new StaticArray<u8>(1024);
  length: i32 = 0;
  readonly starts: i32[] = [];
  readonly lengths: i32[] = [];
  readonly ids: i32[] = [];
  /** By word: no letter may follow it. */
  readonly endsInLetter: bool[] = [];
  readonly filter: WordFilter = new WordFilter();
  private readonly plain: PlainText = new PlainText(MAX_WORD_BYTES, 64);
  private readonly folder: Folder = new Folder(this.plain);

  /**
   * Adds a word or a phrase whose hits are told as those of `id`. False where its plain text is empty or of white space
   * only, or longer than MAX_WORD_BYTES.
   */
  add(word: string, id: i32): bool {
    if (!this.addFolded(word, id)) return false;
    if (!hasCaseSplit(word)) return true;
    return (
      this.addFolded(inCase(word, Case.Small), id) &&
      this.addFolded(inCase(word, Case.Capital), id) &&
      this.addFolded(inCase(word, Case.Title), id)
    );
  }

  private addFolded(word: string, id: i32): bool {
    const plain = this.plain;
    const bytes = encodeUtf8(word);
    const pointer = changetype<usize>(bytes);
    this.folder.reset();
    if (this.folder.fold(pointer, pointer + bytes.byteLength) != pointer + bytes.byteLength) return false;
    if (!this.folder.finish()) return false;
    const length = plain.window.end;
    if (isBlankText(plain.window.pointer, length) || length > MAX_WORD_BYTES) return false;
    this.reserve(length);
    this.starts.push(this.length);
    this.lengths.push(length);
    this.ids.push(id);
    let context = NO_CONTEXT;
    for (let i = 0; i < length; i++) {
      const byte = plain.window.at(i);
      this.symbols[this.length++] = <u8>symbolOf(byte, context);
      context = contextAfter(byte, context);
    }
    this.endsInLetter.push((context & 1) != 0);
    this.filter.add(plain.window.pointer, length);
    return true;
  }

  private reserve(more: i32): void {
    if (this.length + more <= this.symbols.length) return;
    const grown = new StaticArray<u8>(max(this.symbols.length * 2, this.length + more));
    memory.copy(changetype<usize>(grown), changetype<usize>(this.symbols), this.length);
    this.symbols = grown;
  }
}

/** Whether there is nothing but white space of ASCII, which nearly every text has. */
function isBlankText(pointer: usize, length: i32): bool {
  for (let i = 0; i < length; i++) if (load<u8>(pointer + i) > SPACE) return false;
  return true;
}

/** Whether a word has letters whose capital and small letter read as different ones. */
function hasCaseSplit(word: string): bool {
  for (let i = 0; i < word.length; i++) {
    if (splitAt(word.charCodeAt(i)) >= 0) return true;
  }
  return false;
}

function inCase(word: string, to: Case): string {
  let all = "";
  for (let i = 0; i < word.length; i++) {
    const unit = word.charCodeAt(i);
    const split = splitAt(unit);
    const isCapital = to == Case.Capital || (to == Case.Title && i == 0);
    all += String.fromCharCode(
      split < 0 ? unit : load<u16>(CASE_SPLITS + <usize>((split & ~1) + (isCapital ? 0 : 1)) * 2),
    );
  }
  return all;
}

/** Where in `CASE_SPLITS` a letter is, or -1. */
function splitAt(unit: i32): i32 {
  for (let i = 0; i < CASE_SPLITS_LENGTH; i++) {
    if (load<u16>(CASE_SPLITS + <usize>i * 2) == <u16>unit) return i;
  }
  return -1;
}

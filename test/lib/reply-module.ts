import { type LoaderExports, loadModule } from "./load.ts";
import { KINDS, type Told, type Word } from "./reply-marks.ts";

interface Exports extends LoaderExports {
  inputPointer(): number;
  outPointer(): number;
  outLength(): number;
  heardPointer(): number;
  heardLength(): number;
  clearWords(): void;
  addWord(length: number, once: number, twice: number, isRejected: boolean): void;
  setBudget(maxHeldBytes: number): void;
  begin(isEventStream: boolean): void;
  feed(start: number, length: number, isLast: boolean): number;
  release(): number;
  idPointer(): number;
  idLength(): number;
  modelPointer(): number;
  modelLength(): number;
}

export const OUTCOMES = ["Unchanged", "Changed", "Rejected", "OverBudget", "Unreadable", "NoRoom"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Shown {
  /** What the client has after all. */
  seen: Buffer;
  outcome: Outcome;
  /** How many bytes the client had after each piece. */
  after: number[];
  told: Told[];
  id: string;
  model: string;
}

export interface Options {
  words?: Word[];
  rejected?: string[];
  isEventStream?: boolean;
  /** Where the answer can't be judged, what is held and all that comes is let through. */
  releases?: boolean;
}

/** Bytes after each piece that belong to nobody, and that would be read as more of it. */
const MARGIN = Buffer.from('"}]}1\n\ndata: {"choices":[{"delta":{"content":"SECRET-42"}}]}\n\n');

/** The library's reply stream with a judge that looks for words, called with plain JavaScript values. */
export class ReplyModule {
  private constructor(private readonly wasm: Exports) {}

  static async load(): Promise<ReplyModule> {
    return new ReplyModule(await loadModule<Exports>("reply-stream"));
  }

  setBudget(maxHeldBytes: number): void {
    this.wasm.setBudget(maxHeldBytes);
  }

  /** What a client gets of an answer whose pieces end at `cuts`. */
  show(answer: Uint8Array | string, cuts: number[] = [], options: Options = {}): Shown {
    const { wasm } = this;
    this.setWords(options);
    wasm.begin(options.isEventStream ?? true);
    const bytes = Buffer.from(answer);
    const ends = [...cuts, bytes.length];
    const after: number[] = [];
    let outcome = 0;
    let rest = Buffer.alloc(0);
    for (let i = 0; i < ends.length && outcome < 2; i++) {
      const piece = bytes.subarray(ends[i - 1] ?? 0, ends[i]);
      const room = new Uint8Array(wasm.memory.buffer, wasm.inputPointer(), piece.length + MARGIN.length);
      room.set(piece);
      room.set(MARGIN, piece.length);
      outcome = wasm.feed(0, piece.length, i === ends.length - 1);
      after.push(wasm.outLength());
      if (outcome <= 2 || !options.releases) continue;
      wasm.release();
      rest = bytes.subarray(ends[i]);
    }
    return {
      seen: Buffer.concat([this.bytes(wasm.outPointer(), wasm.outLength()), rest]),
      outcome: OUTCOMES[outcome]!,
      after,
      told: this.told(),
      id: this.bytes(wasm.idPointer(), wasm.idLength()).toString(),
      model: this.bytes(wasm.modelPointer(), wasm.modelLength()).toString(),
    };
  }

  private setWords({ words = [], rejected = [] }: Options): void {
    const { wasm } = this;
    wasm.clearWords();
    const list = [...words, ...rejected.map((word) => ({ word, mask: "" }))];
    // A word that is never there: without one the judge would not even listen.
    for (const { word, mask } of [...list, { word: "\u{10ffff}\u{10fffe}", mask: "" }]) {
      const once = Buffer.from(JSON.stringify(mask).slice(1, -1));
      const twice = Buffer.from(JSON.stringify(once.toString()).slice(1, -1));
      const bytes = Buffer.from(word);
      Buffer.concat([bytes, once, twice]).copy(Buffer.from(wasm.memory.buffer), wasm.inputPointer());
      wasm.addWord(bytes.length, once.length, twice.length, rejected.includes(word));
    }
  }

  private told(): Told[] {
    const list: Told[] = [];
    const bytes = this.bytes(this.wasm.heardPointer(), this.wasm.heardLength());
    for (let at = 0; at < bytes.length;) {
      const end = bytes.indexOf(0xff, at);
      list.push({ kind: KINDS[bytes[at]! - 0x30]!, text: bytes.subarray(at + 1, end).toString() });
      at = end + 1;
    }
    return list;
  }

  private bytes(pointer: number, length: number): Buffer {
    return Buffer.from(this.wasm.memory.buffer.slice(pointer, pointer + length));
  }
}

import { expect } from "vitest";
import { type LoaderExports, loadModule } from "./load.ts";
import { KINDS, type Told, type Word } from "./reply-marks.ts";

/** What both test entries have. */
interface Judging extends LoaderExports {
  inputPointer(): number;
  outPointer(): number;
  outLength(): number;
  heardPointer(): number;
  heardLength(): number;
  clearWords(): void;
  addWord(length: number, once: number, twice: number, isRejected: boolean): void;
  setBudget(maxBytes: number): void;
}

interface StreamExports extends Judging {
  setRuns(hasRuns: boolean): void;
  begin(isEventStream: boolean, areWhole: boolean): void;
  feed(start: number, length: number, isLast: boolean): number;
  release(): number;
  declineEnd(dialect: number, created: bigint): number;
  refusalEnd(dialect: number): number;
  idPointer(): number;
  idLength(): number;
  modelPointer(): number;
  modelLength(): number;
}

const OUTCOMES = ["Unchanged", "Changed", "Rejected", "OverBudget", "Unreadable", "NoRoom"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** As `Dialect` numbers them. */
export const DIALECTS = {
  Unknown: 0,
  OpenAiChat: 1,
  OpenAiCompletions: 2,
  OpenAiResponses: 3,
  OpenAiEmbeddings: 4,
  AnthropicMessages: 12,
  AnthropicComplete: 13,
  Gemini: 15,
  BedrockConverse: 16,
  BedrockInvoke: 17,
  CohereChat: 18,
  OllamaChat: 21,
  OllamaGenerate: 22,
} as const;
export type Dialect = keyof typeof DIALECTS;

export interface Shown {
  /** What the client has after all. */
  seen: Buffer;
  outcome: Outcome;
  told: Told[];
}

export interface StreamShown extends Shown {
  /** How many bytes the client had after each piece. */
  after: number[];
  outcomes: Outcome[];
  id: string;
  model: string;
}

export interface Options {
  words?: Word[];
  rejected?: string[];
  /** The words go on to the next full stop, and are told in parts: what is told first is out before the rest is known. */
  hasRuns?: boolean;
  /** By its content type; else nothing is known of it. */
  isEventStream?: boolean;
  /** Each object is an answer of its own. */
  areWhole?: boolean;
  /** Where it is rejected, the client gets an end in this dialect: by a normal finish, or an error. */
  declines?: Dialect;
  refuses?: Dialect;
  /** Where the answer can't be judged, what is held and all that comes is let through. */
  releases?: boolean;
}

/** Bytes after each piece that belong to nobody, and that would be read as more of it. */
const MARGIN = Buffer.from('"}]}1\n\ndata: {"choices":[{"delta":{"content":"SECRET-42"}}]}\n\n');

/** A library module whose judge looks for words, called with plain JavaScript values. */
abstract class JudgingModule<T extends Judging> {
  protected constructor(protected readonly wasm: T) {}

  setBudget(maxBytes: number): void {
    this.wasm.setBudget(maxBytes);
  }

  protected setWords({ words = [], rejected = [] }: Options): void {
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

  protected place(piece: Uint8Array): number {
    const room = new Uint8Array(this.wasm.memory.buffer, this.wasm.inputPointer(), piece.length + MARGIN.length);
    room.set(piece);
    room.set(MARGIN, piece.length);
    return piece.length;
  }

  protected out(): Buffer {
    return this.bytes(this.wasm.outPointer(), this.wasm.outLength());
  }

  protected told(): Told[] {
    const list: Told[] = [];
    const bytes = this.bytes(this.wasm.heardPointer(), this.wasm.heardLength());
    for (let at = 0; at < bytes.length;) {
      const end = bytes.indexOf(0xff, at);
      list.push({ kind: KINDS[bytes[at]! - 0x30]!, text: bytes.subarray(at + 1, end).toString() });
      at = end + 1;
    }
    return list;
  }

  protected bytes(pointer: number, length: number): Buffer {
    return Buffer.from(this.wasm.memory.buffer.slice(pointer, pointer + length));
  }
}

export class ReplyStreamModule extends JudgingModule<StreamExports> {
  static async load(): Promise<ReplyStreamModule> {
    return new ReplyStreamModule(await loadModule<StreamExports>("reply-stream"));
  }

  /** What a client gets of an answer whose pieces end at `cuts`. */
  show(answer: Uint8Array | string, cuts: number[] = [], options: Options = {}): StreamShown {
    const { wasm } = this;
    this.setWords(options);
    wasm.setRuns(options.hasRuns ?? false);
    wasm.begin(options.isEventStream ?? true, options.areWhole ?? false);
    const bytes = Buffer.from(answer);
    const pieces = piecesOf(bytes, cuts);
    const after: number[] = [];
    const outcomes: Outcome[] = [];
    let rest = Buffer.alloc(0);
    for (const [index, piece] of pieces.entries()) {
      const outcome = OUTCOMES[wasm.feed(0, this.place(piece), index === pieces.length - 1)]!;
      after.push(wasm.outLength());
      outcomes.push(outcome);
      if (outcome === "Unchanged" || outcome === "Changed") continue;
      if (outcome === "Rejected" && options.declines) {
        expect(wasm.declineEnd(DIALECTS[options.declines], 1741569952n)).toBe(1);
      }
      if (outcome === "Rejected" && options.refuses) expect(wasm.refusalEnd(DIALECTS[options.refuses])).toBe(1);
      if (options.releases) {
        expect(wasm.release()).toBe(1);
        rest = Buffer.concat(pieces.slice(index + 1));
      }
      break;
    }
    return {
      seen: Buffer.concat([this.out(), rest]),
      outcome: outcomes.at(-1)!,
      outcomes,
      after,
      told: this.told(),
      id: this.bytes(wasm.idPointer(), wasm.idLength()).toString(),
      model: this.bytes(wasm.modelPointer(), wasm.modelLength()).toString(),
    };
  }
}

function piecesOf(bytes: Buffer, cuts: number[]): Buffer[] {
  const ends = [...cuts, bytes.length];
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

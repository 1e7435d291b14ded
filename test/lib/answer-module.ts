import { type LoaderExports, loadModule } from "./load.ts";

interface Exports extends LoaderExports {
  inputPointer(): number;
  textPointer(): number;
  textBytes(): number;
  eventsPointer(): number;
  events(): number;
  modelPointer(): number;
  modelLength(): number;
  begin(isEncoded: boolean): void;
  feed(start: number, length: number): void;
  finish(): void;
  count(field: number): bigint;
  feedCut(start: number, length: number, isLast: boolean): number;
  seenPointer(): number;
  seenBytes(): number;
  header(index: number, length: number): void;
  headerName(index: number): number;
  pathCount(): number;
  firstPathInUsage(): number;
}

export const FIELDS = ["input", "output", "total", "cachedInput", "cacheCreation", "reasoning"] as const;
/** Absent fields are left out. */
export type Counts = Partial<Record<(typeof FIELDS)[number], number>>;

export interface Answer {
  usage: Counts;
  text: string;
  model: string;
  /** [start, end) of each event with usage only. */
  usageOnly: [number, number][];
}

/** Bytes after each piece that belong to nobody, and that would be read as more of it. */
const MARGIN = Buffer.from('"}]}1,"usage":{"prompt_tokens":9}}\n\ndata: {"usage":{"prompt_tokens":9}}\n\n');

/** The library's answer reader, called with plain JavaScript values. */
export class AnswerModule {
  private constructor(private readonly wasm: Exports) {}

  static async load(): Promise<AnswerModule> {
    return new AnswerModule(await loadModule<Exports>("answer-reader"));
  }

  /** Reads an answer in pieces that end at `cuts`, after `headers` with usage. */
  read(
    answer: Uint8Array | string,
    cuts: number[] = [],
    options: { isEncoded?: boolean; headers?: string[] } = {},
  ): Answer {
    const { wasm } = this;
    wasm.begin(options.isEncoded ?? false);
    options.headers?.forEach((value, index) => {
      wasm.header(index, this.place(Buffer.from(value)));
    });
    for (const piece of pieces(Buffer.from(answer), cuts)) wasm.feed(0, this.place(piece));
    wasm.finish();
    const usage: Counts = {};
    FIELDS.forEach((field, index) => {
      const count = Number(wasm.count(index));
      if (count !== -1) usage[field] = count;
    });
    const events = new Int32Array(wasm.memory.buffer, wasm.eventsPointer(), wasm.events());
    return {
      usage,
      text: this.bytes(wasm.textPointer(), wasm.textBytes()).toString(),
      model: this.bytes(wasm.modelPointer(), wasm.modelLength()).toString(),
      usageOnly: Array.from({ length: events.length / 2 }, (_, i) => [events[2 * i]!, events[2 * i + 1]!]),
    };
  }

  /** What a client sees of an answer that comes in pieces, when it didn't ask for usage; and which pieces were changed. */
  cut(answer: Uint8Array | string, cuts: number[] = []): { seen: string; changed: boolean[]; after: number[] } {
    const { wasm } = this;
    wasm.begin(false);
    const list = pieces(Buffer.from(answer), cuts);
    const changed: boolean[] = [];
    const after: number[] = [];
    list.forEach((piece, index) => {
      changed.push(wasm.feedCut(0, this.place(piece), index === list.length - 1) !== 0);
      after.push(wasm.seenBytes());
    });
    return { seen: this.bytes(wasm.seenPointer(), wasm.seenBytes()).toString("latin1"), changed, after };
  }

  /** How many paths there are without those in usage objects. */
  get pathCount(): number {
    return this.wasm.pathCount();
  }

  get firstPathInUsage(): number {
    return this.wasm.firstPathInUsage();
  }

  headerNames(): string[] {
    return [0, 1, 2, 3].map((index) => this.wasm.__getString(this.wasm.headerName(index)));
  }

  private place(piece: Uint8Array): number {
    const room = new Uint8Array(this.wasm.memory.buffer, this.wasm.inputPointer(), piece.length + MARGIN.length);
    room.set(piece);
    room.set(MARGIN, piece.length);
    return piece.length;
  }

  private bytes(pointer: number, length: number): Buffer {
    return Buffer.from(this.wasm.memory.buffer.slice(pointer, pointer + length));
  }
}

function pieces(answer: Buffer, cuts: number[]): Buffer[] {
  const ends = [...cuts, answer.length];
  return ends.map((end, index) => answer.subarray(ends[index - 1] ?? 0, end));
}

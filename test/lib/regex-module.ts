import { loadModule, type LoaderExports } from "./load.ts";

interface RegexExports extends LoaderExports {
  newSet(): void;
  add(pattern: number, ignoresCase: boolean): number;
  build(maxHoldBytes: number): void;
  swapDetectors(): void;
  reset(): void;
  scan(pointer: number, start: number, end: number, isLast: boolean): number;
  hitCount(): number;
  hitsSoFar(): number;
  __getInt32Array(pointer: number): Int32Array;
  steps(): bigint;
  nodes(): number;
  mostAlive(): number;
}

export interface Hit {
  /** The place of the pattern in the set. */
  id: number;
  start: number;
  end: number;
  isContinued: boolean;
}

export interface Found {
  hits: Hit[];
  /** Behind each piece: what was pending, and how many of the hits had been told. */
  pending: number[];
  told: number[];
}

const ARRAY_BUFFER_ID = 1;
const LOOK_BEHIND_BYTES = 4;
const MARGIN = 64;
/** More than the texts whose hits are to be those of the whole text. */
const HOLD_ALL = 4096;

/** The regular expressions of the library, for tests. */
export class RegexModule {
  private room = 0;
  private roomBytes = 0;

  private constructor(private readonly m: RegexExports) {}

  static async load(): Promise<RegexModule> {
    return new RegexModule(await loadModule<RegexExports>("regex"));
  }

  /** Makes the set that is used from now on. Returns what is wrong with the first pattern that is refused, or null. */
  use(patterns: string[], options: { maxHoldBytes?: number; ignoresCase?: boolean } = {}): string | null {
    const { m } = this;
    m.__collect();
    m.newSet();
    for (const pattern of patterns) {
      const text = m.__pin(m.__newString(pattern));
      const error = m.__getString(m.add(text, options.ignoresCase ?? false));
      m.__unpin(text);
      if (error !== "") return error;
    }
    m.build(options.maxHoldBytes ?? HOLD_ALL);
    return null;
  }

  /** Goes on with another detector for the same set, which there are two of. */
  swapDetectors(): void {
    this.m.swapDetectors();
  }

  /**
   * The hits in a text that arrives in pieces which end at `cuts` and at its end. Nothing that need not be in the window is
   * there any more.
   */
  find(text: string | Uint8Array, cuts: number[] = []): Found {
    const bytes = typeof text === "string" ? Buffer.from(text) : text;
    const pending: number[] = [];
    const told: number[] = [];
    this.begin();
    for (const end of [...cuts, bytes.length]) {
      pending.push(this.scan(bytes, pending.at(-1) ?? 0, end, false));
      told.push(this.m.hitCount());
    }
    this.scan(bytes, bytes.length, bytes.length, true);
    return { hits: this.hits(), pending, told };
  }

  /** Makes the detector ready for another text. */
  begin(): void {
    this.m.reset();
  }

  /** Scans the bytes up to `end`, when those before `from` need not be there any more. Returns what is pending. */
  scan(text: Uint8Array, from: number, end: number, isLast: boolean): number {
    const first = Math.max(from - LOOK_BEHIND_BYTES, 0);
    const pointer = this.place(text.subarray(first, end));
    return this.m.scan(pointer, first, end, isLast);
  }

  hits(): Hit[] {
    const numbers = [...this.m.__getInt32Array(this.m.hitsSoFar())];
    const hits: Hit[] = [];
    for (let i = 0; i < numbers.length; i += 4) {
      hits.push({ id: numbers[i]!, start: numbers[i + 1]!, end: numbers[i + 2]!, isContinued: numbers[i + 3] === 1 });
    }
    return hits;
  }

  /** How many nodes have been looked at for the set so far. */
  steps(): number {
    return Number(this.m.steps());
  }

  mostAlive(): number {
    return this.m.mostAlive();
  }

  /** The bytes lie among many `a`, so that a look beyond them is noticed. */
  private place(bytes: Uint8Array): number {
    if (bytes.length + 2 * MARGIN > this.roomBytes) {
      if (this.room !== 0) this.m.__unpin(this.room);
      this.roomBytes = (bytes.length + MARGIN) * 2;
      this.room = this.m.__pin(this.m.__new(this.roomBytes, ARRAY_BUFFER_ID));
    }
    new Uint8Array(this.m.memory.buffer, this.room, bytes.length + 2 * MARGIN).fill(0x61).set(bytes, MARGIN);
    return this.room + MARGIN;
  }
}

import { type LoaderExports, loadModule } from "./load.ts";

interface Builtins extends LoaderExports {
  names(): number;
  inputPointer(): number;
  hitsPointer(): number;
  hits(): number;
  configure(kinds: number, maxHoldBytes: number): void;
  begin(): void;
  scanTo(end: number, isLast: boolean): number;
}

export interface Hit {
  kind: string;
  start: number;
  end: number;
}

interface ToldHit extends Hit {
  /** Which of all that was told it begins with. */
  told: number;
}

/** The recognisers, with hits that were told in parts put together. */
export class BuiltinsModule {
  readonly kinds: string[];

  private constructor(private readonly m: Builtins) {
    this.kinds = m.__getString(m.names()).split(",");
  }

  static async load(): Promise<BuiltinsModule> {
    return new BuiltinsModule(await loadModule<Builtins>("builtins"));
  }

  /** Wants these kinds from now on, or all. */
  configure(maxHoldBytes: number, kinds: string[] = this.kinds): void {
    this.m.configure(
      kinds.reduce((mask, kind) => mask | (1 << this.kinds.indexOf(kind)), 0),
      maxHoldBytes,
    );
  }

  /** What is found in a text whose pieces end at `cuts`; `settled` hears how far each piece settles it. */
  find(
    text: Uint8Array,
    cuts: Iterable<number> = [],
    settled?: (end: number, pending: number, told: number) => void,
  ): Hit[] {
    return this.tell(text, cuts, settled).map(({ kind, start, end }) => ({ kind, start, end }));
  }

  /** The same, with what was told first of each. */
  tell(
    text: Uint8Array,
    cuts: Iterable<number> = [],
    settled?: (end: number, pending: number, told: number) => void,
  ): ToldHit[] {
    const { m } = this;
    new Uint8Array(m.memory.buffer, m.inputPointer(), text.length).set(text);
    m.begin();
    for (const cut of cuts) {
      const pending = m.scanTo(cut, false);
      settled?.(cut, pending, m.hits());
    }
    m.scanTo(text.length, true);
    const told = new Int32Array(m.memory.buffer, m.hitsPointer(), m.hits() * 4);
    const hits: ToldHit[] = [];
    for (let i = 0; i < told.length; i += 4) {
      const [id, start, end, isContinued] = told.subarray(i, i + 4) as unknown as [number, number, number, number];
      const kind = this.kinds[id]!;
      const last = hits.at(-1);
      if (!isContinued) hits.push({ kind, start, end, told: i / 4 });
      else if (last?.kind === kind && last.end === start) last.end = end;
      else throw new Error(`a part of ${kind} at ${start} continues nothing`);
    }
    return hits;
  }
}

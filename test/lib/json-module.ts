import { loadModule, type LoaderExports } from "./load.ts";

export enum Kind {
  Null,
  True,
  False,
  Number,
  String,
  Object,
  Array,
}

export enum Problem {
  None,
  NotJson,
  BadUtf8,
  TooDeep,
}

export type Event =
  | { type: "value" | "end"; path: number; kind: Kind; offset: number }
  | { type: "bytes"; path: number; text: string }
  | { type: "duplicate"; path: number; offset: number };

interface Exports extends LoaderExports {
  __newArrayBuffer(bytes: ArrayBuffer): number;
  __getArrayBuffer(pointer: number): ArrayBuffer;
  setPaths(list: number): void;
  setSharedPaths(list: number, shared: number, first: number, end: number): void;
  scan(text: number, cuts: number, around: number): Problem;
  log(): number;
  offset(): number;
  capture(text: number, cuts: number, budget: number, maxValueBytes: number): number;
  captureCount(path: number): number;
  captureIsComplete(path: number): number;
  captureIsTruncated(path: number): number;
  captureStart(path: number): number;
  captureEnd(path: number): number;
  captureKind(path: number): Kind;
  captureValue(path: number): number;
  captureDuplicate(): number;
  captureReset(): void;
  splice(text: number, cuts: number, start: number, end: number, replacement: number): number;
  quote(text: number): number;
  quoteFits(text: number, budget: number): number;
}

const COLLECT_EVERY = 200;

/** The library's JSON modules, called with plain JavaScript values. */
export class JsonModule {
  private calls = 0;

  private constructor(readonly wasm: Exports) {}

  static async load(): Promise<JsonModule> {
    return new JsonModule(await loadModule<Exports>("json"));
  }

  setPaths(paths: string[]) {
    this.wasm.setPaths(this.wasm.__newString(paths.join("\n")));
  }

  setSharedPaths(paths: string[], shared: string[], first: number, end: number) {
    const texts = [paths, shared].map((list) => this.wasm.__newString(list.join("\n")));
    this.wasm.setSharedPaths(texts[0]!, texts[1]!, first, end);
  }

  /** Scans a text in pieces that end at `cuts`, with bytes `around` each piece that belong to nobody. */
  scan(text: number[], cuts: number[] = [], around = 0xff) {
    const problem = this.wasm.scan(this.bytes(text), this.offsets(cuts), around);
    const log = Buffer.from(this.wasm.__getArrayBuffer(this.wasm.log()));
    const offset = this.wasm.offset();
    this.collect();
    return {
      problem,
      offset,
      log,
      get events() {
        return readEvents(log);
      },
    };
  }

  capture(text: number[], cuts: number[], budget = 1 << 20, maxValueBytes = 1 << 20): boolean {
    return this.wasm.capture(this.bytes(text), this.offsets(cuts), budget, maxValueBytes) !== 0;
  }

  captured(path: number) {
    const { wasm } = this;
    return {
      count: wasm.captureCount(path),
      isComplete: wasm.captureIsComplete(path) !== 0,
      isTruncated: wasm.captureIsTruncated(path) !== 0,
      kind: wasm.captureKind(path),
      start: wasm.captureStart(path),
      end: wasm.captureEnd(path),
      value: wasm.__getString(wasm.captureValue(path)),
    };
  }

  splice(text: number[], cuts: number[], start: number, end: number, replacement: number[]): number[] {
    const result = this.wasm.splice(this.bytes(text), this.offsets(cuts), start, end, this.bytes(replacement));
    return [...new Uint8Array(this.wasm.__getArrayBuffer(result))];
  }

  quote(text: number[]): number[] {
    return [...new Uint8Array(this.wasm.__getArrayBuffer(this.wasm.quote(this.bytes(text))))];
  }

  quoteFits(text: number[], budget: number): boolean {
    return this.wasm.quoteFits(this.bytes(text), budget) !== 0;
  }

  private bytes(bytes: number[]): number {
    return this.wasm.__newArrayBuffer(new Uint8Array(bytes).buffer);
  }

  private offsets(offsets: number[]): number {
    return this.wasm.__newArrayBuffer(new Uint32Array(offsets).buffer);
  }

  private collect() {
    if (++this.calls % COLLECT_EVERY === 0) this.wasm.__collect();
  }
}

function readEvents(log: Buffer): Event[] {
  const events: Event[] = [];
  for (let at = 0; at < log.length;) {
    const path = log.readInt32LE(at + 4);
    const offset = Number(log.readBigUInt64LE(at + 8));
    const kind: Kind = log.readUInt8(at + 1);
    const type = log[at];
    at += 16;
    if (type === 1) {
      events.push({ type: "bytes", path, text: log.subarray(at, at + offset).toString() });
      at += offset;
    } else if (type === 3) {
      events.push({ type: "duplicate", path, offset });
    } else {
      events.push({ type: type === 0 ? "value" : "end", path, kind, offset });
    }
  }
  return events;
}

import { type ConfigurationCase, type ExchangeCase, type FuzzCase, type Message } from "./case.ts";

/** Whether a case still shows the problem. */
export type Fails = (fuzzCase: FuzzCase) => Promise<boolean>;

/** The smallest case found in that time that still fails: parts are left out as long as that helps. */
export async function shrink(start: FuzzCase, fails: Fails, mostMs: number): Promise<FuzzCase> {
  let smallest = start;
  const end = performance.now() + mostMs;
  const isOver = (): boolean => performance.now() > end;
  const attempt = async (candidate: FuzzCase): Promise<boolean> => {
    if (!(await fails(candidate))) return false;
    smallest = candidate;
    return true;
  };
  for (let hasShrunk = true; hasShrunk && !isOver();) {
    hasShrunk = false;
    for (const candidates of smallest.kind === "exchange" ? EXCHANGE_STEPS : CONFIGURATION_STEPS) {
      // A step makes its candidates of the smallest so far, each time anew: offsets move when something is gone.
      for (let at = 0; !isOver();) {
        const candidate = candidates(smallest as never, at);
        if (candidate === undefined) break;
        if (await attempt(candidate)) hasShrunk = true;
        else at++;
      }
    }
  }
  return smallest;
}

/** The candidate at a position of a step, or undefined after the last. */
type Step<T extends FuzzCase> = (fuzzCase: T, at: number) => T | undefined;

const EXCHANGE_STEPS: Step<ExchangeCase>[] = [
  (one, at) => withoutParts(one)[at],
  (one, at) => settingsWithout(one, at),
  ...(["response", "request"] as const).flatMap((side): Step<ExchangeCase>[] => [
    (one, at) => changed(one, side, messageWithoutHeader(one[side], at)),
    (one, at) => changed(one, side, messageWithoutCut(one[side], at)),
    (one, at) => changed(one, side, messageWithoutBytes(one[side], at)),
    (one, at) => changed(one, side, messageWithShorterValue(one[side], at)),
  ]),
];

const CONFIGURATION_STEPS: Step<ConfigurationCase>[] = [
  (one, at) => {
    const span = spanAt(one.settings.length, at);
    if (!span || one.plain !== undefined) return undefined;
    return { ...one, settings: without(one.settings, span) };
  },
  (one, at) => {
    if (one.plain === undefined) return undefined;
    const plain = jsonWithout(one.plain, at);
    return plain === undefined ? undefined : { ...one, plain, settings: Buffer.from(plain) };
  },
];

function withoutParts(one: ExchangeCase): ExchangeCase[] {
  const { callout: _callout, ...rest } = one;
  const candidates: ExchangeCase[] = one.callout ? [rest] : [];
  for (const side of ["response", "request"] as const) {
    const message = one[side];
    if (message.trailers.length > 0) candidates.push({ ...one, [side]: { ...message, trailers: [] } });
    if (message.endsWithPiece) candidates.push({ ...one, [side]: { ...message, endsWithPiece: false } });
    if (message.body) candidates.push({ ...one, [side]: { ...message, body: undefined, cuts: [] } });
  }
  return candidates;
}

function settingsWithout(one: ExchangeCase, at: number): ExchangeCase | undefined {
  const settings = jsonWithout(one.settings, at);
  return settings === undefined ? undefined : { ...one, settings };
}

function changed(
  one: ExchangeCase,
  side: "request" | "response",
  message: Message | undefined,
): ExchangeCase | undefined {
  return message && { ...one, [side]: message };
}

function messageWithoutHeader(message: Message, at: number): Message | undefined {
  const candidates = message.headers.filter(([name]) => !/^:(path|method|status)$/.test(name));
  const gone = candidates[at];
  return gone && { ...message, headers: message.headers.filter((one) => one !== gone) };
}

function messageWithoutCut(message: Message, at: number): Message | undefined {
  return at < message.cuts.length ? { ...message, cuts: message.cuts.filter((_, index) => index !== at) } : undefined;
}

function messageWithoutBytes(message: Message, at: number): Message | undefined {
  const span = spanAt(message.body?.length ?? 0, at);
  if (!span) return undefined;
  const moved = message.cuts.map((cut) => (cut <= span.start ? cut : Math.max(span.start, cut - span.length)));
  return { ...message, body: without(message.body!, span), cuts: [...new Set(moved)].filter((cut) => cut > 0) };
}

/** The path and other values, without a part of them. */
function messageWithShorterValue(message: Message, at: number): Message | undefined {
  let left = at;
  for (const header of message.headers) {
    const [name, value] = header;
    const spans = name === ":status" ? 0 : spanCount(value.length);
    if (left < spans) {
      const span = spanAt(value.length, left)!;
      const shorter = value.slice(0, span.start) + value.slice(span.start + span.length);
      return { ...message, headers: message.headers.map((one) => (one === header ? [name, shorter] : one)) };
    }
    left -= spans;
  }
  return undefined;
}

interface Span {
  start: number;
  length: number;
}

/** All spans that are left out by turns: halves, quarters and so on down to single bytes. */
function spanAt(total: number, at: number): Span | undefined {
  let left = at;
  for (let length = total >> 1; length >= 1; length >>= 1) {
    const count = Math.ceil(total / length);
    if (left < count) return { start: left * length, length: Math.min(length, total - left * length) };
    left -= count;
  }
  return undefined;
}

function spanCount(total: number): number {
  let count = 0;
  for (let length = total >> 1; length >= 1; length >>= 1) count += Math.ceil(total / length);
  return count;
}

function without(bytes: Uint8Array, { start, length }: Span): Uint8Array {
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + length)]);
}

/** A JSON text without its key or element at a position, counted through all levels; undefined after the last. */
function jsonWithout(text: string, at: number): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  let left = at;
  const visit = (node: unknown): boolean => {
    if (typeof node !== "object" || node === null) return false;
    for (const key of Object.keys(node)) {
      if (left-- === 0) {
        if (Array.isArray(node)) node.splice(Number(key), 1);
        else Reflect.deleteProperty(node, key);
        return true;
      }
      if (visit((node as Record<string, unknown>)[key])) return true;
    }
    return false;
  };
  return visit(value) ? JSON.stringify(value) : undefined;
}

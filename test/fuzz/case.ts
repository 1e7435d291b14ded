import { type Pair } from "../host/pairs.ts";

/** One direction of an exchange: what is sent, and where the pieces of the cut run end. */
export interface Message {
  headers: Pair[];
  /** Absent: the headers end the message. */
  body?: Uint8Array | undefined;
  /** Offsets at which the body is cut, in order. */
  cuts: number[];
  /** The last piece itself ends the body, as in HTTP/2. */
  endsWithPiece: boolean;
  trailers: Pair[];
}

/** A request with its answer through one plugin, once in one piece and once in pieces. */
export interface ExchangeCase {
  kind: "exchange";
  plugin: string;
  /** The configuration as JSON text. */
  settings: string;
  request: Message;
  /** What the upstream answers, when it is asked; `:status` is among the headers. */
  response: Message;
  /** What every callout is answered; absent: it times out. */
  callout?: { status: number; body: Uint8Array } | undefined;
}

/** A configuration, in two ways of writing it that mean the same. */
export interface ConfigurationCase {
  kind: "configuration";
  plugin: string;
  settings: Uint8Array;
  /** The same without whitespace and escapes; absent where `settings` is no JSON any more. */
  plain?: string | undefined;
}

export type FuzzCase = ExchangeCase | ConfigurationCase;

interface Base64 {
  base64: string;
}

/** A case as readable JSON: bytes that are UTF-8 are text. */
export function writeCase(fuzzCase: FuzzCase): string {
  // A buffer's own way of becoming JSON comes before the replacer: the value that it was is in `this`.
  const replacer = function (this: Record<string, unknown>, key: string, value: unknown): unknown {
    const original = this[key];
    return original instanceof Uint8Array ? writeBytes(original) : value;
  };
  return `${JSON.stringify(fuzzCase, replacer, 2)}\n`;
}

export function readCase(text: string): FuzzCase {
  const read = JSON.parse(text) as FuzzCase;
  if (read.kind === "configuration") return { ...read, settings: readBytes(read.settings)! };
  const message = (one: Message): Message => ({ ...one, body: readBytes(one.body) });
  const { callout } = read;
  return {
    ...read,
    request: message(read.request),
    response: message(read.response),
    callout: callout && { ...callout, body: readBytes(callout.body)! },
  };
}

function writeBytes(bytes: Uint8Array): string | Base64 {
  const buffer = Buffer.from(bytes);
  const text = buffer.toString();
  return Buffer.from(text).equals(buffer) ? text : { base64: buffer.toString("base64") };
}

function readBytes(written: unknown): Uint8Array | undefined {
  if (written === undefined) return undefined;
  if (typeof written === "string") return Buffer.from(written);
  return Buffer.from((written as Base64).base64, "base64");
}

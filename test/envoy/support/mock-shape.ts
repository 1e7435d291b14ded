/** A request as a provider's API sees it. */
export interface ApiRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  /** Lower case, without parameters. */
  contentType: string;
  /** The body as JSON; undefined when it isn't. */
  json: JsonObject | undefined;
  /** The fields of a multipart form; a file is its name. Undefined for every other body. */
  form: Record<string, string> | undefined;
  body: Buffer;
  /** What to report as used, in the provider's own form, instead of `inputTokens` and `OUTPUT_TOKENS`; null: nothing. */
  usage?: JsonObject | null | undefined;
}

export type JsonObject = { [key: string]: unknown };

/** What a provider answers, in the pieces that it is written in. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  pieces: (string | Uint8Array)[];
}

/** One provider's API: what it answers, or undefined for a path or method that it doesn't have. */
export interface Shape {
  answer(request: ApiRequest, name: string): Answer | undefined;
  /** The provider's own error for a path that it doesn't have. */
  notFound(request: ApiRequest): Answer;
}

export function jsonAnswer(body: unknown, status = 200): Answer {
  return { status, headers: { "content-type": "application/json" }, pieces: [JSON.stringify(body)] };
}

/** Server-sent events, one piece each; `name` writes an `event:` line. A string is sent as data as it is. */
export function sseAnswer(events: { name?: string; data: unknown }[]): Answer {
  const pieces = events.map(({ name, data }) => {
    const text = typeof data === "string" ? data : JSON.stringify(data);
    return `${name === undefined ? "" : `event: ${name}\n`}data: ${text}\n\n`;
  });
  return { status: 200, headers: { "content-type": "text/event-stream", "cache-control": "no-cache" }, pieces };
}

/** What the mocks say to any prompt: who answers, and as which model. */
export function reply(name: string, model: string): string[] {
  return [`${name} `, `answers `, `as ${model}.`];
}

/** A stand-in for counting tokens: a quarter of the bytes of the JSON body, at least 1. */
export function inputTokens(request: ApiRequest): number {
  return Math.max(1, Math.ceil(request.body.length / 4));
}

/** The tokens that `reply` has: one a piece. */
export const OUTPUT_TOKENS = 3;

/** What the answer to a request reports as used; undefined: nothing. */
export function usageOf({ usage }: ApiRequest, usual: JsonObject): JsonObject | undefined {
  return usage === undefined ? usual : (usage ?? undefined);
}

/** A required value of the JSON body, when it has the wanted type. */
export function text(json: JsonObject | undefined, key: string): string | undefined {
  const value = json?.[key];
  return typeof value === "string" ? value : undefined;
}

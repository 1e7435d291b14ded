import { type Outcome } from "../../host/exchange.ts";
import { type Stream } from "../../host/stream.ts";

/** Longer than any callout or watchdog waits, in milliseconds. */
export const LONG_MS = 600_000;

/** Whether the filter still holds a request that its client has sent all of. */
export function isUndecided(stream: Stream): boolean {
  return !stream.isClosed && !stream.localReply && !stream.upstream.complete;
}

/** What is wrong with the end of a request of `plugin`, in words; undefined where nothing is. */
export function wrongWith(stream: Stream, plugin: string): string | undefined {
  if (isUndecided(stream)) return "the request hangs";
  if (!stream.upstream.isFramed) return "what is forwarded has another length than its headers say";
  const reply = stream.localReply;
  if (!reply?.details.startsWith("weir.")) return undefined;
  if (!new RegExp(`^weir\\.${plugin}\\.([a-z_]+|rule\\.[\\w-]+)$`).test(reply.details))
    return `the details are ${reply.details}`;
  const type = reply.headers.get("content-type");
  // An answer in the place of a stream's, and one to HEAD.
  if ((reply.status === 200 && type === "text/event-stream") || reply.body === "") return undefined;
  const isLines = reply.status === 200 && type === "application/x-ndjson";
  if (!isLines && type !== "application/json") return `the refusal's content type is ${type}`;
  const documents = isLines ? reply.body.trimEnd().split("\n") : [reply.body];
  return documents.every(isJson) ? undefined : `the refusal is no JSON: ${reply.body}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** All that a client and an upstream can tell of an exchange. */
export function visible({ status, upstream, client, localReply, filterState }: Outcome) {
  return {
    status,
    upstream: upstream.complete
      ? { headers: sorted(upstream.headers?.pairs ?? []), body: upstream.body, trailers: upstream.trailers?.pairs }
      : "incomplete",
    client: { status: client.status, body: client.body },
    details: localReply?.details,
    filterState: timeless(filterState),
  };
}

/** What was published, without who asked and when in a record of it. */
export function timeless(filterState: Record<string, string>): Record<string, string> {
  const { "weir.audit": record, ...others } = filterState;
  if (record === undefined) return others;
  return { ...others, "weir.audit": record.replaceAll(/"(time_ms":\d+|consumer":"[^"]*"|id":"[^"]*"),?/g, "") };
}

function sorted(pairs: readonly (readonly [string, string])[]): string[] {
  return pairs.map(([name, value]) => `${name}: ${value}`).sort();
}

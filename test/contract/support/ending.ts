import { expect } from "vitest";
import { type Outcome } from "../../host/exchange.ts";
import { type WasmHost } from "../../host/wasm-host.ts";

/** Longer than any callout or watchdog waits, in milliseconds. */
const LONG = 600_000;

/**
 * Whatever happened, a request whose client has sent all of it is forwarded whole, answered or reset: it never hangs, and what
 * is forwarded has the length that its headers say. A plugin's own answers are JSON and say in the details who gave them.
 */
export function expectDefinedEnd(host: WasmHost, plugin: string, { stream }: Outcome): void {
  if (isUndecided(stream)) host.tick(LONG);
  expect(isUndecided(stream) ? "hangs" : "ends").toBe("ends");
  expect(stream.upstream.isFramed).toBe(true);
  const reply = stream.localReply;
  if (reply?.details.startsWith("weir.")) {
    expect(reply.details).toMatch(new RegExp(`^weir\\.${plugin}\\.[a-z_]+$`));
    expect(reply.headers.get("content-type")).toBe("application/json");
    expect(() => void JSON.parse(reply.body)).not.toThrow();
  }
  stream.finish();
}

function isUndecided(stream: Outcome["stream"]): boolean {
  return !stream.isClosed && !stream.localReply && !stream.upstream.complete;
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

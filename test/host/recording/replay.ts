import { WasmHost } from "../wasm-host.ts";
import type { Pair } from "../pairs.ts";
import type { Stream } from "../stream.ts";
import type { Scenario } from "./scenarios.ts";

/** What a scenario came to: the probe's log, and what either end got. */
export interface Recorded {
  lines: string[];
  /** The client's status, 0 for none. */
  status: number;
  /** What the client got as body. */
  body: string;
  /** What the upstream got as body, null when it was not reached. */
  upstream: string | null;
}

/** Plays a scenario on the test host. */
export async function replay(file: string, scenario: Scenario): Promise<Recorded> {
  const host = await WasmHost.load(file, {
    allowOnHeadersStopIteration: scenario.flag ?? true,
    bodyLimit: scenario.limit,
    vmId: "probe-vm",
    rootId: "probe-root",
    name: "probe",
    clusters: { up: (callout) => callout.answer({ body: "called" }) },
    properties: { xds: { route_name: "r1" } },
  });
  const plugin = host.createPlugin({ configuration: "hello" });
  const started = plugin.logs.length;
  const stream = plugin.stream();
  const { pieces, trailers } = scenario;
  const method = scenario.method ?? (pieces ? "POST" : "GET");
  const step = (send: () => void): void => {
    send();
    host.tick();
  };
  const pseudo: Pair[] = [
    [":authority", "h.example"],
    [":path", "/p?q=1"],
    [":method", method],
    [":scheme", "http"],
  ];
  step(() => stream.onRequestHeaders([...pseudo, ["x-do", scenario.do], ...(scenario.headers ?? [])], !pieces));
  for (const piece of pieces ?? []) step(() => stream.onRequestBody(piece, false));
  if (trailers) step(() => stream.onRequestTrailers(trailers));
  else if (pieces) step(() => stream.onRequestBody("", true));
  if (stream.upstream.complete) answer(stream, scenario.upstream ?? {}, method, step);
  if (!stream.isClosed) stream.reset();
  return {
    lines: plugin.logs.slice(started).map(({ text }) => text),
    status: stream.client.status,
    body: stream.client.body,
    upstream: stream.upstream.headers ? stream.upstream.body : null,
  };
}

function answer(
  stream: Stream,
  upstream: NonNullable<Scenario["upstream"]>,
  method: string,
  step: (send: () => void) => void,
): void {
  const pieces = upstream.pieces ?? ["up"];
  const hasBody = method !== "HEAD" && pieces.length > 0;
  step(() => stream.onResponseHeaders([[":status", "200"], ...(upstream.headers ?? [["x-up", "1"]])], !hasBody));
  if (!hasBody) return;
  for (const piece of pieces) step(() => stream.onResponseBody(piece, false));
  const { trailers } = upstream;
  step(() => (trailers ? stream.onResponseTrailers(trailers) : stream.onResponseBody("", true)));
}

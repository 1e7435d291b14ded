import { wasmFile } from "../../scripts/setup/plugins.ts";
import { type Callout } from "../host/callout.ts";
import { HeaderMap } from "../host/header-map.ts";
import { HostProcess } from "../host/host-process.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { type PluginContext } from "../host/plugin-context.ts";
import {
  bodyOf,
  headerOf,
  PROPERTIES,
  type Exchange,
  type Host,
  type Message,
  type Outcome,
  type Passed,
  type Scenario,
} from "./scenario.ts";

const SECOND_MS = 1000;

/** The host of the project's own tests. */
export const NODE_HOST: Host = {
  name: "the tests' own host",
  run: (scenarios) => Promise.all(scenarios.map(runScenario)),
};

async function runScenario(scenario: Scenario): Promise<Outcome> {
  const { plugin, module = plugin, settings, environment = {}, clusters = {} } = scenario;
  const handlers = Object.entries(clusters).map(([name, message]) => [
    name,
    (callout: Callout) =>
      callout.answer({
        status: Number(headerOf(message, ":status")),
        headers: message.headers.slice(1),
        body: bodyOf(message),
      }),
  ]);
  const host = await WasmHost.load(wasmFile(module), {
    rootId: plugin,
    environment,
    process: new HostProcess(Date.now()),
    clusters: Object.fromEntries(handlers) as Record<string, (callout: Callout) => void>,
  });
  const context = host.createPlugin({ configuration: settings });
  const exchanges = context.ok ? scenario.exchanges.map((exchange) => pass(host, context, exchange)) : [];
  host.tick(SECOND_MS);
  const logs = host.logs.map(({ level, text }) => `${level} ${text}`);
  return { isLoaded: context.ok, logs, exchanges, metrics: host.metrics.all };
}

function pass(host: WasmHost, context: PluginContext, { request, response }: Exchange): Passed {
  const stream = context.stream();
  const { pieces } = request;
  stream.onRequestHeaders(new HeaderMap(request.headers), false);
  pieces.forEach((piece, index) => stream.onRequestBody(piece, index === pieces.length - 1));
  host.tick(0);
  if (stream.upstream.complete && !stream.isClosed && !stream.localReply) {
    stream.onResponseHeaders(new HeaderMap(response.headers), false);
    response.pieces.forEach((piece, index) => stream.onResponseBody(piece, index === response.pieces.length - 1));
  }
  stream.finish();
  const { upstream, client, localReply, filterState } = stream;
  const message = ({ headers, body }: typeof upstream): Message => ({ headers: [...headers!.pairs], pieces: [body] });
  return {
    ...(upstream.complete ? { upstream: message(upstream) } : {}),
    ...(client.headers ? { client: message(client) } : {}),
    ...(localReply ? { details: localReply.details } : {}),
    properties: Object.fromEntries(PROPERTIES.map((name) => [name, filterState.get(name) ?? ""])),
  };
}

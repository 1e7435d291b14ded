import { wasmFile } from "../../scripts/setup/plugins.ts";
import { OpenRequest, type Answer } from "../envoy/support/client.ts";
import { EnvoyProcess } from "../envoy/support/envoy-process.ts";
import { type Address, type Bootstrap } from "../envoy/support/gateway-config.ts";
import { pluginConfig } from "../envoy/support/plugin-gateway.ts";
import { until } from "../envoy/support/until.ts";
import {
  headerOf,
  PROPERTIES,
  type Exchange,
  type Host,
  type Message,
  type Outcome,
  type Passed,
  type Scenario,
} from "./scenario.ts";
import { ScriptedUpstream } from "./scripted-upstream.ts";

/** Envoy, with or without `allow_on_headers_stop_iteration`. */
export function envoyHost(name: string, allowOnHeadersStopIteration: boolean): Host {
  return { name, run: (scenarios) => run(scenarios, allowOnHeadersStopIteration) };
}

/** All scenarios in one Envoy at once: a listener and an upstream each, a VM a module and environment. */
async function run(scenarios: readonly Scenario[], allowOnHeadersStopIteration: boolean): Promise<Outcome[]> {
  const upstreams = await Promise.all(scenarios.map(() => ScriptedUpstream.start()));
  const services = await servicesOf(scenarios);
  try {
    const config = bootstrap(scenarios, upstreams, services, allowOnHeadersStopIteration);
    const envoy = await EnvoyProcess.start(config).catch((error: unknown) => String(error));
    if (typeof envoy === "string")
      return scenarios.map(() => ({
        isLoaded: false,
        failure: envoy,
        logs: logsIn(envoy),
        exchanges: [],
        metrics: {},
      }));
    try {
      const passed = await Promise.all(scenarios.map((scenario, at) => passAll(envoy, upstreams[at]!, scenario)));
      // What is said of one scenario may be said of another one's request, so all of them are over.
      return await Promise.all(scenarios.map((scenario, at) => outcomeOf(envoy, scenario, passed[at]!)));
    } finally {
      await envoy.stop();
    }
  } finally {
    for (const each of [...upstreams, ...services.values()]) each.stop();
  }
}

async function servicesOf(scenarios: readonly Scenario[]): Promise<Map<string, ScriptedUpstream>> {
  const services = new Map<string, ScriptedUpstream>();
  for (const [name, answer] of scenarios.flatMap(({ clusters = {} }) => Object.entries(clusters))) {
    const service = await ScriptedUpstream.start();
    service.answer = answer;
    services.set(name, service);
  }
  return services;
}

function bootstrap(
  scenarios: readonly Scenario[],
  upstreams: readonly ScriptedUpstream[],
  services: ReadonlyMap<string, ScriptedUpstream>,
  allowOnHeadersStopIteration: boolean,
): Bootstrap {
  const published = Object.fromEntries(PROPERTIES.map((name) => [name, `%FILTER_STATE(wasm.${name}:PLAIN)%`]));
  const shared = Object.fromEntries([...services].map(([name, { address }]) => [name, address]));
  const bootstraps = scenarios.map(({ feature, plugin, module = plugin, settings, environment = {} }, at) => {
    const vmId = JSON.stringify([module, environment]);
    const filter = { name: plugin, wasm: wasmFile(module), vmId, environment, allowOnHeadersStopIteration };
    const fallback = `upstream-${at}`;
    const clusters = { ...(at === 0 ? shared : {}), [fallback]: upstreams[at]!.address };
    const gateway = { clusters, fallback, accessLogFields: { ...published, feature } };
    return pluginConfig(plugin, gateway, { [feature]: { configuration: settings, filter } });
  });
  const resources = bootstraps.map(({ static_resources }) => static_resources);
  const [first] = bootstraps;
  return {
    ...first,
    static_resources: {
      listeners: resources.flatMap(({ listeners }) => listeners),
      clusters: resources.flatMap(({ clusters }) => clusters),
    },
  };
}

async function passAll(envoy: EnvoyProcess, upstream: ScriptedUpstream, scenario: Scenario): Promise<Passed[]> {
  const passed: Passed[] = [];
  for (const exchange of scenario.exchanges) {
    passed.push(await pass(envoy, upstream, scenario.feature, exchange, passed.length + 1));
  }
  return passed;
}

async function outcomeOf(envoy: EnvoyProcess, scenario: Scenario, exchanges: Passed[]): Promise<Outcome> {
  const read = async (): Promise<Outcome> => ({
    isLoaded: true,
    logs: logsIn(envoy.log).filter((line) => line.includes(` ${scenario.plugin}: `)),
    exchanges,
    metrics: scenario.readsMetrics ? Object.fromEntries(await envoy.stats("wasmcustom.")) : {},
  });
  // Counters are handed over once a second.
  const complete = async (): Promise<Outcome | undefined> => {
    const outcome = await read();
    return scenario.missing(outcome) === undefined ? outcome : undefined;
  };
  return scenario.readsMetrics ? until("the metrics are there", complete).catch(read) : read();
}

/** One exchange, the `count`-th of its scenario. */
async function pass(
  envoy: EnvoyProcess,
  upstream: ScriptedUpstream,
  feature: string,
  exchange: Exchange,
  count: number,
): Promise<Passed> {
  upstream.answer = exchange.response;
  upstream.received = undefined;
  const answer = await send(envoy.address(feature), exchange.request).catch(() => undefined);
  const line = answer && (await logLine(envoy, feature, count));
  const details = textOf(line?.["details"]);
  return {
    ...(upstream.received ? { upstream: upstream.received } : {}),
    ...(answer ? { client: messageOf(answer) } : {}),
    ...(details.startsWith("weir.") ? { details } : {}),
    properties: Object.fromEntries(PROPERTIES.map((name) => [name, textOf(line?.[name])])),
  };
}

/** The `count`-th line of the access log that is about a feature. */
function logLine(envoy: EnvoyProcess, feature: string, count: number): Promise<Record<string, unknown>> {
  return until(`the access log has ${feature}`, async () => {
    const lines = await envoy.accessLog(0);
    return lines.filter((line) => line["feature"] === feature)[count - 1];
  });
}

async function send(to: Address, request: Message): Promise<Answer> {
  const headers = Object.fromEntries(request.headers.filter(([name]) => !name.startsWith(":")));
  const open = new OpenRequest(to, { path: headerOf(request, ":path")!, headers });
  for (const piece of request.pieces) await open.write(piece);
  return open.end();
}

function messageOf(answer: Answer): Message {
  const headers = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]);
  return { headers: [[":status", String(answer.status)], ...headers], pieces: [answer.text] };
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);
}

/** What plugins said, with the level in front. */
function logsIn(output: string): string[] {
  return [...output.matchAll(/\[(warning|error|critical)\]\[wasm\].*?wasm log[^:]*: (.*)/g)].map(
    ([, level, text]) => `${level} ${text}`,
  );
}

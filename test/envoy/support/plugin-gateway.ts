import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { wasmFile } from "../../../scripts/setup/plugins.ts";
import { type EnvoyOptions, EnvoyProcess } from "./envoy-process.ts";
import {
  type Address,
  type Bootstrap,
  type Gateway,
  type Json,
  type NativeFilter,
  type WasmFilter,
  gatewayConfig,
} from "./gateway-config.ts";

/** One listener: the plugin's configuration there, and what else differs from a plain gateway. */
export interface Listener extends Partial<Omit<Gateway, "filters" | "clusters" | "port">> {
  /** An object, or the text as it is. */
  configuration: Json | object;
  /** What stands before the plugin. */
  before?: (NativeFilter | WasmFilter)[];
  /** What stands between the plugin and the router. */
  after?: (NativeFilter | WasmFilter)[];
  /** Laid over the plugin's filter. */
  filter?: Partial<WasmFilter>;
  /** Laid over Envoy's HTTP connection manager. */
  manager?: { [key: string]: Json };
  /** Laid over the listener's filter chain, for instance its TLS. */
  chain?: { [key: string]: Json };
}

/** Envoy's bootstrap for several listeners, each with a configuration of one plugin, all in one VM. */
export function pluginConfig(
  plugin: string,
  gateway: Pick<Gateway, "clusters" | "fallback" | "accessLogFields">,
  listeners: Record<string, Listener>,
): Bootstrap {
  const bootstraps = Object.entries(listeners).map(([name, options]) => {
    const { configuration, before = [], after = [], filter = {}, manager, chain, ...rest } = options;
    const wasm: WasmFilter = {
      name: plugin,
      wasm: wasmFile(plugin),
      configuration: configuration as Json,
      ...filter,
    };
    const bootstrap = gatewayConfig({ ...gateway, ...rest, filters: [...before, wasm, ...after] });
    const [listener] = bootstrap.static_resources.listeners as unknown as [ListenerJson];
    const [connections] = listener.filter_chains[0].filters;
    Object.assign(connections.typed_config, manager);
    Object.assign(listener.filter_chains[0], chain);
    return {
      ...bootstrap,
      static_resources: { ...bootstrap.static_resources, listeners: [{ ...listener, name } as Json] },
    };
  });
  const [first] = bootstraps;
  if (!first) throw new Error("no listener");
  const all = bootstraps.flatMap(({ static_resources }) => static_resources.listeners);
  return { ...first, static_resources: { ...first.static_resources, listeners: all } };
}

/** The part of a listener that options lie over. */
interface ListenerJson {
  filter_chains: [{ filters: [{ typed_config: { [key: string]: Json } }] }];
}

/** What a log has of traps and of plugins that failed; empty when all is well. */
export function traps(log: string): string[] {
  return log
    .split("\n")
    .filter((line) => /RuntimeError|Uncaught|wasm trap|Plugin .*failed|Function: proxy_on/i.test(line));
}

/** What a gateway routes to. */
export interface Backends {
  /** Forgets what was seen. */
  reset(): void;
  stop(): Promise<void>;
}

/** What a test file runs against; there from `beforeAll` on. */
export class RunningGateway<B extends Backends> {
  providers!: B;
  envoy!: EnvoyProcess;

  address(listener = "gateway"): Address {
    return this.envoy.address(listener);
  }
}

/**
 * One Envoy and one set of providers for a test file: started before its tests, stopped after them. Each test begins with
 * providers that have seen nothing, and fails when a plugin trapped, unless `mayTrap`.
 */
export function useGateway<B extends Backends>(
  startProviders: () => Promise<B>,
  config: (providers: B) => Bootstrap,
  options?: EnvoyOptions & { mayTrap?: boolean },
): RunningGateway<B> {
  const running = new RunningGateway<B>();
  beforeAll(async () => {
    running.providers = await startProviders();
    running.envoy = await EnvoyProcess.start(config(running.providers), options);
  });
  afterAll(async () => {
    await running.envoy?.stop();
    await running.providers?.stop();
  });
  beforeEach(() => running.providers.reset());
  if (!options?.mayTrap) afterEach(() => expect(traps(running.envoy.log)).toEqual([]));
  return running;
}

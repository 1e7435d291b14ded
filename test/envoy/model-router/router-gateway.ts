import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { wasmFile } from "../../../scripts/setup/plugins.ts";
import { type EnvoyOptions, EnvoyProcess } from "../support/envoy-process.ts";
import {
  type Address,
  type Bootstrap,
  type Gateway,
  type Json,
  type NativeFilter,
  type WasmFilter,
  gatewayConfig,
} from "../support/gateway-config.ts";
import { MockProvider, type SeenRequest, type ShapeName } from "../support/mock-provider.ts";

/** The providers that the tests route to. Requests without routing headers reach `fallback`, which speaks most dialects. */
const PROVIDERS = {
  openai: ["OpenAi"],
  anthropic: ["Anthropic"],
  vllm: ["OpenAi"],
  gemini: ["Gemini"],
  bedrock: ["Bedrock"],
  fallback: ["OpenAi", "Anthropic", "Gemini", "Bedrock"],
} satisfies Record<string, [ShapeName, ...ShapeName[]]>;

export type ProviderName = keyof typeof PROVIDERS;

function shapesOf(name: ProviderName): [ShapeName, ...ShapeName[]] {
  return PROVIDERS[name];
}

/** One listener: its model-router's configuration, and what else differs from a plain gateway. */
export interface Listener extends Partial<Omit<Gateway, "filters" | "clusters" | "port">> {
  /** An object, or the text as it is. */
  configuration: Json | object;
  /** What stands before the model-router. */
  before?: (NativeFilter | WasmFilter)[];
  /** Laid over the model-router's filter. */
  filter?: Partial<WasmFilter>;
  /** Laid over Envoy's HTTP connection manager. */
  manager?: { [key: string]: Json };
  /** Laid over the listener's filter chain, for instance its TLS. */
  chain?: { [key: string]: Json };
}

/** The providers that the tests route to, all running. */
export class Providers {
  private constructor(private readonly mocks: Map<string, MockProvider>) {}

  static async start(): Promise<Providers> {
    const names = Object.keys(PROVIDERS) as ProviderName[];
    const mocks = await Promise.all(names.map((name) => MockProvider.start(name, ...shapesOf(name))));
    return new Providers(new Map(mocks.map((mock) => [mock.name, mock])));
  }

  mock(name: ProviderName): MockProvider {
    return this.mocks.get(name)!;
  }

  get addresses(): Record<string, Address> {
    return Object.fromEntries([...this.mocks].map(([name, mock]) => [name, mock.address]));
  }

  /** Forgets what all of them saw, and makes them healthy. */
  reset(): void {
    for (const mock of this.mocks.values()) mock.reset();
  }

  /** Every request seen, with the name of its provider. */
  get seen(): { provider: string; request: SeenRequest }[] {
    return [...this.mocks].flatMap(([provider, mock]) => mock.seen.map((request) => ({ provider, request })));
  }

  /** The only request that any provider saw; throws when there were none or more. */
  only(): { provider: string; request: SeenRequest } {
    const [first, ...more] = this.seen;
    if (!first || more.length > 0) throw new Error(`providers saw ${this.seen.length} requests, not 1`);
    return first;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.mocks.values()].map((mock) => mock.stop()));
  }
}

/** Envoy's bootstrap for several listeners, each with a model-router of its own, all in one VM. */
export function routerConfig(providers: Providers, listeners: Record<string, Listener>): Bootstrap {
  const clusters = providers.addresses;
  const bootstraps = Object.entries(listeners).map(([name, options]) => {
    const { configuration, before = [], filter = {}, manager, chain, ...rest } = options;
    const router: WasmFilter = {
      name: "model-router",
      wasm: wasmFile("model-router"),
      configuration: configuration as Json,
      ...filter,
    };
    const bootstrap = gatewayConfig({ clusters, fallback: "fallback", ...rest, filters: [...before, router] });
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

/** An Envoy with these listeners in front of the providers. */
export async function startRouter(
  providers: Providers,
  listeners: Record<string, Listener>,
  options?: EnvoyOptions,
): Promise<EnvoyProcess> {
  return EnvoyProcess.start(routerConfig(providers, listeners), options);
}

/** What a log has of traps and of plugins that failed; empty when all is well. */
export function traps(log: string): string[] {
  return log
    .split("\n")
    .filter((line) => /RuntimeError|Uncaught|wasm trap|Plugin .*failed|Function: proxy_on/i.test(line));
}

/** What a test file runs against; there from `beforeAll` on. */
export class Running {
  providers!: Providers;
  envoy!: EnvoyProcess;

  address(listener = "gateway"): Address {
    return this.envoy.address(listener);
  }
}

/**
 * One Envoy and one set of providers for a test file: started before its tests, stopped after them. Each test begins with
 * providers that have seen nothing, and fails when a plugin trapped.
 */
export function useRouter(listeners: Record<string, Listener>, options?: EnvoyOptions): Running {
  const running = new Running();
  beforeAll(async () => {
    running.providers = await Providers.start();
    running.envoy = await startRouter(running.providers, listeners, options);
  });
  afterAll(async () => {
    await running.envoy?.stop();
    await running.providers?.stop();
  });
  beforeEach(() => running.providers.reset());
  afterEach(() => expect(traps(running.envoy.log)).toEqual([]));
  return running;
}

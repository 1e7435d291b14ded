import { type EnvoyOptions, EnvoyProcess } from "../support/envoy-process.ts";
import type { Address, Bootstrap } from "../support/gateway-config.ts";
import { MockProvider, type SeenRequest, type ShapeName } from "../support/mock-provider.ts";
import { type Listener, type RunningGateway, pluginConfig, useGateway } from "../support/plugin-gateway.ts";

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
  return pluginConfig("model-router", { clusters: providers.addresses, fallback: "fallback" }, listeners);
}

/** An Envoy with these listeners in front of the providers. */
export async function startRouter(
  providers: Providers,
  listeners: Record<string, Listener>,
  options?: EnvoyOptions,
): Promise<EnvoyProcess> {
  return EnvoyProcess.start(routerConfig(providers, listeners), options);
}

export type Running = RunningGateway<Providers>;

/** One Envoy with these listeners, and one set of providers, for a test file. */
export function useRouter(listeners: Record<string, Listener>, options?: EnvoyOptions): Running {
  return useGateway(
    () => Providers.start(),
    (providers) => routerConfig(providers, listeners),
    options,
  );
}

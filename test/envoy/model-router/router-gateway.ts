import { type EnvoyOptions, EnvoyProcess } from "../support/envoy-process.ts";
import type { Bootstrap } from "../support/gateway-config.ts";
import type { ShapeName } from "../support/mock-provider.ts";
import { MockProviders } from "../support/mock-providers.ts";
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

/** The providers that the tests route to, all running. */
export type Providers = MockProviders<ProviderName>;

export function startProviders(): Promise<Providers> {
  return MockProviders.start<ProviderName>(PROVIDERS);
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
  return useGateway(startProviders, (providers) => routerConfig(providers, listeners), options);
}

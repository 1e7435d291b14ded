import { type Answer, type Sent, send } from "../support/client.ts";
import type { EnvoyOptions } from "../support/envoy-process.ts";
import { MockProvider } from "../support/mock-provider.ts";
import { until } from "../support/until.ts";
import { type Listener, type RunningGateway, pluginConfig, useGateway } from "../support/plugin-gateway.ts";

/** One provider that speaks every dialect. */
export class Providers {
  private constructor(readonly provider: MockProvider) {}

  static async start(): Promise<Providers> {
    return new Providers(
      await MockProvider.start("one", "OpenAi", "Anthropic", "Gemini", "Bedrock", "Cohere", "Ollama"),
    );
  }

  reset(): void {
    this.provider.reset();
  }

  async stop(): Promise<void> {
    await this.provider.stop();
  }
}

export type Guarded = RunningGateway<Providers>;

const LOGGED = { guard: "%FILTER_STATE(wasm.weir.guard:PLAIN)%" };

/** One Envoy with these listeners for a test file, each with a guard of that name in front of the provider. */
export function useGuard(
  plugin: "prompt-guard" | "response-guard",
  listeners: Record<string, Listener>,
  options?: EnvoyOptions,
): Guarded {
  return useGateway(
    () => Providers.start(),
    ({ provider }) =>
      pluginConfig(
        plugin,
        { clusters: { one: provider.address }, fallback: "one", accessLogFields: LOGGED },
        listeners,
      ),
    options,
  );
}

/** A request's JSON to a path, for an answer to the end. */
export function ask(
  guarded: Guarded,
  json: unknown,
  over: Partial<Sent> & { listener?: string } = {},
): Promise<Answer> {
  const { listener, ...rest } = over;
  return send(guarded.address(listener), { path: "/v1/chat/completions", body: JSON.stringify(json), ...rest });
}

/** Resolves when the access log has a request of which a guard's rules decided so. */
export async function decided(guarded: Guarded, what: string): Promise<void> {
  await until(`the log has ${what}`, async () => {
    const lines = (await guarded.envoy.accessLog(0)) as { guard?: unknown }[];
    return lines.some(({ guard }) => guard === what) || undefined;
  });
}

/** A chat with one message. */
export function chat(content: unknown, more: object = {}): object {
  return { model: "gpt-4o", messages: [{ role: "user", content }], ...more };
}

/** Rules that tests use: a word that is refused, and what is masked. */
export const RULES = [
  { id: "words", detect: { words: ["project-x"] }, action: "Reject" },
  { id: "pii", detect: { builtin: ["CreditCard", "Email"] }, action: "Mask" },
];

export const CARD = "4111 1111 1111 1111";
export const EMAIL = "jane.doe@example.com";

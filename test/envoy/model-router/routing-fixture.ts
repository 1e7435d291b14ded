import { expect } from "vitest";
import type { SeenRequest } from "../support/mock-provider.ts";
import { type Answer, send } from "../support/client.ts";
import type { Listener } from "../support/plugin-gateway.ts";
import type { ProviderName, Running } from "./router-gateway.ts";

const MODELS = [
  { name: "gpt-4o*", provider: "openai" },
  { name: "embed-*", provider: "openai" },
  { name: "whisper-1", provider: "openai" },
  { name: "fast", targets: [{ model: "gpt-4o-mini", provider: "openai" }] },
  { name: "hear", targets: [{ model: "whisper-large-v3", provider: "vllm" }] },
  { name: "claude-*", provider: "anthropic" },
  { name: "sonnet", targets: [{ model: "claude-sonnet-4", provider: "anthropic" }] },
  { name: "gemini-*", provider: "gemini" },
  { name: "flash", targets: [{ model: "gemini-2.5-flash", provider: "gemini" }] },
  { name: "nova", targets: [{ model: "us.amazon.nova-pro-v1:0", provider: "bedrock" }] },
  {
    name: "spread",
    targets: [
      { model: "gpt-4o", provider: "openai", weight: 80 },
      { model: "llama", provider: "vllm", weight: 20 },
    ],
  },
  { name: "messages-only", targets: [{ provider: "anthropic", dialects: ["AnthropicMessages"] }] },
  { name: "internal-*", provider: "vllm", allowConsumers: ["team-a"] },
];

export const MESSAGES = [{ role: "user" as const, content: "hi" }];
export const CHAT = { model: "gpt-4o", messages: MESSAGES };

/** A router with a model for each thing that routing can do. */
export const ROUTING: Listener = {
  configuration: {
    consumer: [{ header: "x-consumer" }],
    models: MODELS,
    defaultModel: "fast",
    stickyHeader: "x-session-id",
  },
  trailers: true,
};

/** Sends a body, text as it is and anything else as JSON. */
export function post(
  router: Running,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return send(router.address(), { path, headers, body: typeof body === "string" ? body : JSON.stringify(body) });
}

/** The request at the only provider that saw one, which must be `provider`, routed as `model`. */
export function routedTo(router: Running, provider: ProviderName, model: string): SeenRequest {
  const only = router.providers.only();
  const headers = ["x-gateway-model-name", "x-gateway-provider-name"].map((name) => only.request.headers[name]);
  expect([only.provider, ...headers]).toEqual([provider, model, provider]);
  return only.request;
}

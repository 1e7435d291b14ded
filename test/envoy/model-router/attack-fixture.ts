import { expect } from "vitest";
import type { SeenRequest } from "../support/mock-provider.ts";
import type { Answer } from "../support/client.ts";
import { type Running, useRouter } from "./router-gateway.ts";

const MODELS = [
  { name: "gpt-4o*", provider: "openai" },
  { name: "whisper-1", provider: "openai" },
  { name: "claude-*", provider: "anthropic" },
  { name: "gemini-*", provider: "gemini" },
];
const RESTRICTED = [...MODELS, { name: "internal-*", provider: "vllm", allowConsumers: ["team-a"] }];
const LIMITS = { maxHeldBytes: "64KiB", maxBodyBytes: "256KiB", consumer: [{ header: "x-consumer" }] };

/** What a listener does with a request that can't be judged. */
const CONFIGURATIONS = {
  FailClosed: { ...LIMITS, models: MODELS },
  "FailClosed with access lists": { ...LIMITS, models: RESTRICTED, unknownModels: "Pass" },
  FailOpen: { ...LIMITS, failureMode: "FailOpen", models: MODELS, unknownModels: "Pass" },
  "FailOpen with access lists": { ...LIMITS, failureMode: "FailOpen", models: RESTRICTED, unknownModels: "Pass" },
  "FailOpen that refuses unknown models": { ...LIMITS, failureMode: "FailOpen", models: MODELS },
  "FailClosed with unknown paths refused": { ...LIMITS, models: MODELS, unknownPaths: "Reject" },
};

export type Name = keyof typeof CONFIGURATIONS;
export const NAMES = Object.keys(CONFIGURATIONS) as Name[];

const MANAGER = {
  upgrade_configs: [{ upgrade_type: "websocket" }],
  http2_protocol_options: { allow_connect: true },
  // How long Envoy waits before it closes a connection on which it ended a stream early.
  delayed_close_timeout: "0.2s",
};

/** One Envoy with a listener for each configuration. */
export function useAttacked(): Running {
  const options = { trailers: true, manager: MANAGER };
  return useRouter(
    Object.fromEntries(NAMES.map((name) => [name, { configuration: CONFIGURATIONS[name], ...options }])),
  );
}

/** What a configuration lets pass. */
export function leniency(name: Name): { isOpen: boolean; hasLists: boolean; passesUnknown: boolean } {
  const hasLists = name.includes("access lists");
  return { isOpen: name === "FailOpen", hasLists, passesUnknown: name === "FailOpen" || hasLists };
}

const TEXT = [{ role: "user", content: "hi" }];
/** A request that both OpenAI's and Anthropic's servers take. */
export const body = (model: string): string => JSON.stringify({ model, max_tokens: 9, messages: TEXT });
export const ROUTING = ["x-gateway-model-name", "x-gateway-provider-name"];

/** What a refusal looks like on these paths. */
export const DIALECTS = {
  "/v1/chat/completions": (answer: Answer): void => {
    expect(answer.json).toEqual({
      error: {
        message: expect.any(String),
        type: "invalid_request_error",
        code: expect.any(String),
        param: answer.json["error"] ? expect.toSatisfy((param) => param === null || param === "model") : null,
      },
    });
  },
  "/v1/messages": (answer: Answer): void => {
    expect(answer.json).toEqual({
      type: "error",
      error: { type: expect.stringMatching(/_error$|^request_too_large$/), message: expect.any(String) },
    });
  },
};

/** The request was answered with an error of its dialect, and no provider saw it. */
export function expectRefused(router: Running, answer: Answer, status: number, path: string): void {
  expect([answer.status, answer.isWhole]).toEqual([status, true]);
  DIALECTS[path as keyof typeof DIALECTS]?.(answer);
  expect(router.providers.seen).toEqual([]);
}

/** The request passed as if the router weren't there, without a routing header. */
export function expectUnrouted(router: Running): SeenRequest {
  const { provider, request } = router.providers.only();
  expect([provider, ...ROUTING.map((name) => request.headers[name])]).toEqual(["fallback", undefined, undefined]);
  return request;
}

/** Routing headers that a client brings, to be sure that they never count. */
export const FORGED = { "X-Gateway-Model-Name": ["internal-x", "internal-y"], "x-gateway-provider-name": "vllm" };

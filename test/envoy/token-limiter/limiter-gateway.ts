import { expect } from "vitest";
import { type Answer, type Sent, send } from "../support/client.ts";
import type { EnvoyOptions } from "../support/envoy-process.ts";
import { freePort } from "../support/free-port.ts";
import type { Address, Bootstrap } from "../support/gateway-config.ts";
import { MockProvider } from "../support/mock-provider.ts";
import type { JsonObject } from "../support/mock-shape.ts";
import { type Listener, type RunningGateway, pluginConfig, useGateway } from "../support/plugin-gateway.ts";
import { until } from "../support/until.ts";
import { grpcCluster } from "./global-gateway.ts";

/** What the limit "tokens" of `TOKENS` has. */
export const AMOUNT = 1_000_000;

/** A limit that no time gives anything back to while tests run. */
export const TOKENS = {
  name: "tokens",
  by: ["consumer"],
  count: "Total",
  amount: AMOUNT,
  per: "30d",
  algorithm: "FixedWindow",
};

/** Counts all tokens by consumer, and reserves nothing but what requests ask for. */
export const COUNTING = { consumer: [{ header: "x-consumer" }], limits: [TOKENS], reserve: { input: "None" } };

const PUBLISHED = ["input_tokens", "output_tokens", "total_tokens", "cached_input_tokens", "reasoning_tokens"];

/** Whose requests are whose, and what was published of each; the names are those of the filter state. */
const LOGGED = {
  asked_by: "%REQ(X-CONSUMER)%",
  attempts: "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
  ...Object.fromEntries(
    [...PUBLISHED, "usage_source", "limit.tokens"].map((name) => [name, `%FILTER_STATE(wasm.weir.${name}:PLAIN)%`]),
  ),
};

/** The same provider twice, speaking every dialect over HTTP/1 and HTTP/2, and an address where nobody answers. */
export class Upstreams {
  private constructor(
    readonly provider: MockProvider,
    readonly http2: MockProvider,
    readonly nobody: Address,
  ) {}

  static async start(): Promise<Upstreams> {
    const provider = await MockProvider.start("one", "OpenAi", "Anthropic", "Gemini", "Bedrock", "Cohere", "Ollama");
    const http2 = await MockProvider.startHttp2("two", "OpenAi");
    return new Upstreams(provider, http2, { host: "127.0.0.1", port: await freePort() });
  }

  reset(): void {
    this.provider.reset();
    this.http2.reset();
  }

  async stop(): Promise<void> {
    await Promise.all([this.provider.stop(), this.http2.stop()]);
  }
}

export type Limiter = RunningGateway<Upstreams>;

/** Listeners with a token-limiter each, in front of the clusters "one" (any path), "two" (HTTP/2) and "nobody". */
export function limiterConfig(upstreams: Upstreams, listeners: Record<string, Listener>): Bootstrap {
  const clusters = { one: upstreams.provider.address, nobody: upstreams.nobody };
  const bootstrap = pluginConfig("token-limiter", { clusters, fallback: "one", accessLogFields: LOGGED }, listeners);
  bootstrap.static_resources.clusters.push(grpcCluster("two", upstreams.http2.address));
  return bootstrap;
}

/** One Envoy with these listeners for a test file. */
export function useLimiter(
  listeners: Record<string, Listener>,
  options?: EnvoyOptions & { mayTrap?: boolean },
): Limiter {
  return useGateway(
    () => Upstreams.start(),
    (upstreams) => limiterConfig(upstreams, listeners),
    options,
  );
}

let consumers = 0;

/** A name that no account knows yet. */
export function newConsumer(): string {
  return `consumer-${consumers++}`;
}

export const MESSAGES = [{ role: "user" as const, content: "Why do weirs hum?" }];

/** A chat that asks for as many tokens at most, and what else is said. */
export function chat(more: object = {}): JsonObject {
  return { model: "gpt-4o", max_tokens: 100, messages: MESSAGES, ...more };
}

export interface Asked extends Partial<Sent> {
  listener?: string;
  /** Sent as JSON, in place of `body`. */
  json?: unknown;
}

/** A consumer's request, by default a chat, for an answer to the end. */
export function ask(limiter: Limiter, consumer: string, asked: Asked = {}): Promise<Answer> {
  const { listener, json = chat(), headers, ...rest } = asked;
  return send(limiter.address(listener), {
    path: "/v1/chat/completions",
    body: JSON.stringify(json),
    headers: { "x-consumer": consumer, ...headers },
    ...rest,
  });
}

/** One line of the access log. */
export type Line = Record<string, string | number | null>;

/** The access log's lines of a consumer, once there are as many: what they were charged for is settled then. */
export function logged(limiter: Limiter, consumer: string, count = 1): Promise<Line[]> {
  return until(`${count} requests of ${consumer} have ended`, async () => {
    const lines = (await limiter.envoy.accessLog(0)) as Line[];
    const own = lines.filter((line) => line["asked_by"] === consumer);
    return own.length >= count ? own : undefined;
  });
}

/** What is left to a consumer of the limit "tokens", of which something must be used: a refusal tells it, at no cost. */
export async function left(limiter: Limiter, consumer: string, listener?: string): Promise<number> {
  const answer = await ask(limiter, consumer, {
    json: chat({ max_tokens: AMOUNT }),
    ...(listener === undefined ? {} : { listener }),
  });
  expect([answer.status, answer.headers["x-ratelimit-limit-tokens"]]).toEqual([429, String(AMOUNT)]);
  return Number(answer.headers["x-ratelimit-remaining-tokens"]);
}

/**
 * What a consumer's only request was charged, when it is over: the limit has as much less as was published for it, and
 * nothing more changed.
 */
export async function charged(limiter: Limiter, consumer: string, listener?: string): Promise<Line> {
  const lines = await logged(limiter, consumer);
  expect(lines.length).toBe(1);
  const [line] = lines as [Line];
  expect({ charged: AMOUNT - (await left(limiter, consumer, listener)) }).toEqual({
    charged: Number(line["limit.tokens"]),
  });
  return line;
}

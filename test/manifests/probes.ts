import assert from "node:assert/strict";
import type { Answer } from "../envoy/support/client.ts";
import { PROVIDER_KEYS } from "../envoy/support/example-gateway.ts";
import type { MockProvider } from "../envoy/support/mock-provider.ts";
import type { JsonObject } from "../envoy/support/mock-shape.ts";
import { until } from "../envoy/support/until.ts";

/** The providers' host names. */
export const HOSTS = {
  openai: "api.openai.com",
  anthropic: "api.anthropic.com",
  azure: "example.openai.azure.com",
} as const;

/** A gateway that manifests made, and the providers behind it, which have seen nothing yet. */
export interface Ground extends Record<keyof typeof HOSTS, MockProvider> {
  /** As team A. */
  ask(path: string, body: JsonObject): Promise<Answer>;
  /** Counters whose name contains this. */
  stats(part: string): Promise<Map<string, number>>;
}

const CHAT = "/v1/chat/completions";

function chat(content = "hi", model = "gpt-4o"): JsonObject {
  return { model, messages: [{ role: "user", content }] };
}

async function reaches(provider: MockProvider, answer: Promise<Answer>): Promise<void> {
  const { status, text } = await answer;
  assert.equal(status, 200, text);
  assert.equal(provider.seen.length, 1);
}

async function isLimitedTo(amount: string, { ask }: Ground): Promise<void> {
  assert.equal((await ask(CHAT, chat())).headers["x-ratelimit-limit-tokens"], amount);
}

async function guardsPrompts({ ask, openai }: Ground): Promise<void> {
  const refused = await ask(CHAT, chat("What is p r o j e c t - x about?"));
  assert.deepEqual([refused.status, openai.seen.length], [403, 0]);
}

async function guardsAnswers({ ask, openai }: Ground): Promise<void> {
  const message = { role: "assistant", content: "ask jane@example.com" };
  const answer = { object: "chat.completion", choices: [{ index: 0, message }] };
  openai.behave({ answer: { pieces: [JSON.stringify(answer)] } });
  assert.match((await ask(CHAT, chat())).text, /ask \[pii\]/);
}

async function records({ ask, stats }: Ground): Promise<void> {
  assert.equal((await ask(CHAT, chat())).status, 200);
  await until("the call is counted", async () => {
    const counters = await stats("weir.usage-telemetry.requests");
    return [...counters.values()].some((count) => count > 0) || undefined;
  });
}

/** What must hold of a gateway with a use's manifests, by what a user would notice. */
export const PROBES: Record<string, [name: string, probe: (ground: Ground) => Promise<void>][]> = {
  kubernetes: [["a request reaches its provider", ({ ask, openai }) => reaches(openai, ask(CHAT, chat()))]],
  "model-router": [
    [
      "an alias becomes its model",
      async ({ ask, openai }) => {
        await reaches(openai, ask(CHAT, chat("hi", "fast")));
        assert.equal(openai.only().json?.["model"], "gpt-4o-mini");
      },
    ],
    [
      "a model of the other provider goes there, held until it is known",
      ({ ask, anthropic }) =>
        reaches(anthropic, ask(CHAT, { messages: [], padding: "x".repeat(200_000), model: "claude-x" })),
    ],
    [
      "a model that nobody has goes nowhere",
      async ({ ask, openai }) => {
        assert.deepEqual([(await ask(CHAT, chat("hi", "nope"))).status, openai.seen.length], [404, 0]);
      },
    ],
  ],
  guards: [
    ["a prompt is refused before the provider sees any of it", guardsPrompts],
    ["an answer is masked", guardsAnswers],
  ],
  "token-limits": [["the client reads its limit", (ground) => isLimitedTo("20000", ground)]],
  "global-token-limits": [
    [
      "the rate limit service is asked, and without an answer nothing passes",
      async ({ ask, openai }) => {
        assert.deepEqual([(await ask(CHAT, chat())).status, openai.seen.length], [503, 0]);
      },
    ],
  ],
  "per-route": [
    ["the route without settings of its own refuses", guardsPrompts],
    [
      "a route that only watches lets it by, and so does one without the plugin",
      async ({ ask, openai }) => {
        for (const path of ["/lab", "/bare"]) {
          openai.reset();
          await reaches(openai, ask(`${path}${CHAT}`, chat("What is project-x about?")));
        }
      },
    ],
  ],
  "usage-telemetry": [["a call is counted", records]],
  "egress-auth": [
    [
      "the provider gets its own key and host, and nothing of the client's",
      async ({ ask, openai }) => {
        await reaches(openai, ask(CHAT, chat()));
        const { headers } = openai.only();
        assert.deepEqual(
          [headers.authorization, headers.host],
          [`Bearer ${PROVIDER_KEYS.OPENAI_API_KEY}`, HOSTS.openai],
        );
      },
    ],
    [
      "a request that names no model has no provider, and goes nowhere",
      async ({ ask, openai }) => {
        const { status, text } = await ask("/v1/batches", { input_file_id: "file-1" });
        assert.deepEqual([status, openai.seen.length], [403, 0], text);
      },
    ],
  ],
  failover: [
    [
      "a failing provider gives way to the next, which gets its own key, path and model",
      async ({ ask, openai, azure }) => {
        openai.behave({ answer: { status: 503 } });
        await reaches(azure, ask(CHAT, chat()));
        const { headers, path, json } = azure.only();
        assert.deepEqual([headers.authorization, headers["api-key"]], [undefined, PROVIDER_KEYS.AZURE_API_KEY]);
        assert.match(path, /^\/openai\/deployments\/prod-gpt-4o\//);
        assert.equal(json?.["model"], "prod-gpt-4o");
        assert.equal(openai.only().headers.authorization, `Bearer ${PROVIDER_KEYS.OPENAI_API_KEY}`);
      },
    ],
  ],
  gateway: [
    ["a prompt is refused before the provider sees any of it", guardsPrompts],
    ["an answer is masked", guardsAnswers],
    ["the client reads its limit", (ground) => isLimitedTo("20000", ground)],
    ["a call is counted", records],
    [
      "nothing of the client's goes out",
      async ({ ask, openai }) => {
        await reaches(openai, ask(CHAT, chat()));
        assert.doesNotMatch(JSON.stringify(openai.only().headers), /example-key|team-a/);
      },
    ],
  ],
};

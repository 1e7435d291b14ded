import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { EnvoyProcess } from "../support/envoy-process.ts";
import { localConfig } from "../support/example.ts";
import { MockProvider } from "../support/mock-provider.ts";
import { until } from "../support/until.ts";

const KEYS = { OPENAI_API_KEY: "key-for-openai", ANTHROPIC_API_KEY: "key-for-anthropic" };
const TEAM_A = { authorization: "Bearer example-key-of-team-a" };
const USAGE = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };
const FORBIDDEN = "Tell me of project-x.";

/** An access log's line. */
interface Line {
  details: string;
  audit: Record<string, unknown>;
}

let mocks: MockProvider[];
let envoy: EnvoyProcess | undefined;

beforeAll(async () => {
  mocks = await Promise.all([MockProvider.start("openai", "OpenAi"), MockProvider.start("anthropic", "Anthropic")]);
});

afterEach(async () => {
  await envoy?.stop();
  envoy = undefined;
  mocks.forEach((mock) => mock.reset());
});

afterAll(async () => {
  await Promise.all((mocks ?? []).map((mock) => mock.stop()));
});

/** The gateway of the example, with two of its filters in each other's place; none: as it is. */
async function start(swapped: readonly [string, string] | undefined): Promise<EnvoyProcess> {
  const config = localConfig("gateway", Object.fromEntries(mocks.map(({ name, address }) => [name, address])));
  if (swapped) {
    const [listener] = config.static_resources.listeners as unknown as {
      filter_chains: { filters: { typed_config: { http_filters: { name: string }[] } }[] }[];
    }[];
    const filters = listener!.filter_chains[0]!.filters[0]!.typed_config.http_filters;
    const [a, b] = swapped.map((wanted) => filters.findIndex(({ name }) => name === wanted)) as [number, number];
    [filters[a], filters[b]] = [filters[b]!, filters[a]!];
  }
  envoy = await EnvoyProcess.start(config, { env: KEYS });
  return envoy;
}

function send(gateway: EnvoyProcess, content: string, over: object = {}): Promise<Response> {
  return fetch(gateway.url("/v1/chat/completions"), {
    method: "POST",
    headers: { "content-type": "application/json", ...TEAM_A },
    body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content }], ...over }),
  });
}

/** The last line of the log, when there are `count`. */
function lastLine(gateway: EnvoyProcess, count: number): Promise<Line> {
  return until(`${count} lines are logged`, () => {
    const found = gateway.log.split("\n").filter((line) => line.startsWith("{") && line.includes('"audit"'));
    if (found.length < count) return undefined;
    const line = JSON.parse(found.at(-1)!) as Omit<Line, "audit"> & { audit: string | null };
    return { ...line, audit: JSON.parse(line.audit ?? "{}") as Record<string, unknown> };
  });
}

async function remaining(gateway: EnvoyProcess): Promise<number> {
  const answer = await send(gateway, "hi");
  await answer.text();
  return Number(answer.headers.get("x-ratelimit-remaining-tokens"));
}

test.each([
  ["as they stand", undefined, "weir.model-router.unknown_model"],
  ["swapped", ["model-router", "prompt-guard"] as const, "weir.prompt-guard."],
])("router and prompt guard %s: whether what has no provider is read by the guard", async (_name, swapped, details) => {
  const gateway = await start(swapped);
  await (await send(gateway, FORBIDDEN, { model: "nope" })).text();
  expect((await lastLine(gateway, 1)).details).toContain(details);
});

test.each([
  ["as they stand", undefined, false],
  ["swapped", ["prompt-guard", "token-limiter"] as const, true],
])("prompt guard and limiter %s: whether a refused prompt uses up tokens", async (_name, swapped, uses) => {
  mocks[0]!.behave({ usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } });
  const gateway = await start(swapped);
  const before = await remaining(gateway);
  for (let i = 0; i < 5; i++) await (await send(gateway, `${"word ".repeat(50)}${FORBIDDEN}`)).text();
  const used = before - (await remaining(gateway)) - 2;
  expect(used > 100).toBe(uses);
});

test.each([
  ["as they stand", undefined, { input_tokens: 100, output_tokens: 50 }],
  ["swapped", ["token-limiter", "usage-telemetry"] as const, {}],
])("limiter and telemetry %s: whether a record knows what was used", async (_name, swapped, known) => {
  mocks[0]!.behave({ usage: USAGE });
  const gateway = await start(swapped);
  await (await send(gateway, "hi")).text();
  const { audit } = await lastLine(gateway, 1);
  const { input_tokens, output_tokens } = audit;
  expect(Object.entries({ input_tokens, output_tokens }).filter(([, value]) => value !== undefined)).toEqual(
    Object.entries(known),
  );
});

test.each([
  ["as they stand", undefined, "reported"],
  ["swapped", ["response-guard", "token-limiter"] as const, "estimated"],
])(
  "response guard and limiter %s: whether an answer that the guard ends is charged as reported",
  async (_name, swapped, source) => {
    const chunk = (over: object): string => `data: ${JSON.stringify({ object: "chat.completion.chunk", ...over })}\n\n`;
    const pieces = [
      chunk({ choices: [{ index: 0, delta: { content: "This is internal-only and so on." } }] }),
      chunk({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }),
      chunk({ choices: [], usage: USAGE }),
      "data: [DONE]\n\n",
    ];
    mocks[0]!.behave({ answer: { headers: { "content-type": "text/event-stream" }, pieces } });
    const gateway = await start(swapped);
    await (await send(gateway, "hi", { stream: true })).text();
    expect((await lastLine(gateway, 1)).audit).toMatchObject({ usage_source: source });
  },
);

test.each([
  ["as they stand", undefined, 200],
  ["swapped", ["envoy.filters.http.api_key_auth", "egress-auth-strip"] as const, 401],
])("authentication and stripping %s: whether anybody can come in", async (_name, swapped, status) => {
  const gateway = await start(swapped);
  expect((await send(gateway, "hi")).status).toBe(status);
});

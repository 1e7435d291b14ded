import { afterEach, expect, test } from "vitest";
import { ExampleGateway, type LogLine } from "../support/example-gateway.ts";
import type { Bootstrap } from "../support/gateway-config.ts";

const USAGE = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };
const FORBIDDEN = "Tell me of project-x.";

let gateway: ExampleGateway | undefined;

afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
});

/** The gateway of the example, with two of its filters in each other's place; none: as it is. */
async function start(swapped: readonly [string, string] | undefined): Promise<ExampleGateway> {
  gateway = await ExampleGateway.start({ change: (config) => swap(config, swapped) });
  return gateway;
}

function swap(config: Bootstrap, swapped: readonly [string, string] | undefined): Bootstrap {
  if (!swapped) return config;
  const [listener] = config.static_resources.listeners as unknown as {
    filter_chains: { filters: { typed_config: { http_filters: { name: string }[] } }[] }[];
  }[];
  const filters = listener!.filter_chains[0]!.filters[0]!.typed_config.http_filters;
  const [a, b] = swapped.map((wanted) => filters.findIndex(({ name }) => name === wanted)) as [number, number];
  [filters[a], filters[b]] = [filters[b]!, filters[a]!];
  return config;
}

function send(to: ExampleGateway, content: string, over: object = {}): Promise<Response> {
  return to.send({ model: "gpt-4o", messages: [{ role: "user", content }], ...over });
}

/** The log's only line. */
async function onlyLine(of: ExampleGateway): Promise<LogLine> {
  return (await of.logged(0, 1))[0]!;
}

async function remaining(of: ExampleGateway): Promise<number> {
  const answer = await send(of, "hi");
  await answer.text();
  return Number(answer.headers.get("x-ratelimit-remaining-tokens"));
}

test.each([
  ["as they stand", undefined, "weir.model-router.unknown_model"],
  ["swapped", ["model-router", "prompt-guard"] as const, "weir.prompt-guard."],
])("router and prompt guard %s: whether what has no provider is read by the guard", async (_name, swapped, details) => {
  const running = await start(swapped);
  await (await send(running, FORBIDDEN, { model: "nope" })).text();
  expect((await onlyLine(running)).details).toContain(details);
});

test.each([
  ["as they stand", undefined, false],
  ["swapped", ["prompt-guard", "token-limiter"] as const, true],
])("prompt guard and limiter %s: whether a refused prompt uses up tokens", async (_name, swapped, uses) => {
  const running = await start(swapped);
  running.providers.mock("openai").behave({ usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } });
  const before = await remaining(running);
  for (let i = 0; i < 5; i++) await (await send(running, `${"word ".repeat(50)}${FORBIDDEN}`)).text();
  const used = before - (await remaining(running)) - 2;
  expect(used > 100).toBe(uses);
});

test.each([
  ["as they stand", undefined, "estimated"],
  ["swapped", ["token-limiter", "usage-telemetry"] as const, undefined],
])(
  "limiter and telemetry %s: whether a record knows what an answer used that broke off",
  async (_name, swapped, source) => {
    const running = await start(swapped);
    running.providers.mock("openai").behave({ resetAfterPieces: 2 });
    const answer = await send(running, "hi", { stream: true });
    await expect(answer.text()).rejects.toThrow();
    const { audit } = await onlyLine(running);
    expect(audit).toMatchObject({ status: 200, error: "upstream_reset" });
    expect(audit!["usage_source"]).toBe(source);
  },
);

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
    const running = await start(swapped);
    const answer = { headers: { "content-type": "text/event-stream" }, pieces };
    running.providers.mock("openai").behave({ answer });
    await (await send(running, "hi", { stream: true })).text();
    expect((await onlyLine(running)).audit).toMatchObject({ usage_source: source });
  },
);

test.each([
  ["as they stand", undefined, 200],
  ["swapped", ["envoy.filters.http.api_key_auth", "egress-auth-strip"] as const, 401],
])("authentication and stripping %s: whether anybody can come in", async (_name, swapped, status) => {
  const running = await start(swapped);
  expect((await send(running, "hi")).status).toBe(status);
});

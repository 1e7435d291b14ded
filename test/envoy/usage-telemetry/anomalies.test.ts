import { expect, test } from "vitest";
import { COMBINED, wasmFile } from "../../../scripts/setup/plugins.ts";
import { send } from "../support/client.ts";
import type { WasmFilter } from "../support/gateway-config.ts";
import { MockProvider } from "../support/mock-provider.ts";
import { type Listener, pluginConfig, useGateway } from "../support/plugin-gateway.ts";
import { until } from "../support/until.ts";

const CONSUMER = { consumer: [{ header: "x-consumer" }] };
const WATCHES = {
  ...CONSUMER,
  consumers: ["eager", "steady"],
  anomalies: { interval: "1s", tighten: { for: "5s" } },
};
const LIMIT = { name: "tokens", by: ["consumer"], count: "Total", amount: 1e9, per: "30d", algorithm: "FixedWindow" };
const LIMITS = { ...CONSUMER, limits: [{ ...LIMIT, whenAnomalous: 0.001 }] };
const BURST = { prompt_tokens: 2_000_000, completion_tokens: 0, total_tokens: 2_000_000 };

/** After how many intervals there is a past to compare with, and one for what was under way. */
const WARM_UP_SECONDS = 12;

/** A limiter, and a telemetry behind it. */
function listener(limiter: Partial<WasmFilter>, telemetry: Partial<WasmFilter>): Listener {
  const name = "usage-telemetry";
  const after = [{ name, wasm: wasmFile(name), configuration: WATCHES, ...telemetry }];
  return { configuration: LIMITS, filter: { ...limiter, rootId: "token-limiter" }, after };
}

const whole = (vmId: string): Partial<WasmFilter> => ({ vmId, wasm: wasmFile(COMBINED) });

const LISTENERS = {
  "two modules of one VM id": listener({ vmId: "both" }, { vmId: "both" }),
  "one module": listener(whole(COMBINED), whole(COMBINED)),
  "two modules with their own VM ids": listener({}, {}),
};
const [TWO, ONE, APART] = Object.keys(LISTENERS) as [string, string, string];

const gateway = useGateway(
  () => MockProvider.start("openai", "OpenAi"),
  (provider) => {
    const clusters = { openai: provider.address };
    return pluginConfig("token-limiter", { clusters, fallback: "openai" }, LISTENERS);
  },
  { concurrency: 2 },
);

async function ask(name: string, consumer: string): Promise<number> {
  const headers = { "x-consumer": consumer };
  const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "hi" }] });
  return (await send(gateway.address(name), { path: "/v1/chat/completions", headers, body })).status;
}

/** The status that a consumer gets at each listener. */
async function askAll(consumer: string): Promise<Record<string, number>> {
  const asked = Object.keys(LISTENERS).map(async (name) => [name, await ask(name, consumer)] as const);
  return Object.fromEntries(await Promise.all(asked));
}

test("a consumer's burst is counted and logged, and makes its limits tighter for a time, not another's", async () => {
  const seconds = new Set<number>();
  await until(
    "there are calls in enough intervals",
    async () => {
      await Promise.all([askAll("eager"), askAll("steady")]);
      return seconds.add(Math.floor(Date.now() / 1000)).size > WARM_UP_SECONDS || undefined;
    },
    60_000,
  );
  gateway.providers.behave({ usage: BURST });
  expect(await askAll("eager")).toEqual({ [TWO]: 200, [ONE]: 200, [APART]: 200 });
  gateway.providers.behave({});

  const name = "wasmcustom.weir.usage-telemetry.anomalies.kind.=.tokens.=;.consumer.=.eager.=;";
  await Promise.all(
    [TWO, ONE].map((each) =>
      until(`${each} refuses`, async () => ((await ask(each, "eager")) === 429 ? true : undefined), 15_000),
    ),
  );
  expect(await askAll("steady")).toEqual({ [TWO]: 200, [ONE]: 200, [APART]: 200 });
  expect(await ask(APART, "eager")).toBe(200);
  await until("each telemetry has counted it once", async () => ((await gateway.envoy.stat(name)) === 3 ? true : null));
  const lines = gateway.envoy.log.match(/usage-telemetry: anomaly: .*/g) ?? [];
  const about = lines.filter((line) => line.includes(": tokens "));
  expect(about.length).toBe(3);
  for (const line of about) {
    expect(line).toMatch(/consumer "eager": tokens 200\d{4} in 1s, mean \d+, deviation \d+; limits are tighter/);
  }
  await until(
    "the time is over",
    async () => (Object.values(await askAll("eager")).every((status) => status === 200) ? true : undefined),
    15_000,
  );
}, 120_000);

import { expect, test } from "vitest";
import { examplesOf } from "../../contract/support/plugins.ts";
import { send } from "../support/client.ts";
import { EnvoyProcess } from "../support/envoy-process.ts";
import { MockProvider } from "../support/mock-provider.ts";
import { pluginConfig, useGateway } from "../support/plugin-gateway.ts";
import { until } from "../support/until.ts";

const gateway = useGateway(
  () => MockProvider.start("provider", "OpenAi"),
  ({ address }) =>
    pluginConfig(
      "my-plugin",
      { clusters: { provider: address }, fallback: "provider" },
      { gateway: { configuration: { maxOutputTokens: 100 } } },
    ),
);

const chat = (cap: number) =>
  send(gateway.address(), {
    path: "/v1/chat/completions",
    body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "hi" }], max_tokens: cap }),
  });

test("a request within the limit reaches its provider, with the header", async () => {
  expect((await chat(100)).status).toBe(200);
  expect(gateway.providers.only().headers["x-output-tokens"]).toBe("100");
});

test("a request for too long an answer is refused in its API's own words, and counted", async () => {
  const answer = await chat(101);
  expect([answer.status, answer.json]).toMatchObject([400, { error: { code: "invalid_value", param: "max_tokens" } }]);
  expect(gateway.providers.seen).toEqual([]);
  await until("it is counted", async () => {
    const counted = await gateway.envoy.stats("my-plugin.requests.verdict.=.over");
    return [...counted.values()].includes(1) ? true : undefined;
  });
});

const config = (configuration: object) =>
  pluginConfig("my-plugin", { clusters: { provider: { host: "127.0.0.1", port: 1 } } }, { gateway: { configuration } });

test.each(examplesOf("my-plugin", true))("envoy --mode validate takes $name", async (example) => {
  const { ok, output } = await EnvoyProcess.validate(config(example.config as object));
  expect(output).toContain("OK");
  expect(ok).toBe(true);
});

test("envoy --mode validate names the key of a wrong configuration", async () => {
  const { ok, output } = await EnvoyProcess.validate(config({ maxOutputTokens: 0 }));
  expect(ok).toBe(false);
  expect(output).toContain("my-plugin: config.maxOutputTokens: must be a whole number");
});

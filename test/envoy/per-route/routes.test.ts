import { expect, test } from "vitest";
import { send } from "../support/client.ts";
import { PROVIDER_KEYS, TEAM_A } from "../support/example-gateway.ts";
import { localConfig } from "../support/example.ts";
import { MockProviders } from "../support/mock-providers.ts";
import { useGateway } from "../support/plugin-gateway.ts";

const CARD = "4111 1111 1111 1111";

const gateway = useGateway(
  () => MockProviders.start({ openai: "OpenAi" }),
  ({ addresses }) => localConfig("per-route", addresses),
  { env: PROVIDER_KEYS },
);

async function ask(path: string, content: string): Promise<{ status: number; sent: string; answered: string }> {
  const openai = gateway.providers.mock("openai");
  openai.reset();
  const answer = {
    object: "chat.completion",
    choices: [{ index: 0, message: { role: "assistant", content: "ask jane@example.com" } }],
  };
  openai.behave({ answer: { pieces: [JSON.stringify(answer)] } });
  const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content }] });
  const { status, text } = await send(gateway.address(), { path, headers: TEAM_A, body });
  return { status, sent: openai.seen[0]?.body.toString() ?? "", answered: text };
}

test.each([
  ["without an override refuses", "/v1/chat/completions", 403],
  ["whose name an override matches refuses with the override's status", "/batch/v1/chat/completions", 422],
  ["whose metadata names an override lets by what the base refuses", "/lab/v1/chat/completions", 200],
  ["whose metadata says Off lets it by", "/trusted/v1/chat/completions", 200],
  ["that Envoy leaves the filter out of lets it by", "/bare/v1/chat/completions", 200],
])("a route %s", async (_name, path, status) => {
  const refused = await ask(path, "What is project-x about?");
  expect(refused.status).toBe(status);
  expect(refused.sent.includes("project-x")).toBe(status === 200);
});

test.each([
  ["without an override masks prompt and answer", "/v1/chat/completions", true, true],
  ["whose override only watches masks no prompt, and still the answer", "/lab/v1/chat/completions", false, true],
  [
    "whose metadata turns prompt-guard off masks no prompt, and still the answer",
    "/trusted/v1/chat/completions",
    false,
    true,
  ],
  ["that leaves both filters out masks nothing", "/bare/v1/chat/completions", false, false],
])("a route %s", async (_name, path, isPromptMasked, isAnswerMasked) => {
  const { status, sent, answered } = await ask(path, `Is ${CARD} valid?`);
  expect(status).toBe(200);
  expect(sent.includes(CARD)).toBe(!isPromptMasked);
  expect(answered.includes("jane@example.com")).toBe(!isAnswerMasked);
});

test("the log says what an override that only watches would have refused, and nothing of a plugin that is off", async () => {
  const { envoy } = gateway;
  await ask("/lab/v1/chat/completions", "What is project-x about?");
  const watched = await envoy.logged(/^\{.*"route":"lab".*\}$/m);
  expect((JSON.parse(watched[0]) as { guard: string }).guard).toContain("names:Reject");
  await ask("/trusted/v1/chat/completions", "What is project-x about?");
  const off = await envoy.logged(/^\{.*"route":"trusted".*\}$/m);
  expect((JSON.parse(off[0]) as { guard: string | null }).guard ?? "").not.toContain("names");
});

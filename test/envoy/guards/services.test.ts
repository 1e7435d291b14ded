import OpenAI, { APIError } from "openai";
import { describe, expect, test } from "vitest";
import { MockProvider } from "../support/mock-provider.ts";
import { pluginConfig, useGateway } from "../support/plugin-gateway.ts";
import { EMAIL } from "./guard-gateway.ts";

/** A provider, and a service that judges what it answers. */
class Backends {
  private constructor(
    readonly provider: MockProvider,
    readonly service: MockProvider,
  ) {}

  static async start(): Promise<Backends> {
    return new Backends(await MockProvider.start("one", "OpenAi"), await MockProvider.start("guard", "OpenAi"));
  }

  reset(): void {
    this.provider.reset();
    this.service.reset();
  }

  async stop(): Promise<void> {
    await this.provider.stop();
    await this.service.stop();
  }
}

const RULES = [
  { id: "hook", detect: { service: { cluster: "guard", path: "/check", timeout: "5s" } }, action: "Reject" },
];

const guarded = useGateway(
  () => Backends.start(),
  ({ provider, service }) =>
    pluginConfig(
      "response-guard",
      { clusters: { one: provider.address, guard: service.address }, fallback: "one" },
      { gateway: { configuration: { rules: RULES } } },
    ),
);

const ASKED = { model: "gpt-4o", messages: [{ role: "user" as const, content: "hi" }] };

/** Two choices say their text by turns; what a service said of another text is not what it says of this. */
function streamOfTwo(words: string): void {
  const event = (index: number, content: string): string =>
    `data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", created: 1, model: "gpt-4o", choices: [{ index, delta: { content }, finish_reason: null }] })}\n\n`;
  const byTurns: [choice: number, content: string][] = [
    [0, "write to jane.doe@"],
    [1, `no, ${words}, `],
    [0, "example.com"],
    [1, "don't ü"],
    [0, " now"],
  ];
  const pieces = [...byTurns.map(([index, content]) => event(index, content)), "data: [DONE]\n\n"];
  guarded.providers.provider.behave({ answer: { pieces, headers: { "content-type": "text/event-stream" } } });
}

const serviceSays = (action: object): void =>
  guarded.providers.service.behave({ answer: { status: 200, pieces: [JSON.stringify({ action })] } });

/** What each choice says, to the openai package. */
async function heard(): Promise<string[]> {
  const client = new OpenAI({ apiKey: "sk-test", maxRetries: 0, baseURL: guarded.envoy.url("/v1") });
  const said = ["", ""];
  for await (const { choices } of await client.chat.completions.create({ ...ASKED, n: 2, stream: true }))
    for (const { index, delta } of choices) said[index] += delta.content ?? "";
  return said;
}

describe("a service that judges a stream of two choices by turns", () => {
  test("is asked with the text of each, and what it passes goes out as it came", async () => {
    streamOfTwo("not today");
    serviceSays({ reason: "fine" });
    const texts = [`write to ${EMAIL} now`, "no, not today, don't ü"];
    expect(await heard()).toEqual(texts);
    const asked = guarded.providers.service.only();
    expect(asked.path).toBe("/check");
    expect(asked.json).toEqual({
      body: { choices: texts.map((content) => ({ message: { role: "assistant", content } })) },
    });
  });

  test("refuses it with its own status and words, and nothing of it goes out", async () => {
    streamOfTwo("never");
    serviceSays({ body: "Not here.", status_code: 451, reason: "policy" });
    const error = await heard().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ status: 451, message: expect.stringContaining("Not here.") });
  });

  test("that fails leaves it refused: 503", async () => {
    streamOfTwo("perhaps");
    guarded.providers.service.behave({ resetAfterPieces: 0 });
    await expect(heard()).rejects.toMatchObject({ status: 503, code: "service_unavailable" });
    expect(guarded.providers.service.only().state).toBe("Complete");
  });
});

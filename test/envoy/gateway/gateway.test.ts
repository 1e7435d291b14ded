import { once } from "node:events";
import { connect, constants } from "node:http2";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CHAT, ExampleGateway, type LogLine, TEAM_A } from "../support/example-gateway.ts";
import { inOneModule } from "../support/example.ts";
import type { Bootstrap } from "../support/gateway-config.ts";

const messages = [{ role: "user", content: "Why do weirs hum?" }];

describe.each([
  ["a module for each plugin", (config: Bootstrap) => config],
  ["all plugins in one module", inOneModule],
])("the gateway with %s", (_name, change) => {
  let gateway: ExampleGateway;
  const openai = () => gateway.providers.mock("openai");

  beforeAll(async () => {
    gateway = await ExampleGateway.start({ change, concurrency: 4 });
  });

  afterAll(() => gateway?.stop());

  beforeEach(() => gateway.providers.reset());

  describe("has each request in the log once, with what became of it:", () => {
    test("a chat that is answered", async () => {
      const before = gateway.lines.length;
      openai().behave({ usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 } });
      expect((await gateway.send({ model: "gpt-4o", messages })).status).toBe(200);
      const [{ audit }] = (await gateway.logged(before, 1)) as [LogLine];
      expect(audit).toMatchObject({
        consumer: "team-a",
        operation: "chat",
        model: "gpt-4o",
        provider: "openai",
        input_tokens: 100,
        output_tokens: 50,
        usage_source: "reported",
        // 100 x 2.5 + 50 x 10
        cost_micros: 750,
        status: 200,
      });
      expect(audit!["attempts"]).toMatch(/^openai=200\/\d+$/);
      expect(openai().only().headers.authorization).toBe("Bearer key-for-openai");
    });

    test.each([
      ["the router", { model: "nope", messages }, 404, /^weir\.model-router\.unknown_model/],
      [
        "the prompt guard",
        { model: "gpt-4o", messages: [{ role: "user", content: "What is p r o j e c t - x?" }] },
        403,
        /^weir\.prompt-guard\./,
      ],
      ["the limiter", { model: "gpt-4o", messages, max_tokens: 10_000_000 }, 400, /^weir\.token-limiter\./],
    ])("one that %s refuses", async (_name, body, status, details) => {
      const before = gateway.lines.length;
      const answer = await gateway.send(body);
      const [line] = (await gateway.logged(before, 1)) as [LogLine];
      expect(answer.status).toBe(status);
      expect(line.audit).toMatchObject({ operation: "chat", status, error: String(status) });
      expect(line.audit!["details"]).toMatch(details);
      expect(gateway.providers.seen).toEqual([]);
    });

    test("one whose client goes away", async () => {
      const before = gateway.lines.length;
      const abort = new AbortController();
      openai().behave({ delayMs: 2000 });
      const answer = gateway.send({ model: "gpt-4o", messages }, { signal: abort.signal });
      await openai().next();
      abort.abort();
      await expect(answer).rejects.toThrow();
      const [line] = (await gateway.logged(before, 1)) as [LogLine];
      expect(line.audit).toMatchObject({ error: "client_closed", consumer: "team-a" });
    });

    test("one whose client resets its HTTP/2 stream in the answer", async () => {
      const before = gateway.lines.length;
      openai().behave({ beforePiece: (index) => (index === 0 ? undefined : new Promise(() => undefined)) });
      const session = connect(gateway.envoy.url(""));
      const stream = session.request({
        ":method": "POST",
        ":path": CHAT,
        "content-type": "application/json",
        ...TEAM_A,
      });
      stream.end(JSON.stringify({ model: "gpt-4o", messages, stream: true }));
      await once(stream, "data");
      stream.close(constants.NGHTTP2_CANCEL);
      const [line] = (await gateway.logged(before, 1)) as [LogLine];
      session.destroy();
      expect(line.audit).toMatchObject({ status: 200, error: "client_closed" });
    });

    test("one whose provider breaks off", async () => {
      const before = gateway.lines.length;
      openai().behave({ resetAfterPieces: 2 });
      const answer = await gateway.send({ model: "gpt-4o", messages, stream: true });
      await expect(answer.text()).rejects.toThrow();
      const [line] = (await gateway.logged(before, 1)) as [LogLine];
      expect(line.audit).toMatchObject({ status: 200, error: "upstream_reset", usage_source: "estimated" });
    });

    test("and a page that is no call of a model has no record", async () => {
      const before = gateway.lines.length;
      await fetch(gateway.envoy.url("/v1/models"), { headers: TEAM_A });
      await fetch(gateway.envoy.url("/healthz"), { headers: TEAM_A });
      const found = await gateway.logged(before, 2);
      expect(Object.fromEntries(found.map(({ path, audit }) => [path, audit?.["operation"]]))).toEqual({
        "/v1/models": "models",
        "/healthz": undefined,
      });
    });
  });
});

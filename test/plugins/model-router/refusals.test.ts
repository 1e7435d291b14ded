import { describe, expect, test } from "vitest";
import { type RequestSpec } from "../../host/exchange.ts";
import { chat, post, route, type Config } from "./support/router.ts";

const CONFIG: Config = { models: [{ name: "closed", provider: "p", allowConsumers: ["x"] }] };

const openAi = (type: string, param: string | null, code: string, message: string) => ({
  error: { message, type, param, code },
});

describe("a refusal speaks the request's dialect", () => {
  const unknown = "The model 'nobody' does not exist.";
  const body = { model: "nobody", messages: [] };
  const asOpenAi = openAi("invalid_request_error", "model", "model_not_found", unknown);

  test.each([
    ["OpenAI chat", post("/v1/chat/completions", body), asOpenAi],
    ["OpenAI responses", post("/v1/responses", body), asOpenAi],
    ["Azure", post("/openai/deployments/nobody/chat/completions", "{}"), asOpenAi],
    ["Anthropic", post("/v1/messages", body), { type: "error", error: { type: "not_found_error", message: unknown } }],
    [
      "Gemini",
      post("/v1beta/models/nobody:generateContent", "{}"),
      { error: { code: 404, message: unknown, status: "NOT_FOUND" } },
    ],
    ["Bedrock", post("/model/nobody/converse", "{}"), { message: unknown }],
    ["Cohere", post("/v2/chat", body), { message: unknown }],
    ["Ollama", post("/api/chat", body), { error: unknown }],
    ["a shape on an unknown path", post("/llm", body), asOpenAi],
    [
      "Gemini's shape on an unknown path",
      post("/llm", { model: "nobody", contents: [] }),
      { error: { code: 404, message: unknown, status: "NOT_FOUND" } },
    ],
  ] as [string, RequestSpec, unknown][])("%s", async (_name, request, expected) => {
    const { localReply } = await route(CONFIG, request);
    expect(localReply!.status).toBe(404);
    expect(JSON.parse(localReply!.body)).toEqual(expected);
    expect(localReply!.headers.get("content-type")).toBe("application/json");
  });

  test("Bedrock's clients find the type of the error in its header, no others do", async () => {
    const refused = await route(CONFIG, post("/model/nobody/converse", "{}"));
    expect(refused.localReply!.headers.get("x-amzn-errortype")).toBe("ResourceNotFoundException");
    expect((await route(CONFIG, chat("nobody"))).localReply!.headers.has("x-amzn-errortype")).toBe(false);
  });

  test("a name that needs quoting is quoted", async () => {
    const { localReply } = await route(CONFIG, chat('a"\\\u2028é😀'));
    expect(JSON.parse(localReply!.body)).toMatchObject({
      error: { message: `The model 'a"\\\u2028é😀' does not exist.` },
    });
  });

  test.each(['{"model":"a","model":"b"}', '{"Model":"a"}'])(
    "%s is told to be a key twice or in capitals",
    async (body) => {
      const { localReply } = await route(CONFIG, { ...chat("a"), body });
      expect(JSON.parse(localReply!.body)).toEqual(
        openAi(
          "invalid_request_error",
          null,
          "duplicate_key",
          "The request body has a key twice or in capitals that may be there only once.",
        ),
      );
    },
  );

  test("a name without end is cut", async () => {
    const { localReply } = await route(CONFIG, chat("é".repeat(100_000)));
    expect(localReply!.status).toBe(404);
    expect(localReply!.body.length).toBeLessThan(1000);
  });
});

test.each([
  ["an unknown model", chat("nobody"), 404, "model_not_found", "model"],
  ["a closed model", chat("closed"), 403, "model_not_allowed", "model"],
  ["no model", chat(undefined), 400, "missing_required_parameter", "model"],
  ["a model that is no text", chat(5), 400, "invalid_type", "model"],
  ["no JSON", post("/v1/chat/completions", "{"), 400, "invalid_json", null],
  ["two models", post("/v1/chat/completions", '{"model":"a","model":"a"}'), 400, "duplicate_key", null],
  ["compressed", chat("closed", { "content-encoding": "gzip" }), 415, "unsupported_content_encoding", null],
] as [string, RequestSpec, number, string, string | null][])(
  "%s has a code of its own",
  async (_name, request, status, code, param) => {
    const { localReply, upstream } = await route(CONFIG, request);
    expect(localReply!.status).toBe(status);
    expect(JSON.parse(localReply!.body)).toMatchObject({ error: { code, param } });
    expect(upstream.headers).toBeUndefined();
  },
);

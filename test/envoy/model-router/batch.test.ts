import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { type Answer, OpenRequest, send } from "../support/client.ts";
import { useRouter } from "./router-gateway.ts";

const MODELS = [
  { name: "gpt-4o*", provider: "openai" },
  { name: "fast", targets: [{ model: "gpt-4o-mini", provider: "openai" }] },
  { name: "claude-*", provider: "anthropic" },
  { name: "internal-*", provider: "vllm", allowConsumers: ["team-a"] },
];
const CONSUMER = [{ header: "x-consumer" }];

const CONFIGURATIONS = {
  Check: { models: MODELS, consumer: CONSUMER },
  "Check, unknown models pass": { models: MODELS, consumer: CONSUMER, unknownModels: "Pass" },
  "Check, FailOpen": { models: [{ name: "*", provider: "openai" }], failureMode: "FailOpen", unknownModels: "Pass" },
  Pass: { models: MODELS, batch: "Pass" },
  Reject: { models: MODELS, batch: "Reject" },
};

type Name = keyof typeof CONFIGURATIONS;

const router = useRouter(
  Object.fromEntries(Object.entries(CONFIGURATIONS).map(([name, configuration]) => [name, { configuration }])),
);

const line = (model: string, id = 0): string =>
  JSON.stringify({
    custom_id: `${id}`,
    method: "POST",
    url: "/v1/chat/completions",
    body: { model, messages: [{ role: "user", content: "hi" }] },
  });

const PURPOSE = { field: "purpose", value: "batch" };
const file = (value: string): Part => ({ field: "file", value, filename: "batch.jsonl" });

interface Part {
  field: string;
  value: string;
  filename?: string;
}

const FORM = "multipart/form-data; boundary=B";
function form(...parts: Part[]): string {
  const written = parts.map(({ field, value, filename }) => {
    const named = filename === undefined ? "" : `; filename="${filename}"`;
    return `--B\r\nContent-Disposition: form-data; name="${field}"${named}\r\n\r\n${value}\r\n`;
  });
  return `${written.join("")}--B--\r\n`;
}

const upload = (to: Name, body: string, headers: Record<string, string> = {}): Promise<Answer> =>
  send(router.envoy.address(to), { path: "/v1/files", body, headers: { "content-type": FORM, ...headers } });

/** The upload reached the provider as it was sent. */
function expectPassed(answer: Answer, body: string): void {
  expect(answer.status).toBe(200);
  const { provider, request } = router.providers.only();
  expect([provider, request.body.toString() === body, request.headers["x-gateway-model-name"]]).toEqual([
    "fallback",
    true,
    undefined,
  ]);
}

/** The upload was refused, and no provider has all of it. */
function expectRefused(answer: Answer, status: number, error: object): void {
  expect([answer.status, answer.json]).toMatchObject([status, { error }]);
  expect(router.providers.seen.every(({ request }) => request.state !== "Complete")).toBe(true);
}

describe("a batch file is checked line by line", () => {
  const allowed = `${line("gpt-4o")}\n${line("fast")}\n`;

  test.each([
    ["of allowed models", form(PURPOSE, file(allowed))],
    ["whose purpose comes after it", form(file(allowed), PURPOSE)],
    ["without a purpose", form(file(allowed))],
    ["with blank lines, CRLF, and no line end", form(PURPOSE, file(`\r\n${line("gpt-4o")}\r\n\n \n${line("gpt-4o")}`))],
    ["with a line that names no model", form(PURPOSE, file(`${line("gpt-4o")}\n{"custom_id":"1"}\n`))],
    ["without a line", form(PURPOSE, file(""))],
  ])("%s: passes as it is", async (_, body) => expectPassed(await upload("Check", body), body));

  const NOT_ALLOWED = {
    code: "model_not_allowed",
    message: "You are not allowed to use the model 'internal-x' in line 3 of the batch.",
  };
  const UNKNOWN = { code: "model_not_found", message: "The model 'gpt-9' in line 2 of the batch does not exist." };
  const REFUSED: [what: string, body: string, status: number, error: object][] = [
    ["a model not allowed", form(PURPOSE, file(`${allowed}${line("internal-x")}\n${line("gpt-9")}`)), 403, NOT_ALLOWED],
    ["an unknown model", form(PURPOSE, file(`${line("gpt-4o")}\n${line("gpt-9")}\n`)), 404, UNKNOWN],
    ["a purpose after it", form(file(`${allowed}${line("internal-x")}\n`), PURPOSE), 403, NOT_ALLOWED],
    ["no purpose", form(file(`${allowed}${line("internal-x")}\n`)), 403, NOT_ALLOWED],
    [
      "its purpose in capitals",
      form({ ...PURPOSE, value: "Batch" }, file(`${allowed}${line("internal-x")}\n`)),
      403,
      NOT_ALLOWED,
    ],
    [
      "its model's key escaped",
      form(PURPOSE, file(`${allowed}${line("internal-x").replace('"model"', '"mod\\u0065l"')}`)),
      403,
      NOT_ALLOWED,
    ],
    [
      "a purpose twice",
      form(PURPOSE, { ...PURPOSE, value: "fine-tune" }, file(line("internal-x"))),
      400,
      { code: "duplicate_part" },
    ],
    [
      "a purpose twice, around the file",
      form({ ...PURPOSE, value: "fine-tune" }, file(line("internal-x")), PURPOSE),
      400,
      { code: "duplicate_part" },
    ],
    ["a second file", form(PURPOSE, file(line("gpt-4o")), file(`\n\n${line("internal-x")}`)), 403, NOT_ALLOWED],
    [
      "a line that is no JSON",
      form(PURPOSE, file(`${line("gpt-4o")}\n{"body":{"model":"internal-x"},}\n`)),
      400,
      { code: "invalid_json" },
    ],
    [
      "two JSON values in a line",
      form(PURPOSE, file(`${line("gpt-4o")}\r${line("internal-x")}\n`)),
      400,
      { code: "invalid_json" },
    ],
    [
      "two models in a line",
      form(PURPOSE, file(line("gpt-4o").replace('"model":', '"model":"gpt-4o","model":'))),
      400,
      { code: "duplicate_key" },
    ],
    ["a model that is no string", form(PURPOSE, file('{"body":{"model":["internal-x"]}}')), 400, {}],
    ["no end", form(PURPOSE, file(line("gpt-4o"))).slice(0, -6), 400, { code: "invalid_multipart" }],
  ];
  test.each(REFUSED)("one with %s is refused", async (_, body, status, error) =>
    expectRefused(await upload("Check", body), status, error),
  );

  test("one of team A's with team A's model passes", async () => {
    const body = form(PURPOSE, file(line("internal-x")));
    expectPassed(await upload("Check", body, { "x-consumer": "team-a" }), body);
  });

  test("one with an unknown model passes where those pass", async () => {
    const body = form(PURPOSE, file(line("gpt-9")));
    expectPassed(await upload("Check, unknown models pass", body), body);
  });

  test("one that can't be read passes under FailOpen without lists", async () => {
    const body = form(PURPOSE, file("no JSON"));
    expectPassed(await upload("Check, FailOpen", body), body);
  });

  test("one that is compressed is refused", async () => {
    expectRefused(await upload("Check", "x", { "content-encoding": "gzip" }), 415, {});
  });

  test("one of 5 MB streams through, and its last line counts", async () => {
    const lines = Array.from({ length: 40_000 }, (_, id) => line("gpt-4o", id)).join("\n");
    expect(lines.length).toBeGreaterThan(5_000_000);
    const body = form(PURPOSE, file(lines));
    expectPassed(await upload("Check", body), body);
    router.providers.reset();
    const arrival = router.providers.mock("fallback").next();
    const open = new OpenRequest(router.envoy.address("Check"), {
      path: "/v1/files",
      headers: { "content-type": FORM },
    });
    open.write(body.slice(0, -9)).catch(() => undefined);
    await (await arrival).firstByte();
    expectRefused(await open.end(`\n${line("internal-x")}\r\n--B--\r\n`), 403, {
      message: "You are not allowed to use the model 'internal-x' in line 40001 of the batch.",
    });
  });

  test("a file for something else passes untouched", async () => {
    const body = form({ ...PURPOSE, value: "fine-tune" }, file("no JSON\0\xff"));
    expectPassed(await upload("Check", body), body);
    router.providers.reset();
    const late = form(file(line("internal-x")), { ...PURPOSE, value: "assistants" });
    expectPassed(await upload("Check", late), late);
  });

  test("the openai package uploads one, and is told what is wrong with another", async () => {
    const client = new OpenAI({ apiKey: "sk-test", maxRetries: 0, baseURL: router.envoy.url("/v1", "Check") });
    const batch = (text: string): Promise<OpenAI.FileObject> =>
      client.files.create({ purpose: "batch", file: new File([text], "b.jsonl") });
    expect((await batch(allowed)).purpose).toBe("batch");
    await expect(batch(`${allowed}${line("internal-x")}`)).rejects.toMatchObject({
      status: 403,
      ...NOT_ALLOWED,
      message: `403 ${NOT_ALLOWED.message}`,
    });
  });
});

describe("a batch of messages", () => {
  const requests = (
    ...models: string[]
  ): {
    custom_id: string;
    params: { model: string; max_tokens: number; messages: { role: "user"; content: string }[] };
  }[] =>
    models.map((model, id) => ({
      custom_id: `${id}`,
      params: { model, max_tokens: 9, messages: [{ role: "user", content: "hi" }] },
    }));
  const post = (to: Name, body: string): Promise<Answer> =>
    send(router.envoy.address(to), { path: "/v1/messages/batches", body });

  test("of allowed models passes", async () => {
    const client = new Anthropic({ apiKey: "sk-test", maxRetries: 0, baseURL: router.envoy.url("", "Check") });
    expect((await client.messages.batches.create({ requests: requests("claude-a", "claude-b") })).type).toBe(
      "message_batch",
    );
  });

  const twice = (key: string, text: string): string => text.replace(`"${key}":`, `"${key}":"claude-a","${key}":`);
  const REFUSED: [what: string, body: string, status: number, message: string][] = [
    [
      "a model not allowed",
      JSON.stringify({ requests: requests("claude-a", "internal-x") }),
      403,
      "You are not allowed to use the model 'internal-x' in request 2 of the batch.",
    ],
    [
      "an unknown model",
      JSON.stringify({ requests: requests("nope") }),
      404,
      "The model 'nope' in request 1 of the batch does not exist.",
    ],
    [
      "two models in a request",
      twice("model", JSON.stringify({ requests: requests("claude-a") })),
      400,
      "The request body has a key twice or in capitals that may be there only once.",
    ],
    [
      "a second list",
      `{"requests":[],"requests":${JSON.stringify(requests("internal-x"))}}`,
      400,
      "The request body has a key twice or in capitals that may be there only once.",
    ],
    [
      "a model that is no string",
      '{"requests":[{"params":{"model":null}}]}',
      400,
      "The request body is not valid JSON in UTF-8 without a byte order mark.",
    ],
    ["no JSON", '{"requests":[', 400, "The request body is not valid JSON in UTF-8 without a byte order mark."],
  ];
  test.each(REFUSED)("with %s is refused in Anthropic's words", async (_, body, status, message) => {
    const answer = await post("Check", body);
    expect([answer.status, answer.json]).toMatchObject([status, { type: "error", error: { message } }]);
    expect(router.providers.seen.every(({ request }) => request.state !== "Complete")).toBe(true);
  });
});

describe("batch: Pass and Reject", () => {
  const forbidden = form(PURPOSE, file(`${line("internal-x")}\nno JSON`));
  const messages = '{"requests":[{"custom_id":"1","params":{"model":"internal-x"}}]}';

  test("Pass lets any batch by", async () => {
    expectPassed(await upload("Pass", forbidden), forbidden);
    router.providers.reset();
    expect((await send(router.envoy.address("Pass"), { path: "/v1/messages/batches", body: messages })).status).toBe(
      200,
    );
  });

  test.each([
    ["a batch file", form(PURPOSE, file(line("gpt-4o")))],
    ["a batch file whose purpose comes last", form(file(line("gpt-4o")), PURPOSE)],
    ["a batch file with two purposes", form(PURPOSE, { ...PURPOSE, value: "vision" }, file(line("gpt-4o")))],
    ["a file without a purpose", form(file(line("gpt-4o")))],
  ])("Reject refuses %s", async (_, body) => {
    const answer = await upload("Reject", body);
    expect([400, 403]).toContain(answer.status);
    expect(router.providers.seen.every(({ request }) => request.state !== "Complete")).toBe(true);
  });

  test("Reject refuses a batch of messages", async () => {
    const answer = await send(router.envoy.address("Reject"), { path: "/v1/messages/batches", body: messages });
    expect([answer.status, answer.json, router.providers.seen]).toMatchObject([
      403,
      { error: { type: "permission_error" } },
      [],
    ]);
  });

  test("Reject lets other files and other requests by", async () => {
    const body = form({ ...PURPOSE, value: "fine-tune" }, file("data"));
    expectPassed(await upload("Reject", body), body);
    router.providers.reset();
    expect((await send(router.envoy.address("Reject"), { method: "GET", path: "/v1/messages/batches" })).status).toBe(
      200,
    );
  });
});

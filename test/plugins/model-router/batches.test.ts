import { describe, expect, test } from "vitest";
import { form, post, route, verdict, type Config, type Part } from "./support/router.ts";

const CONFIG: Config = {
  models: [
    { name: "open", targets: [{ model: "renamed", provider: "p" }] },
    { name: "closed", provider: "p", allowConsumers: ["team-a"] },
  ],
  consumer: [{ header: "x-consumer" }],
};

const PURPOSE: Part = { name: "purpose", content: "batch" };

function lines(...bodies: (string | object)[]): Part {
  const content = bodies.map((body) => (typeof body === "string" ? body : JSON.stringify({ custom_id: "1", body })));
  return { name: "file", content: content.join("\n"), filename: "batch.jsonl" };
}

const OPEN = lines({ model: "open" }, { model: "open", messages: [] });
const CLOSED = lines({ model: "open" }, { messages: [], model: "closed" });

describe("an upload of a batch", () => {
  test.each([
    ["of models that its uploader may use passes", [PURPOSE, OPEN], "- -"],
    ["with a closed model is refused", [PURPOSE, CLOSED], "403 forbidden_model"],
    ["is one wherever it says so", [CLOSED, PURPOSE], "403 forbidden_model"],
    ["is one when it doesn't say what it is", [CLOSED], "403 forbidden_model"],
    ["is one whose file has no name", [PURPOSE, { name: "file", content: CLOSED.content }], "403 forbidden_model"],
    ["with an unknown model is refused", [PURPOSE, lines({ model: "nobody" })], "404 unknown_model"],
    ["with an escaped key is read too", [PURPOSE, lines('{"body":{"mod\\u0065l":"closed"}}')], "403 forbidden_model"],
    [
      "with two models in a line is refused",
      [PURPOSE, lines('{"body":{"model":"open","model":"open"}}')],
      "400 duplicate_key",
    ],
    ["with a line that is no JSON is refused", [PURPOSE, lines({ model: "open" }, "{")], "400 not_json"],
    ["that says twice what it is is refused", [PURPOSE, OPEN, PURPOSE], "400 duplicate_part"],
    [
      "that says two things is refused",
      [{ name: "purpose", content: "vision" }, CLOSED, PURPOSE],
      "400 duplicate_part",
    ],
    [
      "that says two things before its lines is refused for that",
      [PURPOSE, { name: "purpose", content: "fine-tune" }, CLOSED],
      "400 duplicate_part",
    ],
    ["with a second file is read whole", [PURPOSE, OPEN, CLOSED], "403 forbidden_model"],
    ["in other letters is one", [{ ...PURPOSE, content: "BATCH" }, CLOSED], "403 forbidden_model"],
    ["with blanks around its purpose is one", [{ ...PURPOSE, content: " batch " }, CLOSED], "403 forbidden_model"],
    ["with an empty purpose is one", [{ ...PURPOSE, content: "" }, CLOSED], "403 forbidden_model"],
    ["with blank lines passes", [PURPOSE, lines({ model: "open" }, "", { model: "open" }, "")], "- -"],
  ] as [string, Part[], string][])("%s", async (_name, parts, expected) => {
    const request = form("/v1/files", parts);
    const outcome = await route(CONFIG, request);
    expect(verdict(outcome)).toBe(expected);
    if (expected === "- -") expect(outcome.upstream.body).toBe(request.body);
    else expect(outcome.upstream.complete).toBe(false);
  });

  test("is one where Together takes it, for its own purpose", async () => {
    const request = form("/v1/files/upload", [{ ...PURPOSE, content: "batch-api" }, CLOSED]);
    expect(verdict(await route(CONFIG, request))).toBe("403 forbidden_model");
  });

  test("is refused with the line", async () => {
    const { localReply } = await route(CONFIG, form("/v1/files", [PURPOSE, CLOSED]));
    expect(JSON.parse(localReply!.body)).toMatchObject({
      error: {
        message: "You are not allowed to use the model 'closed' in line 2 of the batch.",
        code: "model_not_allowed",
      },
    });
  });

  test("passes for who may use its models", async () => {
    expect(verdict(await route(CONFIG, form("/v1/files", [PURPOSE, CLOSED], { "x-consumer": "team-a" })))).toBe("- -");
  });

  test("that isn't one is not read", async () => {
    expect(verdict(await route(CONFIG, form("/v1/files", [{ name: "purpose", content: "assistants" }, CLOSED])))).toBe(
      "- -",
    );
    expect(verdict(await route(CONFIG, form("/v1/files", [{ name: "purpose", content: "vision" }, lines("{")])))).toBe(
      "- -",
    );
  });

  test.each([
    ["is refused when it begins", '{"purpose":"batch","bytes":9}', "403 batch_in_parts"],
    ["whatever case its purpose is in", '{"purpose":"Batch"}', "403 batch_in_parts"],
    ["whatever blanks its purpose has", '{"purpose":"\\tbatch "}', "403 batch_in_parts"],
    ["where its purpose is no text", '{"purpose":["batch"]}', "403 batch_in_parts"],
    ["whatever escapes its purpose has", '{"p\\u0075rpose":"b\\u0061tch"}', "403 batch_in_parts"],
    ["may not say its purpose twice", '{"purpose":"vision","purpose":"batch"}', "400 duplicate_key"],
    ["passes where it is none", '{"purpose":"assistants"}', "- -"],
  ])("in parts %s", async (_name, body, expected) => {
    const request = { method: "POST", path: "/v1/uploads", headers: { "content-type": "application/json" }, body };
    expect(verdict(await route(CONFIG, request))).toBe(expected);
  });

  test("in parts may pass where every model may", async () => {
    const request = { method: "POST", path: "/v1/uploads", headers: {}, body: '{"purpose":"batch"}' };
    expect(verdict(await route({ unknownModels: "Pass" }, request))).toBe("- -");
  });

  test("has parts that are not read", async () => {
    const part = { ...CLOSED, name: "data" };
    expect(verdict(await route(CONFIG, form("/v1/uploads/u-1/parts", [part])))).toBe("- -");
  });

  test("that is compressed is refused", async () => {
    const request = form("/v1/files", [PURPOSE, OPEN], { "content-encoding": "gzip" });
    expect(verdict(await route(CONFIG, request))).toBe("415 unsupported_encoding");
  });

  test("that is no form is refused", async () => {
    const request = { ...form("/v1/files", [PURPOSE]), headers: { "content-type": "multipart/form-data" } };
    expect(verdict(await route(CONFIG, request))).toBe("400 bad_multipart");
    expect(verdict(await route(CONFIG, { ...form("/v1/files", []), body: "------cut\r\n" }))).toBe("400 bad_multipart");
  });
});

describe("Anthropic's message batches", () => {
  const batch = (...models: unknown[]) => ({
    requests: models.map((model) => ({ custom_id: "1", params: { model } })),
  });

  test.each([
    ["of models that their uploader may use pass as they are", batch("open", "open"), "- -"],
    ["with a closed model are refused", batch("open", "closed"), "403 forbidden_model"],
    ["with an unknown model are refused", batch("nobody"), "404 unknown_model"],
    ["with a model that is no text are refused", batch(5), "400 not_json"],
    [
      "with two models in a request are refused",
      '{"requests":[{"params":{"model":"open","model":"open"}}]}',
      "400 duplicate_key",
    ],
    [
      "with two lists of requests are refused",
      '{"requests":[],"requests":[{"params":{"model":"closed"}}]}',
      "400 duplicate_key",
    ],
    ["that are no JSON are refused", "{", "400 not_json"],
  ] as [string, unknown, string][])("%s", async (_name, body, expected) => {
    const request = post("/v1/messages/batches", body);
    const outcome = await route(CONFIG, request);
    expect(verdict(outcome)).toBe(expected);
    if (expected === "- -") expect(outcome.upstream.body).toBe(request.body);
  });

  test("are refused with the request, in Anthropic's words", async () => {
    const { localReply } = await route(CONFIG, post("/v1/messages/batches", batch("open", "closed")));
    expect(JSON.parse(localReply!.body)).toEqual({
      type: "error",
      error: {
        type: "permission_error",
        message: "You are not allowed to use the model 'closed' in request 2 of the batch.",
      },
    });
  });
});

describe("the operator may", () => {
  const file = form("/v1/files", [PURPOSE, CLOSED]);
  const late = form("/v1/files", [CLOSED, PURPOSE]);
  const other = form("/v1/files", [{ name: "purpose", content: "vision" }, CLOSED]);
  const messages = post("/v1/messages/batches", { requests: [] });

  test("let batches pass unread", async () => {
    const config = { ...CONFIG, batch: "Pass" };
    for (const request of [file, late, other, messages]) expect(verdict(await route(config, request))).toBe("- -");
  });

  test("refuse batches, and batches only", async () => {
    const config = { ...CONFIG, batch: "Reject" };
    for (const request of [file, late, messages]) expect(verdict(await route(config, request))).toBe("403 batch");
    expect(verdict(await route(config, other))).toBe("- -");
    expect(verdict(await route(config, { path: "/v1/files" }))).toBe("- -");
    expect(verdict(await route(config, { path: "/v1/messages/batches/b-1" }))).toBe("- -");
  });
});

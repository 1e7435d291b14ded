import { describe, expect, test } from "vitest";
import { type RequestSpec } from "../../host/exchange.ts";
import { masked, post, startGuard, words } from "./support/guard.ts";

const EMAIL = "jane.doe@example.com";

/** A form with these fields; a file where the value says so. */
function form(path: string, fields: [name: string, value: string, file?: string][]): RequestSpec {
  const parts = fields.map(([name, value, file]) => {
    const named = file === undefined ? "" : `; filename="${file}"\r\ncontent-type: application/octet-stream`;
    return `--b\r\ncontent-disposition: form-data; name="${name}"${named}\r\n\r\n${value}\r\n`;
  });
  const headers = { "content-type": "multipart/form-data; boundary=b" };
  return { method: "POST", path, headers, body: `${parts.join("")}--b--\r\n` };
}

const line = (content: string): string =>
  JSON.stringify({
    custom_id: "1",
    method: "POST",
    url: "/v1/chat/completions",
    body: { model: "m", messages: [{ role: "user", content }] },
  });

const BATCH = `${line("fine")}\n${line("about project-x")}\n`;

describe("a batch", () => {
  const CASES: [name: string, request: RequestSpec, status: number | undefined][] = [
    [
      "whose second line has the word",
      form("/v1/files", [
        ["purpose", "batch"],
        ["file", BATCH, "b.jsonl"],
      ]),
      403,
    ],
    [
      "that says last what it is",
      form("/v1/files", [
        ["file", BATCH, "b.jsonl"],
        ["purpose", "batch"],
      ]),
      403,
    ],
    [
      "whose file has no name",
      form("/v1/files", [
        ["purpose", "batch"],
        ["file", BATCH],
      ]),
      403,
    ],
    [
      "that says what it is with blanks around",
      form("/v1/files", [
        ["purpose", " Batch\t"],
        ["file", BATCH, "b.jsonl"],
      ]),
      403,
    ],
    ["in parts, with blanks around", post("/v1/uploads", { purpose: " batch ", bytes: 9 }), 403],
    ["that says nothing of its purpose", form("/v1/files", [["file", BATCH, "b.jsonl"]]), 403],
    [
      "with nothing in it",
      form("/v1/files", [
        ["purpose", "batch"],
        ["file", line("fine"), "b.jsonl"],
      ]),
      undefined,
    ],
    [
      "that is a file for something else",
      form("/v1/files", [
        ["purpose", "assistants"],
        ["file", BATCH, "b.jsonl"],
      ]),
      undefined,
    ],
    [
      "of Anthropic's messages",
      post("/v1/messages/batches", {
        requests: [{ custom_id: "1", params: { model: "m", messages: [{ role: "user", content: "project-x" }] } }],
      }),
      403,
    ],
    ["in parts", post("/v1/uploads", { purpose: "batch", bytes: 9 }), 403],
  ];

  test.each(CASES)("%s", async (_name, request, status) => {
    const { guard } = await startGuard({ rules: [words("project-x")] });
    expect(guard.send(request).localReply?.status).toBe(status);
  });

  test("has its lines masked, every other byte as it was", async () => {
    const { guard } = await startGuard({ rules: [masked("Email")] });
    const request = form("/v1/files", [
      ["purpose", "batch"],
      ["file", `${line("fine")}\n${line(`to ${EMAIL}`)}\n`, "b.jsonl"],
    ]);
    expect(guard.send(request).upstream.body).toBe((request.body as string).replace(EMAIL, "[pii]"));
  });
});

describe("a form", () => {
  const edit = (prompt: string): RequestSpec =>
    form("/v1/images/edits", [
      ["model", "m"],
      ["prompt", prompt],
      ["image", "\x89PNG", "a.png"],
    ]);

  test("is refused by its prompt", async () => {
    const { guard } = await startGuard({ rules: [words("project-x")] });
    expect(guard.send(edit("a picture of project-x")).localReply?.status).toBe(403);
    expect(guard.send(edit("a picture of a weir")).status).toBe("forwarded");
  });

  test("has its prompt masked as it is, without escapes", async () => {
    const { guard } = await startGuard({ rules: [masked("Email")], mask: '"{rule}"' });
    expect(guard.send(edit(`mail "${EMAIL}"`)).upstream.body).toContain('mail ""pii""\r\n');
  });
});

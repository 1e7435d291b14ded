import { describe, expect, test } from "vitest";
import { type RequestSpec, type ResponseSpec } from "../../host/exchange.ts";
import { FilterState } from "../../host/filter-state.ts";
import { chat, left, outputLimit, post, startLimiter, textOf, verdict, type Config } from "./support/limiter.ts";

const CUT = "----cut";
const messages = [{ role: "user", content: "hi" }];

/** An upload of a form with these fields; a field that has a file's name is a file. */
function form(fields: [name: string, content: string, filename?: string][]): RequestSpec {
  const parts = fields.map(([name, content, filename]) => {
    const file = filename === undefined ? "" : `; filename="${filename}"`;
    return `--${CUT}\r\ncontent-disposition: form-data; name="${name}"${file}\r\n\r\n${content}\r\n`;
  });
  const request = post("/v1/files", `${parts.join("")}--${CUT}--\r\n`);
  const headers = { ...(request.headers as object), "content-type": `multipart/form-data; boundary=${CUT}` };
  return { ...request, headers };
}

/** Lines of a batch file, one a cap; without a cap the request sets none. */
function lines(...caps: (number | undefined)[]): string {
  const bodies = caps.map((max_tokens) => ({ model: "gpt-4o", messages, max_tokens }));
  return bodies.map((body, index) => JSON.stringify({ custom_id: String(index), method: "POST", body })).join("\n");
}

const purpose = ["purpose", "batch"] as [string, string];
const file = (content: string) => ["file", content, "batch.jsonl"] as [string, string, string];
const params = (...caps: number[]) => ({
  requests: caps.map((max_tokens) => ({ custom_id: "1", params: { model: "m", messages, max_tokens } })),
});
const uploaded: ResponseSpec = { headers: { "content-type": "application/json" }, body: '{"id":"file-1"}' };
const config: Config = { limits: [outputLimit({ amount: 1000, per: "1h" })], reserve: { outputDefault: 30 } };

describe("a batch is charged at its upload by what it may use", () => {
  test.each([
    ["a file: the caps of its lines", form([purpose, file(lines(10, 20))]), 30],
    ["a file whose purpose comes last", form([file(lines(10, 20)), purpose]), 30],
    ["a file without a purpose", form([file(lines(10, 20))]), 30],
    ["a file with lines that set no cap", form([purpose, file(lines(10, undefined, undefined))]), 70],
    ["a file with blank lines and CRLF", form([purpose, file(`${lines(10, 20).replace("\n", "\r\n\r\n")}\r\n`)]), 30],
    ["a file with blanks around its purpose", form([["purpose", " batch "], file(lines(10, 20))]), 30],
    ["an empty file", form([purpose, file("")]), 0],
    ["a file for something else", form([["purpose", "vision"], file(lines(10, 20))]), 0],
    ["a batch of messages", post("/v1/messages/batches", params(10, 20)), 30],
    ["an empty batch of messages", post("/v1/messages/batches", params()), 0],
  ] as [string, RequestSpec, number][])("%s", async (_name, request, charged) => {
    const { length } = new TextEncoder().encode(textOf(request));
    for (const split of [[], [10], [200, 201, 202], Array.from({ length }, (_, index) => index)]) {
      const { limiter } = await startLimiter(config);
      const outcome = limiter.send({ ...request, split }, uploaded);
      expect({ split, verdict: verdict(outcome), left: left(limiter) }).toEqual({
        split,
        verdict: "passed",
        left: 1000 - charged,
      });
      expect(outcome.upstream.body).toBe(textOf(request));
      expect(outcome.filterState["weir.usage_source"]).toBe("estimated");
    }
  });

  test("with its input, where a limit counts that", async () => {
    const { limiter } = await startLimiter({ limits: [outputLimit({ count: "Input", amount: 100_000 })] });
    const long = JSON.stringify({ body: { model: "m", messages: [{ role: "user", content: "weir ".repeat(500) }] } });
    const { filterState } = limiter.send(form([purpose, file(`${long}\n${long}`)]), uploaded);
    expect(Number(filterState["weir.limit.tokens"])).toBeGreaterThan(1000);
    expect(Number(filterState["weir.limit.tokens"])).toBeLessThan(2500);
  });

  test("but not when the provider doesn't take it", async () => {
    const { limiter } = await startLimiter(config);
    limiter.send(form([purpose, file(lines(10, 20))]), { ...uploaded, status: 400 });
    expect(left(limiter)).toBe(1000);
  });

  test("nor when it is refused before its end, but when that was there, for a host may have sent it", async () => {
    const one = { name: "one", count: "Output", amount: 100, per: "request" };
    const { limiter } = await startLimiter({ limits: [one, outputLimit({ amount: 1000 })] });
    limiter.send(form([purpose, file(`${lines(170)}\n${lines(1)}`)]), uploaded);
    expect(left(limiter)).toBe(1000);
    limiter.send(form([file(`${lines(170)}\n${lines(1)}`)]), uploaded);
    expect(left(limiter)).toBe(829);
  });

  test("even beyond the limit, which then has to recover", async () => {
    const { limiter } = await startLimiter(config);
    expect(verdict(limiter.send(form([purpose, file(lines(700, 800))]), uploaded))).toBe("passed");
    expect(verdict(limiter.send(form([purpose, file(lines(1))]), uploaded))).toBe("429 limited");
    expect(verdict(limiter.send(chat(1)))).toBe("429 limited");
  });

  test("when it is larger than may be held, without holding it", async () => {
    const { limiter } = await startLimiter({
      ...config,
      maxHeldBytes: "1KiB",
      limits: [outputLimit({ amount: 100_000 })],
    });
    const many = form([purpose, file(lines(...Array<number>(5000).fill(10)))]);
    const size = textOf(many).length;
    const outcome = limiter.send({ ...many, split: [size / 4, size / 2] }, uploaded);
    expect(verdict(outcome)).toBe("passed");
    expect(outcome.upstream.headersAfterBytes).toBe(0);
    expect(left(limiter)).toBe(50_000);
  });
});

describe("a limit of single requests", () => {
  const one = (over: object = {}): Config => ({
    limits: [{ name: "one", count: "Output", amount: 100, per: "request", ...over }],
  });
  const BATCHES: [string, RequestSpec, Config, string][] = [
    ["a file with small requests", form([purpose, file(lines(60, 70, 80))]), one(), "passed"],
    ["a file with a large one", form([purpose, file(lines(60, 170, 80))]), one(), "400 request_too_large"],
    [
      "a file with a large one behind a limit over time",
      form([purpose, file(lines(170))]),
      { limits: [outputLimit({ amount: 1000 }), ...(one()["limits"] as Config[])] },
      "400 request_too_large",
    ],
    ["a file with a large one last", form([purpose, file(lines(60, 170))]), one(), "400 request_too_large"],
    ["a file whose purpose comes last", form([file(lines(170)), purpose]), one(), "400 request_too_large"],
    ["a file without a purpose", form([file(lines(170))]), one(), "400 request_too_large"],
    ["a file for something else", form([["purpose", "vision"], file(lines(170))]), one(), "passed"],
    [
      "a file that says last that it is for something else",
      form([file(lines(170)), ["purpose", "vision"]]),
      one(),
      "passed",
    ],
    ["a file with requests without a bound", form([purpose, file(lines(undefined))]), one(), "passed"],
    [
      "a batch of messages with a large one",
      post("/v1/messages/batches", params(60, 170)),
      one(),
      "400 request_too_large",
    ],
    [
      "a large one for a model of the limit",
      form([purpose, file(lines(170))]),
      one({ models: ["gpt-*"] }),
      "400 request_too_large",
    ],
    ["a large one for another model", form([purpose, file(lines(170))]), one({ models: ["claude*"] }), "passed"],
    ["Audit, which refuses nothing", form([purpose, file(lines(170, 170))]), { ...one(), mode: "Audit" }, "passed"],
  ];

  test.each(BATCHES)("looks at each request of %s", async (_name, request, config, expected) => {
    const { length } = new TextEncoder().encode(textOf(request));
    for (const split of [[], [200, 201, 202], Array.from({ length }, (_, index) => index)]) {
      const { host, limiter } = await startLimiter(config);
      const outcome = limiter.send({ ...request, split }, uploaded);
      expect({ split, verdict: verdict(outcome) }).toEqual({ split, verdict: expected });
      const audited = host.metrics.counter("weir.token-limiter.audited.reason.=.request_too_large.=;.");
      expect(audited ?? 0).toBe(config.mode === "Audit" ? 1 : 0);
    }
  });
});

describe("a limit for some models", () => {
  const transcript = { ...form([["model", "whisper-1"]]), path: "/v1/audio/transcriptions" };
  const spoken = { headers: uploaded.headers, body: '{"text":"hi","usage":{"input_tokens":4,"output_tokens":7}}' };

  test.each([
    ["a batch, whose requests' models nobody tells", form([purpose, file(lines(60))]), uploaded, "", 40],
    ["a form, whose model nobody reads", transcript, spoken, "", 93],
    ["a form for a model that the router chose", transcript, spoken, "gpt-4o-mini", 93],
    ["but no form for another that it chose", transcript, spoken, "whisper-1", 100],
    ["but no chat for another", chat(60, { model: "whisper-1" }), spoken, "", 100],
  ] as [string, RequestSpec, ResponseSpec, string, number][])(
    "is charged for %s",
    async (_name, request, response, routed, expected) => {
      const { limiter } = await startLimiter({ limits: [outputLimit({ models: ["gpt-4o*"] })] });
      const filterState = new FilterState();
      if (routed !== "") filterState.set("weir.model", routed);
      limiter.send(request, response, { filterState });
      expect(left(limiter)).toBe(expected);
    },
  );
});

describe("a batch that can't be read", () => {
  const encoded = form([purpose, file(lines(1))]);
  const BAD: [string, RequestSpec, string][] = [
    ["with a line that is no JSON", form([purpose, file(`${lines(1)}\n{"body":`)]), "400 not_json"],
    ["with a key twice", form([purpose, file('{"body":{"max_tokens":1,"max_tokens":900}}')]), "400 duplicate_key"],
    ["with two purposes", form([purpose, ["purpose", "vision"], file(lines(1))]), "400 duplicate_part"],
    [
      "without a boundary",
      { ...encoded, headers: { ...(encoded.headers as object), "content-type": "multipart/form-data" } },
      "400 bad_multipart",
    ],
    [
      "that is compressed",
      { ...encoded, headers: { ...(encoded.headers as object), "content-encoding": "gzip" } },
      "415 unsupported_encoding",
    ],
    ["of messages that is no JSON", post("/v1/messages/batches", '{"requests":[}'), "400 not_json"],
  ];

  test.each(BAD)("%s is refused", async (_name, request, expected) => {
    const { limiter } = await startLimiter(config);
    const { status, localReply } = limiter.send(request, uploaded);
    expect([status, verdictOf(localReply)]).toEqual(["local-reply", expected]);
    expect(left(limiter)).toBe(1000);
  });

  test.each(BAD)("%s passes when FailOpen", async (_name, request) => {
    const { limiter } = await startLimiter({ ...config, failureMode: "FailOpen" });
    expect(verdict(limiter.send(request, uploaded))).toBe("passed");
  });

  test("in parts is refused, whatever is in them", async () => {
    const { limiter } = await startLimiter(config);
    expect(verdict(limiter.send(post("/v1/uploads", { purpose: "batch", bytes: 100 }), uploaded))).toBe(
      "403 batch_in_parts",
    );
    expect(verdict(limiter.send(post("/v1/uploads", { purpose: "vision", bytes: 100 }), uploaded))).toBe("passed");
  });

  function verdictOf(reply: { status: number; details: string } | undefined): string | undefined {
    return reply && `${reply.status} ${reply.details.replace("weir.token-limiter.", "")}`;
  }
});

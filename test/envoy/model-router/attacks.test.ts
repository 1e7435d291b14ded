import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
  DIALECTS,
  FORGED,
  NAMES,
  body,
  expectRefused,
  expectUnrouted,
  leniency,
  useAttacked,
} from "./attack-fixture.ts";
import { type Answer, Http2Client, OpenRequest, type Sent, send } from "../support/client.ts";

const router = useAttacked();

interface Attack {
  name: string;
  body: string | Buffer;
  headers?: Record<string, string | string[]>;
  status: number;
}

const UNREADABLE: Attack[] = [
  { name: "a second model", body: '{"model":"gpt-4o","messages":[],"model":"internal-x"}', status: 400 },
  { name: "a second model, the same", body: '{"model":"gpt-4o","model":"gpt-4o","messages":[]}', status: 400 },
  {
    name: "a second model, its key escaped",
    body: '{"model":"gpt-4o","mod\\u0065l":"internal-x","messages":[]}',
    status: 400,
  },
  { name: "a second model, no string", body: '{"model":"gpt-4o","model":{"a":1},"messages":[]}', status: 400 },
  {
    name: "a first model, no string, and a second",
    body: '{"model":null,"model":"internal-x","messages":[]}',
    status: 400,
  },
  { name: "no JSON", body: "model=gpt-4o", status: 400 },
  { name: "JSON cut short", body: '{"messages":[],"x":', status: 400 },
  { name: "two JSON values", body: '{"messages":[]}{"model":"internal-x"}', status: 400 },
  { name: "a comment", body: '{/* "model":"gpt-4o" */"model":"internal-x"}', status: 400 },
  { name: "a trailing comma", body: '{"messages":[],}', status: 400 },
  { name: "single quotes", body: "{'model':'internal-x'}", status: 400 },
  { name: "NaN", body: '{"x":NaN,"model":"internal-x"}', status: 400 },
  { name: "a byte order mark", body: `\ufeff${body("gpt-4o")}`, status: 400 },
  { name: "UTF-16, little-endian", body: Buffer.from(body("gpt-4o"), "utf16le"), status: 400 },
  { name: "UTF-16, big-endian", body: Buffer.from(body("gpt-4o"), "utf16le").swap16(), status: 400 },
  { name: "UTF-32 with its mark", body: Buffer.from([0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0]), status: 400 },
  { name: "bytes that are no UTF-8", body: Buffer.from('{"a":"\xc0\xaf","model":"gpt-4o"}', "latin1"), status: 400 },
  { name: "a NUL byte first", body: `\0${body("gpt-4o")}`, status: 400 },
  { name: "a NUL byte in a key", body: '{"mod\0el":"gpt-4o"}', status: 400 },
  { name: "a NUL byte in the model", body: '{"model":"gpt-4o\0"}', status: 400 },
  { name: "513 levels", body: `{"a":${"[".repeat(512)}${"]".repeat(512)},"model":"gpt-4o"}`, status: 400 },
  { name: "100,000 levels", body: `{"a":${"[".repeat(60_000)}`, status: 400 },
  { name: "gzip", body: gzipSync(body("gpt-4o")), headers: { "content-encoding": "gzip" }, status: 415 },
  { name: "an encoding that lies", body: body("gpt-4o"), headers: { "content-encoding": "br" }, status: 415 },
  { name: "an unknown encoding", body: body("gpt-4o"), headers: { "content-encoding": "x" }, status: 415 },
  { name: "two encodings", body: body("gpt-4o"), headers: { "content-encoding": "identity, gzip" }, status: 415 },
  {
    name: "a form's field in a text of JSON that says it is such a form",
    body: '{"model":"gpt-4o","messages":[],"user":"&model=internal-x"}',
    headers: { "content-type": "application/x-www-form-urlencoded" },
    status: 415,
  },
  {
    name: "two encoding headers",
    body: body("gpt-4o"),
    headers: { "content-encoding": ["identity", "gzip"] },
    status: 415,
  },
  { name: "a model after more than may be held", body: `{"a":"${"a".repeat(70_000)}","model":"gpt-4o"}`, status: 413 },
  { name: "white space without end", body: " ".repeat(70_000), status: 413 },
];

describe.each(NAMES)("%s", (name) => {
  const to = (sent: Sent): Promise<Answer> =>
    send(router.envoy.address(name), { ...sent, headers: { ...FORGED, ...sent.headers } });
  const { isOpen, hasLists, passesUnknown } = leniency(name);

  describe.each(Object.keys(DIALECTS))("%s", (path) => {
    test.each(UNREADABLE)("$name", async ({ body, headers, status }) => {
      const answer = await to({ path, body, headers });
      if (!isOpen) return expectRefused(router, answer, status, path);
      const seen = expectUnrouted(router);
      expect(seen.body.equals(Buffer.from(body))).toBe(true);
    });

    test.each(["null", "7", '{"name":"gpt-4o"}', '["gpt-4o"]', "true", '""'])("the model %s", async (model) => {
      expectRefused(router, await to({ path, body: `{"messages":[],"model":${model}}` }), 400, path);
    });

    test.each([
      ["no model", "{}"],
      ["a model one level down", '{"x":{"model":"gpt-4o"},"messages":[]}'],
      ["an array", '[{"model":"gpt-4o"}]'],
      ["a string", '"gpt-4o"'],
      ["an empty body", ""],
    ])("%s", async (_, body) => expectRefused(router, await to({ path, body }), 400, path));

    test.each([
      ["a line break", "gpt-4o\\r\\nx-gateway-provider-name: vllm", false],
      ["a NUL", "gpt-4o\\u0000", false],
      ["10 KB", "gpt-4o".repeat(1700), false],
      ["blanks around it", " gpt-4o ", false],
      ["half a surrogate pair", "gpt-9\\ud800", true],
      ["quotes and markup", '\\"},{\\"a\\":\\"<b>', true],
      ["an unknown name", "gpt-9", true],
    ])("a model with %s", async (_, model, isNamable) => {
      const answer = await to({ path, body: body("MODEL").replace("MODEL", model) });
      if (!passesUnknown || (hasLists && !isNamable)) return expectRefused(router, answer, 404, path);
      const { provider, request } = router.providers.only();
      expect([provider, request.headers["x-gateway-provider-name"]]).toEqual(["fallback", undefined]);
      const named = request.headers["x-gateway-model-name"] as string | undefined;
      if (named !== undefined)
        expect(Buffer.from(named, "latin1").toString()).toBe(Buffer.from(String(request.json?.["model"])).toString());
    });

    test.each([
      ["as much as", 65_536, 200],
      ["one byte more than", 65_537, 413],
    ])("a model that ends after %s may be held", async (_, end, status) => {
      const model = path === "/v1/messages" ? '"claude-x"' : '"gpt-4o"';
      const head = '{"max_tokens":9,"messages":[],"a":"';
      const tail = `","model":${model}`;
      const answer = await to({ path, body: `${head}${"a".repeat(end - head.length - tail.length)}${tail},"b":1}` });
      if (status === 200) expect([answer.status, router.providers.only().provider]).not.toContain("fallback");
      else if (isOpen) expectUnrouted(router);
      else expectRefused(router, answer, status, path);
    });

    test("a body larger than maxBodyBytes", async () => {
      const head = body(path === "/v1/messages" ? "claude-x" : "gpt-4o").slice(0, -1);
      const arrival = router.providers.mock(path === "/v1/messages" ? "anthropic" : "openai").next();
      const open = new OpenRequest(router.envoy.address(name), { path });
      await open.write(`${head},"x":"`);
      const seen = await arrival;
      const piece = "x".repeat(16_384);
      for (let sent = 0; sent < 20; sent++) open.write(piece).catch(() => undefined);
      const answer = await open.answer;
      expect(answer.status).toBe(413);
      DIALECTS[path as keyof typeof DIALECTS](answer);
      await seen.ended();
      expect(seen.state).toBe("Aborted");
    });
  });

  test("an unreadable body that ends with trailers", async () => {
    const answer = await to({ path: "/v1/chat/completions", body: '{"messages":[', trailers: { "x-end": "yes" } });
    if (isOpen) expectUnrouted(router);
    else expectRefused(router, answer, 400, "/v1/chat/completions");
  });

  test("nothing but headers, over HTTP/1 and HTTP/2", async () => {
    expectRefused(router, await to({ path: "/v1/chat/completions" }), 400, "/v1/chat/completions");
    const client = new Http2Client(router.envoy.address(name));
    expectRefused(router, await client.send({ path: "/v1/messages", headers: FORGED }), 400, "/v1/messages");
    client.close();
  });
});

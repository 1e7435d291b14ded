import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { PROVIDER_HEADER, SIGNING, chat, post, send, type Config } from "./support/egress.ts";
import { isSigned, signedPost } from "./support/signature.ts";

const PATH = "/v1/chat/completions";
const BODY = '{"model":"gpt-4o","messages":[]}';
const TYPED = "content-type;host;x-amz-content-sha256;x-amz-date";
const UNTYPED = "host;x-amz-content-sha256;x-amz-date";

describe.each(["gpt-4o", "a-name-that-is-longer", "c"])("a signed body whose model becomes %s", (name) => {
  const config = {
    select: { header: PROVIDER_HEADER },
    providers: [{ name: "bedrock", credential: SIGNING }],
    modelMapping: { bedrock: { "gpt-4o": name } },
  };
  const body = `{"model":"${name}","messages":[]}`;
  const digest = createHash("sha256").update(body).digest("hex");

  test.each(["HTTP/1.1", "HTTP/2"] as const)("has its own hash, over %s and in any pieces", async (protocol) => {
    const request = { ...chat("bedrock"), protocol };
    for (const split of [[], [3], [20], [25], [3, 12, 25]]) {
      const { upstream } = await send(config, { ...request, split });
      const { headers } = upstream;
      expect({ split, body: upstream.body, digest: headers?.get("x-amz-content-sha256") }).toEqual({
        split,
        body,
        digest,
      });
      expect(headers?.get("content-length")).toBe(String(body.length));
    }
  });
});

interface Case {
  settings?: Config;
  provider?: Config;
  target?: string;
  type?: string;
  /** The names that the signature covers. */
  covers?: string;
  path?: string;
}

const CASES: Record<string, Case> = {
  "as the client sent it": {},
  "with an empty content type": { type: "" },
  "with blanks in a header": { type: "  application/json;   charset=utf-8  " },
  "to the provider's host": { provider: { host: "bedrock-runtime.eu-west-1.amazonaws.com" } },
  "whose key in the query is taken out": { target: `${PATH}?api-key=client` },
  "whose content type is taken out": { settings: { stripHeaders: ["content-type"] }, covers: UNTYPED },
  "with the provider's content type": { provider: { headers: { "content-type": "application/x-json" } } },
  "with what another provider sets taken out": {
    settings: {
      providers: [
        { name: "bedrock", credential: SIGNING },
        { name: "other", credential: { type: "None" }, headers: { "content-type": "text/plain" } },
      ],
    },
    covers: UNTYPED,
  },
  "on the provider's path": { provider: { path: "/model/{model}/converse" }, path: "/model/gpt-4o/converse" },
};

describe.each(Object.entries(CASES))("a request %s", (_name, { settings, provider, target, type, covers, path }) => {
  const config = {
    select: { header: PROVIDER_HEADER },
    providers: [{ name: "bedrock", credential: SIGNING, ...provider }],
    ...settings,
  };
  const request = post("bedrock", target ?? PATH, BODY, type === undefined ? {} : { "content-type": type });

  test.each(["HTTP/1.1", "HTTP/2"] as const)(
    "is signed as it goes out, over %s and in any pieces",
    async (protocol) => {
      for (const split of [[], [5], [5, 20]]) {
        const sent = signedPost(await send(config, { ...request, protocol, split }), path ?? PATH);
        expect(sent.header("authorization")).toContain(`SignedHeaders=${covers ?? TYPED},`);
        expect(sent.header(":path")).toBe(path ?? PATH);
        expect(isSigned(sent, "secret")).toBe(true);
      }
    },
  );
});

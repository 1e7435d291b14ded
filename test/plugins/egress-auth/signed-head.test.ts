import { describe, expect, test } from "vitest";
import { PROVIDER_HEADER, SIGNING, post, send, type Config } from "./support/egress.ts";
import { isSigned } from "./support/signature.ts";

const PATH = "/v1/chat/completions";
const BODY = '{"model":"gpt-4o","messages":[]}';
const TYPED = "content-type;host;x-amz-content-sha256;x-amz-date";
const UNTYPED = "host;x-amz-content-sha256;x-amz-date";

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
        const { upstream } = await send(config, { ...request, protocol, split });
        const headers = upstream.headers!;
        const header = (name: string): string | undefined => headers.get(name === "host" ? ":authority" : name);
        expect(header("authorization")).toContain(`SignedHeaders=${covers ?? TYPED},`);
        expect(header(":path")).toBe(path ?? PATH);
        const sent = { method: "POST", path: path ?? PATH, header, body: Buffer.from(upstream.body!) };
        expect(isSigned(sent, "secret")).toBe(true);
      }
    },
  );
});

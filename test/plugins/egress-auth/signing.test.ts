import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { SIGNING, chat, send } from "./support/egress.ts";

describe.each(["gpt-4o", "a-name-that-is-longer", "c"])("a signed body whose model becomes %s", (name) => {
  const config = {
    select: { header: "x-gateway-provider-name" },
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

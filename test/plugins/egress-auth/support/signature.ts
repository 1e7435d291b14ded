import { createHash, createHmac } from "node:crypto";
import type { Outcome } from "../../../host/exchange.ts";

/** A request as it reached the provider. */
export interface SignedRequest {
  method: string;
  /** Without a query, and as it is written in a canonical request. */
  path: string;
  /** The value of a header by its name in lower case. */
  header: (name: string) => string | undefined;
  body: Uint8Array;
}

/** A POST that the plugin let by, as it goes to the provider; `path` is without its query. */
export function signedPost({ upstream: { headers, bytes } }: Outcome, path: string): SignedRequest {
  const header = (name: string): string | undefined => headers!.get(name === "host" ? ":authority" : name);
  return { method: "POST", path, header, body: bytes };
}

/** Whether the body's hash and the signature are those that AWS works out for this request (Signature Version 4). */
export function isSigned({ method, path, header, body }: SignedRequest, secret: string): boolean {
  const parts = /^AWS4-HMAC-SHA256 Credential=[^/]+\/(.+), SignedHeaders=(.+), Signature=(\w+)$/.exec(
    header("authorization") ?? "",
  );
  const payload = createHash("sha256").update(body).digest("hex");
  if (!parts || header("x-amz-content-sha256") !== payload) return false;
  const [, scope, names, signature] = parts as unknown as [string, string, string, string];
  const lines = names.split(";").map((name) => `${name}:${header(name)?.trim().replaceAll(/ +/g, " ")}\n`);
  const canonical = [method, path, "", lines.join(""), names, payload].join("\n");
  const digest = createHash("sha256").update(canonical).digest("hex");
  const text = ["AWS4-HMAC-SHA256", header("x-amz-date"), scope, digest].join("\n");
  const key = scope
    .split("/")
    .reduce<Uint8Array>((made, part) => createHmac("sha256", made).update(part).digest(), Buffer.from(`AWS4${secret}`));
  return createHmac("sha256", key).update(text).digest("hex") === signature;
}

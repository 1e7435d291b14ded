import { type KeyObject, createSign, generateKeyPairSync } from "node:crypto";
import { visit } from "../../test/envoy/support/gateway-config.ts";

const ISSUER = "https://issuer.example.com";

/** Who signs tokens for the gateway's users, with a key of its own. */
export class Issuer {
  private readonly privateKey: KeyObject;
  private readonly jwks: string;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    this.privateKey = privateKey;
    this.jwks = JSON.stringify({
      keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1", alg: "RS256", use: "sig" }],
    });
  }

  /** Puts its keys in place of whatever keys `jwt_authn` was given, or of where to fetch them. */
  replaceIn(config: unknown): void {
    visit(config, (node) => {
      if (!("local_jwks" in node) && !("remote_jwks" in node)) return;
      delete node["remote_jwks"];
      node["local_jwks"] = { inline_string: this.jwks };
    });
  }

  /** A token that says who asks, good for an hour. */
  tokenOf(subject: string): string {
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = { iss: ISSUER, sub: subject, exp: Math.floor(Date.now() / 1000) + 3600 };
    const signed = `${encode({ alg: "RS256", kid: "1", typ: "JWT" })}.${encode(claims)}`;
    return `${signed}.${createSign("RSA-SHA256").update(signed).sign(this.privateKey).toString("base64url")}`;
  }
}

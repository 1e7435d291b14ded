import { createHash, createPublicKey, createVerify, generateKeyPairSync } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Answer, send } from "../support/client.ts";
import { EnvoyProcess } from "../support/envoy-process.ts";
import { cluster } from "../support/gateway-config.ts";
import { traps } from "../support/plugin-gateway.ts";
import { until } from "../support/until.ts";
import { Upstreams, chat, egressCluster, egressConfig, egressFilter } from "./egress-gateway.ts";
import { type TokenAsk, type TokenAnswer, TokenServer } from "./token-server.ts";

const WORKERS = 4;
const SECRET = "marked client secret+/=".replaceAll(" ", "-");
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ACCOUNT = {
  client_email: "weir@project.example",
  private_key_id: "key-7",
  private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
  token_uri: "https://oauth2.googleapis.com/token",
};
const ENVIRONMENT = {
  GCP_SA_JSON: JSON.stringify(ACCOUNT),
  CLIENT_SECRET: SECRET,
  WEB_IDENTITY_TOKEN: "web.identity.token",
  CONTAINER_TOKEN: "container-token",
};

const OAUTH2 = {
  type: "OAuth2ClientCredentials",
  tokenCluster: "idp",
  tokenHost: "idp.example",
  tokenPath: "/oauth/token",
  clientId: { value: "client:1" },
  clientSecret: { env: "CLIENT_SECRET" },
  scope: "llm read",
};
const AWS = { type: "AwsSigV4", region: "us-east-1", service: "bedrock" };

const CREDENTIALS: Record<string, object> = {
  corp: OAUTH2,
  body: { ...OAUTH2, clientAuthentication: "Body", tokenPath: "/body/token" },
  vertex: { type: "GoogleServiceAccount", key: { env: "GCP_SA_JSON" }, tokenCluster: "idp" },
  role: {
    ...AWS,
    credentials: {
      type: "AssumeRoleWithWebIdentity",
      cluster: "idp",
      host: "sts.amazonaws.com",
      roleArn: "arn:aws:iam::123456789012:role/llm",
      webIdentityToken: { env: "WEB_IDENTITY_TOKEN" },
    },
  },
  container: {
    ...AWS,
    credentials: {
      type: "ContainerCredentials",
      cluster: "idp",
      path: "/v2/credentials/1",
      authorization: { env: "CONTAINER_TOKEN" },
    },
  },
};

/** What a healthy server gives: tokens with a running number. */
function healthy(lifetimeSeconds = 3600): (ask: TokenAsk) => TokenAnswer {
  let count = 0;
  const keys = { AccessKeyId: "ASIA-TEMPORARY", SecretAccessKey: "temporary-secret" };
  const expires = Date.now() / 1000 + lifetimeSeconds;
  return ({ form, path }) => {
    if (form["Action"] !== undefined) {
      const Credentials = { ...keys, SessionToken: "session-of-role", Expiration: expires };
      return { body: { AssumeRoleWithWebIdentityResponse: { AssumeRoleWithWebIdentityResult: { Credentials } } } };
    }
    if (path.startsWith("/v2/")) {
      return { body: { ...keys, Token: "session-of-container", Expiration: new Date(expires * 1000).toISOString() } };
    }
    return { body: { access_token: `token-${++count}`, token_type: "Bearer", expires_in: lifetimeSeconds } };
  };
}

/** An Envoy of its own for one credential: what a VM has fetched stays there. */
class Gateway {
  private constructor(
    readonly envoy: EnvoyProcess,
    readonly upstreams: Upstreams<"provider">,
    readonly tokens: TokenServer,
  ) {}

  static async start(
    credential: object,
    answer: (ask: TokenAsk) => TokenAnswer | Promise<TokenAnswer>,
    settings: object = {},
    concurrency = 1,
  ): Promise<Gateway> {
    const upstreams = await Upstreams.start({ provider: "OpenAi" });
    const tokens = await TokenServer.start(answer);
    const configuration = {
      select: { hostMetadata: ["weir", "provider"] },
      providers: [{ name: "provider", credential }],
      ...settings,
    };
    const llm = egressCluster("llm", [upstreams.endpoint("provider")], [egressFilter(configuration, ENVIRONMENT)]);
    const config = egressConfig({
      cluster: "llm",
      clusters: [llm, cluster("idp", tokens.address)],
      environment: ENVIRONMENT,
      retries: null,
    });
    return new Gateway(await EnvoyProcess.start(config, { concurrency }), upstreams, tokens);
  }

  ask(body = chat("gpt-4o")): Promise<Answer> {
    const headers = { authorization: "Bearer client-key" };
    return send(this.envoy.address(), { path: "/v1/chat/completions", headers, body });
  }

  async stop(): Promise<void> {
    expect(traps(this.envoy.log)).toEqual([]);
    for (const secret of [SECRET, "temporary-secret", "token-1", "web.identity.token", "container-token", "PRIVATE"]) {
      expect(this.envoy.log).not.toContain(secret);
    }
    await this.envoy.stop();
    await this.upstreams.stop();
    await this.tokens.stop();
  }
}

describe.each(Object.keys(CREDENTIALS))("the credential of %s", (name) => {
  let gateway: Gateway;

  beforeAll(async () => {
    gateway = await Gateway.start(CREDENTIALS[name]!, healthy());
  });
  afterAll(() => gateway.stop());

  test("is fetched as its service wants to be asked, and sent to the provider", async () => {
    expect((await gateway.ask()).status).toBe(200);
    const [asked, ...more] = gateway.tokens.asked;
    expect(more).toEqual([]);
    CHECKS[name]!(asked!);
    const { headers } = gateway.upstreams.mock("provider").only();
    expect(headers.authorization).toMatch(AUTHORIZATIONS[name]!);
    expect(JSON.stringify(headers)).not.toContain("client-key");
  });
});

const AUTHORIZATIONS: Record<string, RegExp> = {
  corp: /^Bearer token-1$/,
  body: /^Bearer token-1$/,
  vertex: /^Bearer token-1$/,
  role: /^AWS4-HMAC-SHA256 Credential=ASIA-TEMPORARY\/\d{8}\/us-east-1\/bedrock\/aws4_request, SignedHeaders=.*x-amz-security-token,/,
  container: /^AWS4-HMAC-SHA256 Credential=ASIA-TEMPORARY\/.*x-amz-security-token,/,
};

const CHECKS: Record<string, (ask: TokenAsk) => void> = {
  corp: ({ method, path, headers, form }) => {
    expect([method, path, headers.host, headers["content-type"]]).toEqual([
      "POST",
      "/oauth/token",
      "idp.example",
      "application/x-www-form-urlencoded",
    ]);
    const pair = `${encodeURIComponent("client:1")}:${encodeURIComponent(SECRET)}`;
    expect(headers.authorization).toBe(`Basic ${Buffer.from(pair).toString("base64")}`);
    expect(form).toEqual({ grant_type: "client_credentials", scope: "llm read" });
  },
  body: ({ headers, form }) => {
    expect(headers.authorization).toBeUndefined();
    expect(form).toEqual({
      grant_type: "client_credentials",
      scope: "llm read",
      client_id: "client:1",
      client_secret: SECRET,
    });
  },
  vertex: ({ path, headers, form }) => {
    expect([path, headers.host, form["grant_type"]]).toEqual([
      "/token",
      "oauth2.googleapis.com",
      "urn:ietf:params:oauth:grant-type:jwt-bearer",
    ]);
    const [head, claims, signature] = form["assertion"]!.split(".") as [string, string, string];
    const decoded = [head, claims].map((part) => JSON.parse(Buffer.from(part, "base64url").toString()) as object);
    expect(decoded[0]).toEqual({ alg: "RS256", typ: "JWT", kid: "key-7" });
    const { iat, exp, ...rest } = decoded[1] as { iat: number; exp: number };
    expect(rest).toEqual({
      iss: ACCOUNT.client_email,
      scope: "https://www.googleapis.com/auth/cloud-platform",
      aud: ACCOUNT.token_uri,
    });
    expect([exp - iat, Math.abs(iat - Date.now() / 1000) < 60]).toEqual([3600, true]);
    const verify = createVerify("RSA-SHA256").update(`${head}.${claims}`);
    expect(
      verify.verify(createPublicKey(publicKey.export({ type: "spki", format: "pem" })), signature, "base64url"),
    ).toBe(true);
  },
  role: ({ path, headers, form }) => {
    expect([path, headers.host, headers.accept]).toEqual(["/", "sts.amazonaws.com", "application/json"]);
    expect(form).toEqual({
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      RoleArn: "arn:aws:iam::123456789012:role/llm",
      RoleSessionName: "weir",
      WebIdentityToken: "web.identity.token",
    });
  },
  container: ({ method, path, headers }) => {
    expect([method, path, headers.authorization]).toEqual(["GET", "/v2/credentials/1", "container-token"]);
  },
};

describe("a token", () => {
  let gateway: Gateway | undefined;
  beforeEach(() => (gateway = undefined));
  afterEach(() => gateway?.stop());

  test("is fetched once for all workers, however many requests wait for it", async () => {
    const answer = healthy();
    const slow = async (ask: TokenAsk) => {
      await new Promise((later) => setTimeout(later, 400));
      return answer(ask);
    };
    gateway = await Gateway.start(OAUTH2, slow, {}, WORKERS);
    const answers = await Promise.all(Array.from({ length: 60 }, () => gateway!.ask()));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(gateway.tokens.asked).toHaveLength(1);
    const sent = gateway.upstreams.seen.map(({ request }) => request.headers.authorization);
    expect(new Set(sent)).toEqual(new Set(["Bearer token-1"]));
  });

  test.each(["corp", "role"])("is put on a request without a body that waits for it: %s", async (name) => {
    const answer = healthy();
    const slow = async (ask: TokenAsk) => {
      await new Promise((later) => setTimeout(later, 400));
      return answer(ask);
    };
    gateway = await Gateway.start(CREDENTIALS[name]!, slow);
    expect((await send(gateway.envoy.address(), { method: "GET", path: "/v1/models" })).status).toBe(200);
    const { headers } = gateway.upstreams.mock("provider").only();
    expect(headers.authorization).toMatch(/^(Bearer token-1$|AWS4-HMAC-SHA256 Credential=ASIA-TEMPORARY)/);
  });

  test("is renewed before it ends: no request waits for it, or is sent with an old one", async () => {
    const ends = new Map<string, number>();
    const answer = healthy(4);
    const noting = (ask: TokenAsk): TokenAnswer => {
      const given = answer(ask) as { body: { access_token: string } };
      ends.set(`Bearer ${given.body.access_token}`, performance.now() + 4000);
      return given;
    };
    gateway = await Gateway.start(OAUTH2, noting, {}, 2);
    const start = performance.now();
    while (performance.now() - start < 9000) {
      expect((await gateway.ask()).status).toBe(200);
      await new Promise((later) => setTimeout(later, 20));
    }
    expect(gateway.tokens.asked.length).toBeGreaterThanOrEqual(3);
    for (const { request } of gateway.upstreams.seen) {
      expect(request.headersAt).toBeLessThan(ends.get(request.headers.authorization!)!);
    }
  });

  test("that never comes is waited for no longer than said, and answered 503 in the API's words", async () => {
    gateway = await Gateway.start(OAUTH2, () => undefined, { tokenTimeout: "500ms" });
    const start = performance.now();
    const answer = await gateway.ask();
    expect(performance.now() - start).toBeLessThan(3000);
    expect([answer.status, answer.json]).toMatchObject([503, { error: { code: "provider_unavailable" } }]);
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    expect(gateway.upstreams.seen).toEqual([]);
  });

  test("that is refused is not asked for again at once, and is had as soon as it is given", async () => {
    gateway = await Gateway.start(OAUTH2, () => ({ status: 500, body: { error: "no" } }), {}, WORKERS);
    for (let i = 0; i < 30; i++) expect((await gateway.ask()).status).toBe(503);
    expect(gateway.tokens.asked.length).toBeLessThanOrEqual(4);
    expect(gateway.upstreams.seen).toEqual([]);
    gateway.tokens.answer = healthy();
    await until("requests pass again", async () => ((await gateway!.ask()).status === 200 ? true : undefined), 20_000);
  });

  test.each([
    ["no JSON", "{"],
    ["no token", { expires_in: 3600 }],
    ["a token that no header takes", { access_token: "a\r\nx: y", expires_in: 3600 }],
    ["a token that ends at once", { access_token: "token-1", expires_in: 0.1 }],
  ])("out of an answer with %s is none", async (_what, body) => {
    gateway = await Gateway.start(OAUTH2, () => ({ body }));
    expect((await gateway.ask()).status).toBe(503);
    expect(gateway.upstreams.seen).toEqual([]);
  });

  test("is put on a large body that waits for it, signed whole", async () => {
    const answer = healthy();
    const slow = async (ask: TokenAsk) => {
      await new Promise((later) => setTimeout(later, 300));
      return answer(ask);
    };
    gateway = await Gateway.start(CREDENTIALS["role"]!, slow, { modelMapping: { provider: { "gpt-*": "claude" } } });
    const body = chat("gpt-4o", 300_000);
    expect((await gateway.ask(body)).status).toBe(200);
    const request = gateway.upstreams.mock("provider").only();
    expect(request.body.toString()).toBe(body.replace("gpt-4o", "claude"));
    expect(request.headers["x-amz-content-sha256"]).toBe(createHash("sha256").update(request.body).digest("hex"));
  });
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { randomFrom, SEED } from "../../lib/seeded.ts";
import { send } from "../support/client.ts";
import { EnvoyProcess } from "../support/envoy-process.ts";
import { exampleConfig, exampleConfigurations } from "../support/example.ts";
import type { Json } from "../support/gateway-config.ts";
import type { Behaviour, SeenRequest } from "../support/mock-provider.ts";
import { traps } from "../support/plugin-gateway.ts";
import { RETRIES, Upstreams, chat, egressCluster, egressConfig, egressFilter } from "./egress-gateway.ts";

/** All of the with `LEAK_REQUESTS=10000`; fewer by default. */
const REQUESTS = Number(process.env["LEAK_REQUESTS"] ?? 600);
const PARALLEL = 8;
/** For a busy machine, in milliseconds. */
const PATIENCE_MS = 120_000 + REQUESTS * 60;

const NAMES = ["bearer", "header", "pool", "aws", "none"] as const;
type Name = (typeof NAMES)[number];

/** Whose secrets are whose; each is marked, so that it is found wherever it gets. */
const SECRETS: Record<Name, string[]> = {
  bearer: ["MARKED-bearer-key"],
  header: ["MARKED-header-key"],
  pool: ["MARKED-pool-key-a", "MARKED-pool-key-b"],
  aws: ["MARKED-aws-secret", "MARKEDAWSID", "MARKED-aws-session"],
  none: [],
};
/** What goes to the provider itself; its signing secret goes nowhere. */
const SENT: Record<Name, string[]> = { ...SECRETS, aws: ["MARKEDAWSID", "MARKED-aws-session"] };
const CLIENT = "MARKED-client";

const CONFIGURATION = {
  select: { hostMetadata: ["weir", "provider"] },
  providers: [
    { name: "bearer", credential: { type: "Bearer", from: { env: "BEARER" } } },
    {
      name: "header",
      credential: { type: "Header", header: "x-own-key", from: { env: "HEADER" } },
      headers: { "x-own-version": "1" },
      host: "header.example",
      path: "/own/{model}/chat/completions?v=1",
    },
    {
      name: "pool",
      credential: { type: "Bearer", from: [{ env: "POOL_A" }, { env: "POOL_B" }], coolDown: "1s" },
    },
    {
      name: "aws",
      credential: {
        type: "AwsSigV4",
        region: "us-east-1",
        service: "bedrock",
        accessKeyId: { value: "MARKEDAWSID" },
        secretAccessKey: { env: "AWS" },
        sessionToken: { env: "SESSION" },
      },
      host: "aws.example",
    },
    { name: "none", credential: { type: "None" } },
  ],
  modelMapping: { header: { "*": "own-model" }, aws: { "gpt-*": "claude" } },
};
const ENVIRONMENT = {
  BEARER: "MARKED-bearer-key",
  HEADER: "MARKED-header-key",
  POOL_A: "MARKED-pool-key-a",
  POOL_B: "MARKED-pool-key-b",
  AWS: "MARKED-aws-secret",
  SESSION: "MARKED-aws-session",
};
/** What only some providers' attempts have. */
const OWN_HEADERS: Record<string, Name[]> = {
  authorization: ["bearer", "pool", "aws"],
  "x-own-key": ["header"],
  "x-own-version": ["header"],
  "x-amz-date": ["aws"],
  "x-amz-security-token": ["aws"],
  "x-amz-content-sha256": ["aws"],
};

let upstreams: Upstreams<Name | "mirror">;
let envoy: EnvoyProcess;

beforeAll(async () => {
  upstreams = await Upstreams.start({
    bearer: "OpenAi",
    header: "OpenAi",
    pool: "OpenAi",
    aws: "OpenAi",
    none: "OpenAi",
    mirror: "OpenAi",
  });
  const filters = [egressFilter(CONFIGURATION, ENVIRONMENT)];
  const endpoints = NAMES.map((name, priority) => ({ ...upstreams.endpoint(name), priority }));
  const llm = egressCluster("llm", endpoints, filters);
  const mirror = egressCluster("mirror", [upstreams.endpoint("mirror")], []);
  const config = egressConfig({
    cluster: "llm",
    clusters: [llm, mirror],
    downstream: { unknownProvider: "Strip", stripHeaders: ["x-own-key", "x-own-version"] },
    environment: ENVIRONMENT,
    retries: { ...RETRIES, num_retries: 4, per_try_timeout: "0.3s" },
    route: {
      request_mirror_policies: [{ cluster: "mirror" }],
      internal_redirect_policy: {
        max_internal_redirects: 2,
        redirect_response_codes: [307],
        allow_cross_scheme_redirect: true,
      },
    } as { [key: string]: Json },
  });
  envoy = await EnvoyProcess.start(config, { concurrency: 2, env: ENVIRONMENT });
});

afterAll(async () => {
  await envoy?.stop();
  await upstreams?.stop();
});

/** How a provider may behave; the error texts ask for what must not be in them. */
function behaviour(random: (below: number) => number): Behaviour {
  const json = (text: string): Behaviour["answer"] => ({ pieces: [JSON.stringify({ error: { message: text } })] });
  return [
    {},
    {},
    { answer: { status: 401, ...json("no") } },
    { answer: { status: 429, ...json("slow down") } },
    { answer: { status: 500, ...json("oops") } },
    { answer: { status: 503 } },
    { answer: { status: 400, ...json("bad") } },
    { answer: { status: 307, headers: { location: "http://gateway.example/v1/chat/completions" } } },
    { resetAfterPieces: 0 },
    { resetAfterPieces: 1 },
    { delayMs: 400 },
  ][random(11)]!;
}

const CREDENTIALS = [
  { authorization: `Bearer ${CLIENT}-bearer` },
  { "x-api-key": `${CLIENT}-x-api-key`, "anthropic-version": "2023-06-01" },
  { "api-key": `${CLIENT}-api-key`, cookie: `session=${CLIENT}-cookie` },
  { "x-goog-api-key": `${CLIENT}-goog`, "x-own-key": `${CLIENT}-own`, "openai-project": `${CLIENT}-project` },
  { "x-amz-security-token": `${CLIENT}-amz`, "proxy-authorization": `Basic ${CLIENT}-proxy` },
  { authorization: [`Bearer ${CLIENT}-one`, `Bearer ${CLIENT}-two`], "x-envoy-original-path": `/${CLIENT}-path` },
  {},
];
const QUERIES = [
  "",
  `?key=${CLIENT}-q`,
  `?a=1&%6bEy=${CLIENT}-q;access_token=${CLIENT}-t`,
  `?X-Amz-Signature=${CLIENT}-s&b=2`,
];

function wrong(provider: Name | "mirror", request: SeenRequest): string[] {
  const text = JSON.stringify([request.method, request.path, request.rawHeaders, request.body.toString()]);
  const allowed = provider === "mirror" ? [] : SENT[provider];
  const found = [...text.matchAll(/MARKED[\w-]*/g)].map(([mark]) => mark).filter((mark) => !allowed.includes(mark));
  const strangers = Object.entries(OWN_HEADERS)
    .filter(([name, owners]) => name in request.headers && !owners.includes(provider as Name))
    .map(([name]) => `${provider} has ${name}`);
  return [...found.map((mark) => `${provider} has ${mark}`), ...strangers];
}

test(
  `${REQUESTS} requests of all kinds: no secret gets where it isn't due (SEED=${SEED})`,
  async () => {
    const random = randomFrom(SEED);
    const complaints: string[] = [];
    let tried = 0;
    for (let sent = 0; sent < REQUESTS; sent += PARALLEL) {
      for (const name of NAMES) upstreams.mock(name).behave(behaviour(random));
      const answers = await Promise.all(
        Array.from({ length: PARALLEL }, async () => {
          const model = ["gpt-4o", "claude-x", "o3"][random(3)]!;
          const body = chat(model, [0, 10, 20_000][random(3)]);
          const path = `/v1/chat/completions${QUERIES[random(QUERIES.length)]}`;
          const headers = CREDENTIALS[random(CREDENTIALS.length)] as Record<string, string>;
          const pending = send(envoy.address(), { path, headers, body });
          return pending.catch(() => undefined);
        }),
      );
      for (const answer of answers) {
        if (!answer) continue;
        const seen = JSON.stringify([answer.headers, answer.text]);
        for (const [mark] of seen.matchAll(/MARKED[\w-]*/g)) complaints.push(`a client has ${mark}`);
      }
      for (const { provider, request } of upstreams.seen) complaints.push(...wrong(provider, request));
      tried += upstreams.seen.length;
      upstreams.reset();
      expect(complaints).toEqual([]);
    }
    expect(tried).toBeGreaterThan(REQUESTS);
    const log = envoy.log + JSON.stringify(await envoy.accessLog(1)) + JSON.stringify([...(await envoy.stats())]);
    expect([...log.matchAll(/MARKED[\w-]*/g)].map(([mark]) => mark)).toEqual([]);
    expect(traps(envoy.log)).toEqual([]);
  },
  PATIENCE_MS,
);

test("no access log of the repository's examples shows a header that carries a credential", () => {
  const names = "authorization|proxy-authorization|x-api-key|api-key|x-goog-api-key|cookie|x-amz-security-token";
  const forbidden = new RegExp(`%(REQ|RESP|TRAILER)\\(([^)]*\\?)?(${names})[?)]`, "i");
  for (const [name, file] of exampleConfigurations()) {
    expect(JSON.stringify(exampleConfig(name, { file }))).not.toMatch(forbidden);
  }
  expect('"%REQ(Authorization)%"').toMatch(forbidden);
  for (const each of names.split("|")) expect(`%REQ(x-none?${each})%`).toMatch(forbidden);
});

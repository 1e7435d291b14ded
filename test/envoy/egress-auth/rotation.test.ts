import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EnvoyProcess } from "../support/envoy-process.ts";
import { type Json, cluster } from "../support/gateway-config.ts";
import { traps } from "../support/plugin-gateway.ts";
import { until } from "../support/until.ts";
import { Upstreams, chat, egressCluster, egressConfig, egressFilter } from "./egress-gateway.ts";
import { TokenServer } from "./token-server.ts";

const REQUESTS = 5000;
const PARALLEL = 8;
const LIFETIME_MS = 4000;
/** For a busy machine, in milliseconds. */
const PATIENCE_MS = 300_000;

const folder = mkdtempSync(join(tmpdir(), "weir-ecds-"));
const file = join(folder, "egress-auth.json");
const TYPE = "type.googleapis.com/";

let upstreams: Upstreams<"keyed" | "tokened">;
let tokens: TokenServer;
let envoy: EnvoyProcess;
/** Tokens that were given out: for which client secret, and until when they are good. */
const given = new Map<string, { secret: string; endsAt: number }>();

/** Gives Envoy the configuration with these secrets, in place of the one that it has. */
function configure(generation: number): void {
  const configuration = {
    select: { hostMetadata: ["weir", "provider"] },
    providers: [
      { name: "keyed", credential: { type: "Bearer", from: { value: `key-${generation}` } } },
      {
        name: "tokened",
        credential: {
          type: "OAuth2ClientCredentials",
          tokenCluster: "idp",
          tokenPath: "/token",
          clientId: { value: "c" },
          clientSecret: { value: `secret-${generation}` },
          clientAuthentication: "Body",
        },
      },
    ],
  };
  const resource = {
    "@type": `${TYPE}envoy.config.core.v3.TypedExtensionConfig`,
    ...(egressFilter(configuration) as object),
  };
  writeFileSync(`${file}.new`, JSON.stringify({ resources: [resource] }));
  renameSync(`${file}.new`, file);
}

beforeAll(async () => {
  upstreams = await Upstreams.start({ keyed: "OpenAi", tokened: "OpenAi" });
  let count = 0;
  tokens = await TokenServer.start(({ form }) => {
    const token = `token-${++count}`;
    given.set(token, { secret: form["client_secret"]!, endsAt: performance.now() + LIFETIME_MS });
    return { body: { access_token: token, expires_in: LIFETIME_MS / 1000 } };
  });
  configure(0);
  const discovered: Json = {
    name: "egress-auth",
    config_discovery: {
      config_source: { path_config_source: { path: file }, resource_api_version: "V3" },
      type_urls: [`${TYPE}envoy.extensions.filters.http.wasm.v3.Wasm`],
    },
  };
  // Both serve the same priority, in turn.
  const llm = egressCluster("llm", [upstreams.endpoint("keyed"), upstreams.endpoint("tokened")], [discovered]);
  const config = egressConfig({ cluster: "llm", clusters: [llm, cluster("idp", tokens.address)], retries: null });
  envoy = await EnvoyProcess.start({ ...config, node: { id: "gateway", cluster: "gateway" } }, { concurrency: 2 });
});

afterAll(async () => {
  await envoy?.stop();
  await upstreams?.stop();
  await tokens?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test(
  `of ${REQUESTS} requests while keys are rotated and tokens end, none fails for want of a credential`,
  async () => {
    const statuses = new Map<number, number>();
    let sent = 0;
    const client = async (): Promise<void> => {
      while (sent < REQUESTS) {
        sent++;
        const body = chat("gpt-4o");
        const answer = await fetch(envoy.url("/v1/chat/completions"), { method: "POST", body });
        await answer.arrayBuffer();
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      }
    };
    const clients = Promise.all(Array.from({ length: PARALLEL }, client));
    let generation = 0;
    const rotate = async (): Promise<void> => {
      while (sent < REQUESTS) {
        generation++;
        configure(generation);
        const keyed = upstreams.mock("keyed");
        await until(
          `key ${generation} is used`,
          () =>
            keyed.seen.at(-1)?.headers.authorization === `Bearer key-${generation}` || sent >= REQUESTS || undefined,
          20_000,
        );
        await new Promise((later) => setTimeout(later, 500));
      }
    };
    await Promise.all([clients, rotate()]);
    expect(statuses).toEqual(new Map([[200, REQUESTS]]));
    expect(generation).toBeGreaterThan(2);
    const keys = upstreams.mock("keyed").seen.map(({ headers }) => headers.authorization);
    expect(new Set(keys).size).toBeGreaterThan(2);
    for (const { headers, headersAt } of upstreams.mock("tokened").seen) {
      const token = given.get(headers.authorization!.replace("Bearer ", ""));
      expect(headersAt).toBeLessThan(token!.endsAt);
    }
    expect(traps(envoy.log)).toEqual([]);
  },
  PATIENCE_MS,
);

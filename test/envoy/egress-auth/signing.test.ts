import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { isSigned } from "../../plugins/egress-auth/support/signature.ts";
import { type Answer, Http2Client, OpenRequest, send } from "../support/client.ts";
import { EnvoyProcess } from "../support/envoy-process.ts";
import type { SeenRequest } from "../support/mock-provider.ts";
import { traps } from "../support/plugin-gateway.ts";
import { Upstreams, chat, egressCluster, egressConfig, egressFilter } from "./egress-gateway.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const PATH = "/v1/chat/completions";
/** Above all bodies here. */
const BUFFERS = 8 * MIB;

const SECRETS = { first: "secret-of-first", second: "secret-of-second" };
type Name = keyof typeof SECRETS;

function provider(name: Name): object {
  const secretAccessKey = { value: SECRETS[name] };
  const keys = { accessKeyId: { value: "AKIDEXAMPLE" }, secretAccessKey };
  return { name, credential: { type: "AwsSigV4", region: "us-east-1", service: "bedrock", ...keys } };
}

const CONFIGURATION = {
  select: { hostMetadata: ["weir", "provider"] },
  providers: [provider("first"), provider("second")],
  modelMapping: { first: { mapped: "of-first" }, second: { mapped: "second's" } },
  maxHeldBytes: "4MiB",
};
/** No provider's name for a model: the hash alone needs the body. */
const { modelMapping: _, ...UNMAPPED } = CONFIGURATION;

let upstreams: Upstreams<Name>;
const envoys: EnvoyProcess[] = [];

beforeAll(async () => {
  upstreams = await Upstreams.start({ first: "OpenAi", second: "OpenAi" });
});
afterAll(async () => {
  for (const envoy of envoys) {
    expect(traps(envoy.log)).toEqual([]);
    await envoy.stop();
  }
  await upstreams?.stop();
});
beforeEach(() => upstreams.reset());

async function start(configuration: object): Promise<EnvoyProcess> {
  const endpoints = [upstreams.endpoint("first"), upstreams.endpoint("second", 1)];
  const more = { per_connection_buffer_limit_bytes: BUFFERS };
  const llm = egressCluster("llm", endpoints, [egressFilter(configuration)], more);
  const config = egressConfig({ cluster: "llm", clusters: [llm], bufferLimitBytes: BUFFERS });
  const envoy = await EnvoyProcess.start(config);
  envoys.push(envoy);
  return envoy;
}

function expectSigned(name: Name, { method, path, headers, body }: SeenRequest, sent: string): void {
  expect(body.equals(Buffer.from(sent))).toBe(true);
  const header = (each: string): string | undefined => headers[each] as string | undefined;
  expect(isSigned({ method, path, header, body }, SECRETS[name])).toBe(true);
}

/** A chat of `length` bytes. */
function chatOf(length: number, model: string): string {
  return chat(model, length - chat(model).length);
}

const WAYS: [string, (envoy: EnvoyProcess, body: string) => Promise<Answer>][] = [
  ["with its length", (envoy, body) => send(envoy.address(), { path: PATH, body })],
  ["in chunks", (envoy, body) => inChunks(envoy, body)],
  ["with trailers", (envoy, body) => send(envoy.address(), { path: PATH, body, trailers: { "x-trailer": "1" } })],
  [
    "over HTTP/2",
    async (envoy, body) => {
      const client = new Http2Client(envoy.address());
      try {
        return await client.send({ path: PATH, body });
      } finally {
        client.close();
      }
    },
  ],
];

async function inChunks(envoy: EnvoyProcess, body: string): Promise<Answer> {
  const open = new OpenRequest(envoy.address(), { path: PATH, headers: { "transfer-encoding": "chunked" } });
  for (let at = 0; at < body.length; at += 100_000) await open.write(body.slice(at, at + 100_000));
  return open.end();
}

const SIZES = [32 * KIB - 1, 32 * KIB, 1_000_000, 2 * MIB, 2 * MIB + 1];

describe.each([
  ["that is read for its model, which changes", CONFIGURATION, "mapped", "of-first"],
  ["that is read for its model, which stays", CONFIGURATION, "other", "other"],
  ["that nothing but the hash needs", UNMAPPED, "mapped", "mapped"],
])("a body %s", (_what, configuration, model, own) => {
  let envoy: EnvoyProcess;
  beforeAll(async () => {
    envoy = await start(configuration);
  });

  describe.each(SIZES)("of %i bytes", (size) => {
    test.each(WAYS)("is signed as it is sent, %s", async (_way, ask) => {
      const body = chatOf(size, model);
      expect((await ask(envoy, body)).status).toBe(200);
      const request = upstreams.mock("first").only();
      expectSigned("first", request, body.replace(model, own));
    });
  });

  test("is signed anew for each attempt", async () => {
    upstreams.mock("first").behave({ answer: { status: 503 } });
    for (const size of [1000, 500_000]) {
      upstreams.mock("first").seen = [];
      upstreams.mock("second").seen = [];
      const body = chatOf(size, model);
      expect((await send(envoy.address(), { path: PATH, body })).status).toBe(200);
      expectSigned("first", upstreams.mock("first").seen[0]!, body.replace(model, own));
      const second = model === own ? body : body.replace(model, "second's");
      expectSigned("second", upstreams.mock("second").only(), second);
    }
  });

  test("is signed, many at once", async () => {
    const bodies = Array.from({ length: 24 }, (_, i) => chatOf(30_000 + i * 40_000, model) + " ".repeat(i));
    const answers = await Promise.all(bodies.map((body) => send(envoy.address(), { path: PATH, body })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const sent = new Map(bodies.map((body) => body.replace(model, own)).map((body) => [body.length, body]));
    expect(upstreams.mock("first").seen).toHaveLength(bodies.length);
    for (const request of upstreams.mock("first").seen) {
      expectSigned("first", request, sent.get(request.body.length)!);
    }
  });
});

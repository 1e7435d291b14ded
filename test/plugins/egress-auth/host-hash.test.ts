import { createPrivateKey, generateKeyPairSync, sign as signWith } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { RequestSpec } from "../../host/exchange.ts";
import type { PluginContext } from "../../host/plugin-context.ts";
import { sign, signResult } from "../../host/sign.ts";
import { Status } from "../../host/status.ts";
import type { HostOptions } from "../../host/wasm-host.ts";
import { SEED, randomFrom } from "../../lib/seeded.ts";
import { PROVIDER_HEADER, startEgress } from "./support/egress.ts";
import { isSigned, signedPost } from "./support/signature.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const SECRET = "secret";
const CONFIG = {
  select: { header: PROVIDER_HEADER },
  providers: [
    {
      name: "bedrock",
      credential: {
        type: "AwsSigV4",
        region: "us-east-1",
        service: "bedrock",
        accessKeyId: { value: "AKIDEXAMPLE" },
        secretAccessKey: { value: SECRET },
      },
    },
  ],
  maxHeldBytes: "8MiB",
};
/** Of requests with this model the body is read as it comes, and changed. */
const MAPPED = { ...CONFIG, modelMapping: { bedrock: { "gpt-4o": "claude" } } };
const LIMIT = { bodyLimit: 16 * MIB };
const random = randomFrom(SEED);

/** A chat of `length` bytes whose model comes first or last. */
function chat(length: number, model = "gpt-4o", isLast = false): string {
  const [before, behind] = isLast
    ? ['{"messages":[{"role":"user","content":"', `"}],"model":"${model}"}`]
    : [`{"model":"${model}","messages":[{"role":"user","content":"`, '"}]}'];
  const letters = Array.from({ length: 997 }, () => String.fromCharCode(97 + random(26))).join("");
  const room = length - before.length - behind.length;
  return before + letters.repeat(Math.ceil(room / letters.length)).slice(0, room) + behind;
}

function request(body: string, more: Partial<RequestSpec> = {}): RequestSpec {
  const headers = { "content-type": "application/json", [PROVIDER_HEADER]: "bedrock" };
  return { method: "POST", path: "/v1/chat/completions", headers, body, ...more };
}

/** Expects that the provider gets this body, with its signature. */
function expectSigned(egress: PluginContext, sent: RequestSpec, body: string): void {
  const outcome = egress.send(sent);
  expect(outcome.status).toBe("forwarded");
  expect(outcome.upstream.body === body).toBe(true);
  expect(isSigned(signedPost(outcome, "/v1/chat/completions"), SECRET)).toBe(true);
}

/** A host whose `sign` is this, and which counts how often it is asked. */
function counting(answer: (argument: Uint8Array) => Uint8Array | number = sign): HostOptions & { asked: number[] } {
  const asked: number[] = [];
  const counted = (argument: Uint8Array): Uint8Array | number => {
    asked.push(argument.length);
    return answer(argument);
  };
  return { ...LIMIT, foreignFunctions: { sign: counted }, asked };
}

const SIZES = [0, 32 * KIB, 64 * KIB, 2 * MIB]
  .flatMap((size) => [size - 1, size, size + 1])
  .filter((size) => size > 64);

describe.each([...SIZES, 100, 300_000, 3 * MIB])(`a body of %i bytes (SEED=${SEED})`, (size) => {
  const isHosts = size >= 32 * KIB && size <= 2 * MIB;

  test.each<[string, Partial<RequestSpec>]>([
    ["whole", {}],
    ["over HTTP/2", { protocol: "HTTP/2" }],
    ["in pieces", { split: [1, 100, 16 * KIB, 40_000, MIB].filter((at) => at < size) }],
    ["before trailers", { trailers: { "x-trailer": "1" } }],
  ])("is signed, %s", async (_how, more) => {
    const options = counting();
    const { egress } = await startEgress(CONFIG, options);
    const body = chat(size);
    expectSigned(egress, request(body, more), body);
    expect(options.asked).toHaveLength(isHosts ? 1 : 0);
  });

  test.each([false, true])("is signed where its length isn't known, the model mapped: %s", async (isMapped) => {
    const { egress } = await startEgress(isMapped ? MAPPED : CONFIG, LIMIT);
    const body = chat(size);
    const pieces: string[] = [];
    for (let at = 0; at < size; at += 20_000) pieces.push(body.slice(at, at + 20_000));
    expectSigned(egress, { ...request(body), body: pieces }, isMapped ? body.replace("gpt-4o", "claude") : body);
  });

  test.each([
    ["first", false],
    ["last", true],
  ])("is signed with another model, which comes %s", async (_where, isLast) => {
    const { egress } = await startEgress(MAPPED, LIMIT);
    const body = chat(size, "gpt-4o", isLast);
    expectSigned(egress, request(body), body.replace("gpt-4o", "claude"));
  });

  test("is signed after it was read for its model, which stays", async () => {
    const options = counting();
    const { egress } = await startEgress(MAPPED, options);
    const body = chat(size, "other");
    expectSigned(egress, request(body), body);
    expect(options.asked).toHaveLength(isHosts ? 1 : 0);
  });
});

/** Hosts that give no hash, or a wrong one. */
const OTHERS: [string, (argument: Uint8Array) => Uint8Array | number][] = [
  ["has no such function", () => Status.NotFound],
  ["fails", () => Status.InternalFailure],
  ["refuses the key", () => Buffer.from([0x1a, 2, 110, 111])],
  ["gives nothing", () => new Uint8Array(0)],
  ["gives an empty signature", () => signResult(new Uint8Array(0))],
  ["gives zeros", () => signResult(new Uint8Array(64))],
  ["gives any bytes", () => signResult(Uint8Array.from({ length: 64 }, () => random(256)))],
  ["gives a part of the result", (argument) => sign(argument).subarray(0, 40)],
  ["gives a signature with a bit changed", (argument) => sign(argument).map((byte, i) => (i === 40 ? byte ^ 1 : byte))],
  [
    "signs with another key",
    (argument) =>
      signResult(
        signWith("sha256", argument.subarray(360), generateKeyPairSync("rsa", { modulusLength: 512 }).privateKey),
      ),
  ],
  ["signs another text", (argument) => signResult(signWith("sha256", Buffer.from("another"), knownKey(argument)))],
  ["signs another hash", (argument) => signResult(signWith("sha1", argument.subarray(-40_000), knownKey(argument)))],
];

/** The key in a call's argument. */
function knownKey(argument: Uint8Array): ReturnType<typeof createPrivateKey> {
  const at = 2 + "sha256".length + 3;
  return createPrivateKey({ key: Buffer.from(argument.subarray(at, at + 344)), format: "der", type: "pkcs8" });
}

describe.each(OTHERS)("a host that %s", (_what, answer) => {
  test("is asked once, and signatures are right", async () => {
    const options = counting(answer);
    const { egress } = await startEgress(MAPPED, options);
    for (const size of [40_000, 100_000, 40_000, 1000]) {
      const body = chat(size);
      expectSigned(egress, request(body), body.replace("gpt-4o", "claude"));
    }
    expect(options.asked).toHaveLength(1);
  });
});

test("a host that stops giving hashes isn't asked again", async () => {
  let isWorking = true;
  const options = counting((argument) => (isWorking ? sign(argument) : Status.InternalFailure));
  const { egress } = await startEgress(CONFIG, options);
  const body = chat(50_000);
  for (let i = 0; i < 6; i++) {
    isWorking = i < 3;
    expectSigned(egress, request(body), body);
  }
  expect(options.asked).toHaveLength(4);
});

test("bodies of any size, one after the other, are signed by one VM", async () => {
  const { egress } = await startEgress(MAPPED, LIMIT);
  for (let i = 0; i < 100; i++) {
    const size = 100 + random(random(2) === 0 ? 100_000 : 2_500_000);
    const body = chat(size, "gpt-4o", random(2) === 0);
    const split = Array.from({ length: random(4) }, () => random(size)).sort((a, b) => a - b);
    expectSigned(egress, request(body, { split }), body.replace("gpt-4o", "claude"));
  }
});

test("a body that is larger than may be held is refused, whether it is read or not", async () => {
  for (const config of [CONFIG, MAPPED]) {
    const { egress } = await startEgress({ ...config, maxHeldBytes: "64KiB" }, LIMIT);
    const fits = chat(64 * KIB, "other");
    expectSigned(egress, request(fits), fits);
    for (const split of [[], [40_000], [64 * KIB]]) {
      const { localReply } = egress.send(request(chat(64 * KIB + 1), { split }));
      expect([localReply?.status, localReply?.details]).toEqual([413, "weir.egress-auth.held_too_large"]);
    }
  }
});

test("a form that JSON is sent as is refused for a field in it, however large", async () => {
  const { egress } = await startEgress(CONFIG, LIMIT);
  const headers = { "content-type": "application/x-www-form-urlencoded", [PROVIDER_HEADER]: "bedrock" };
  for (const size of [1000, 100_000]) {
    const body = chat(size, "other");
    expectSigned(egress, request(body, { headers }), body);
    const { localReply } = egress.send(request(body.replace('"}]', '&a=1"}]'), { headers }));
    expect(localReply?.details).toBe("weir.egress-auth.unsupported_encoding");
  }
});

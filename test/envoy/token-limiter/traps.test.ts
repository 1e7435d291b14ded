import { afterAll, describe, expect, test } from "vitest";
import { Gate } from "../support/gate.ts";
import { type Listener, traps } from "../support/plugin-gateway.ts";
import { until } from "../support/until.ts";
import { BrokenWasm, type Callback } from "./broken-wasm.ts";
import {
  AMOUNT,
  COUNTING,
  TOKENS,
  ask,
  charged,
  chat,
  left,
  logged,
  newConsumer,
  useLimiter,
} from "./limiter-gateway.ts";

const broken = new BrokenWasm();
afterAll(() => broken.remove());

const OTHERS: Callback[] = [
  "proxy_on_request_headers",
  "proxy_on_response_headers",
  "proxy_on_response_body",
  "proxy_on_log",
];
const PARALLEL = { name: "parallel", by: ["consumer"], count: "Concurrent", amount: 1 };
const LEASED = { ...COUNTING, limits: [TOKENS, PARALLEL], reserve: { input: "None", ttl: "1s" } };

/** The token-limiter with a broken callback: another VM, but with the accounts that the whole ones use. */
const crippled = (wasm: string): Listener => ({ configuration: LEASED, filter: { wasm } });

const limiter = useLimiter(
  {
    gateway: { configuration: COUNTING },
    ...Object.fromEntries(
      OTHERS.map((callback) => {
        const wasm = broken.trapping(callback);
        return [`later ${callback}`, { configuration: COUNTING, after: [{ name: callback, wasm }] }];
      }),
    ),
    ...Object.fromEntries(
      OTHERS.map((callback) => {
        const wasm = broken.trapping(callback);
        return [`earlier ${callback}`, { configuration: COUNTING, before: [{ name: `${callback}-before`, wasm }] }];
      }),
    ),
    leased: { configuration: LEASED },
    trapping: crippled(broken.limiterTrapping("proxy_on_response_headers")),
    "trapping at the end": crippled(broken.limiterTrapping("proxy_on_log")),
    timeless: crippled(broken.limiterWithout("proxy_on_tick")),
  },
  { mayTrap: true },
);

const USAGE = { prompt_tokens: 1200, completion_tokens: 34, total_tokens: 1234 };
const ONE = { prompt_tokens: 1, completion_tokens: 0, total_tokens: 1 };

describe("a trap in another filter's VM", () => {
  test.each(OTHERS)("after the limiter, in %s: what passed is charged once", async (callback) => {
    const consumer = newConsumer();
    limiter.providers.provider.behave({ usage: USAGE });
    await ask(limiter, consumer, { listener: `later ${callback}` }).catch(() => undefined);
    const line = await charged(limiter, consumer);
    if (callback === "proxy_on_log") expect(line).toMatchObject({ "limit.tokens": "1234", usage_source: "reported" });
    else expect(line).toMatchObject({ output_tokens: "0", usage_source: "estimated" });
  });

  test.each(OTHERS.slice(1))(
    "before the limiter, in %s: what the provider answered is charged once",
    async (callback) => {
      const consumer = newConsumer();
      limiter.providers.provider.behave({ usage: USAGE });
      await ask(limiter, consumer, { listener: `earlier ${callback}` }).catch(() => undefined);
      const line = await charged(limiter, consumer);
      expect(Number(line["limit.tokens"])).toBeGreaterThan(0);
      expect(Number(line["limit.tokens"])).toBeLessThanOrEqual(1234);
    },
  );
});

describe("a trap in the limiter's own VM", () => {
  /** Asks until the only place for parallel requests is free again, which tells that the lease has expired. */
  const expired = (consumer: string): Promise<true> =>
    until("the lease has expired", async () => {
      const answer = await ask(limiter, consumer, { listener: "leased", json: chat({ max_tokens: 1 }) });
      return answer.status === 200 || undefined;
    });

  test.each(["trapping", "trapping at the end"])(
    "while it holds a reservation charges that when it expires (%s)",
    async (listener) => {
      const consumer = newConsumer();
      limiter.providers.provider.behave({ usage: ONE });
      await ask(limiter, consumer, { listener, json: chat({ max_tokens: 5000 }) }).catch(() => undefined);
      expect(await left(limiter, consumer)).toBe(AMOUNT - 5000);
      expect((await ask(limiter, consumer, { listener: "leased", json: chat({ max_tokens: 1 }) })).status).toBe(429);
      await expired(consumer);
      await logged(limiter, consumer, 2);
      await until(
        "the last request is settled",
        async () => (await left(limiter, consumer)) === AMOUNT - 5001 || undefined,
      );
    },
  );

  test("leaves the next request to a fresh VM, which knows what is owed", async () => {
    const consumer = newConsumer();
    limiter.providers.provider.behave({ usage: USAGE });
    await ask(limiter, consumer, { listener: "leased" });
    await logged(limiter, consumer);
    const listener = "trapping at the end";
    expect((await ask(limiter, newConsumer(), { listener })).status).toBe(200);
    const { headers } = await until("a fresh VM answers", async () => {
      const answer = await ask(limiter, consumer, { listener, json: chat({ max_tokens: AMOUNT }) });
      return answer.status === 429 ? answer : undefined;
    });
    expect(headers["x-ratelimit-remaining-tokens"]).toBe(String(AMOUNT - 1234));
    expect(traps(limiter.envoy.log)).not.toEqual([]);
  });

  test("is corrected by what a stream tells that outlives its lease", async () => {
    const consumer = newConsumer();
    const gate = new Gate();
    limiter.providers.provider.behave({ until: gate.opened, usage: USAGE });
    const asked = ask(limiter, consumer, { listener: "timeless", json: chat({ max_tokens: 5000 }) });
    await until("it is reserved", () => limiter.providers.provider.seen.length === 1 || undefined);
    limiter.providers.provider.behave({ usage: ONE });
    await expired(consumer);
    await until("5001 are charged", async () => (await left(limiter, consumer)) === AMOUNT - 5001 || undefined);
    gate.release();
    expect((await asked).status).toBe(200);
    await until("1235 are charged", async () => (await left(limiter, consumer)) === AMOUNT - 1235 || undefined);
  });

  test("alone ends a lease: ticks renew that of a stream which lives longer", async () => {
    const [consumer, forgotten] = [newConsumer(), newConsumer()];
    const { provider } = limiter.providers;
    const gate = new Gate();
    provider.behave({ until: gate.opened, usage: USAGE });
    const asked = ask(limiter, consumer, { listener: "leased", json: chat({ max_tokens: 5000 }) });
    await until("it is reserved", () => provider.seen.length === 1 || undefined);
    const late = ask(limiter, forgotten, { listener: "timeless" });
    await until("one that is made later is reserved too", () => provider.seen.length === 2 || undefined);
    provider.behave({ usage: ONE });
    await expired(forgotten);
    const refused = await ask(limiter, consumer, { listener: "leased", json: chat({ max_tokens: 1 }) });
    expect(refused.status).toBe(429);
    gate.release();
    expect([(await asked).status, (await late).status]).toEqual([200, 200]);
    await until("it is settled", async () => (await left(limiter, consumer)) === AMOUNT - 1234 || undefined);
  });
});

import { describe, expect, test } from "vitest";
import { type Answer, Http2Client } from "../support/client.ts";
import { Gate } from "../support/gate.ts";
import { until } from "../support/until.ts";
import { ask, chat, logged, newConsumer, useLimiter } from "./limiter-gateway.ts";

const WORKERS = 4;
const REQUESTS = 1000;
const CONNECTIONS = 50;
const FITTING = 100;
/** What each request may write, and what it does. */
const TOKENS = 10;
const ALGORITHMS = ["SlidingWindow", "FixedWindow", "TokenBucket"];

/** Holds exactly `requests` of them at once; its window is longer than any test. */
const limit = (algorithm: string, name: string, by: unknown[], requests = FITTING): object => ({
  name,
  by,
  count: "Output",
  amount: requests * TOKENS,
  per: "30d",
  algorithm,
});

const COMMON = { consumer: [{ header: "x-consumer" }] };
const one = (algorithm: string): object => ({ ...COMMON, limits: [limit(algorithm, "one", ["consumer"])] });
/** Two models and four tenants share what the consumer has; the limit that is used up last is asked first. */
const three = (algorithm: string): object => ({
  ...COMMON,
  limits: [
    limit(algorithm, "all", ["consumer"]),
    limit(algorithm, "model", ["model", "consumer"], FITTING / 2),
    limit(algorithm, "tenant", [{ header: "x-tenant" }, "consumer"], FITTING / 4),
  ],
});
const PARALLEL = { ...COMMON, limits: [{ name: "parallel", by: ["consumer"], count: "Concurrent", amount: FITTING }] };

const limiter = useLimiter(
  Object.fromEntries(
    ALGORITHMS.flatMap((algorithm) => [
      [algorithm, { configuration: one(algorithm) }],
      [`three ${algorithm}`, { configuration: three(algorithm) }],
    ]).concat([["parallel", { configuration: PARALLEL }]]),
  ),
  { concurrency: WORKERS },
);

/** Answers that use as much, and wait for the gate. */
function holdAnswers(tokens: number): Gate {
  const gate = new Gate();
  const usage = { prompt_tokens: 7, completion_tokens: tokens, total_tokens: 7 + tokens };
  limiter.providers.provider.behave({ until: gate.opened, usage });
  return gate;
}

/** What came of many requests at once. */
class Rush {
  readonly refused: number[] = [];
  readonly answered: Answer[] = [];
  private readonly clients: Http2Client[];

  constructor(
    listener: string,
    private readonly consumer: string,
    private readonly numbers: number[],
  ) {
    this.clients = Array.from({ length: CONNECTIONS }, () => new Http2Client(limiter.address(listener)));
    this.ended = Promise.all(numbers.map((number, at) => this.ask(number, this.clients[at % CONNECTIONS]!)));
    this.ended.catch(() => undefined);
  }

  private readonly ended: Promise<unknown>;

  private async ask(number: number, client: Http2Client): Promise<void> {
    const answer = await client.send({
      path: "/v1/chat/completions",
      headers: { "x-consumer": this.consumer, "x-tenant": `tenant-${(number >> 1) % 4}` },
      body: JSON.stringify(chat({ model: `model-${number % 2}`, max_tokens: TOKENS })),
    });
    if (answer.status === 429) this.refused.push(number);
    else this.answered.push(answer);
  }

  /** Resolves when each request is refused, or is with the provider, whose answers are held; says how many those are. */
  decided(): Promise<number> {
    return until(
      "all are decided",
      () => {
        const passed = limiter.providers.provider.seen.length;
        return this.refused.length + passed >= this.numbers.length ? passed : undefined;
      },
      8000,
    );
  }

  async end(): Promise<void> {
    await this.ended;
    for (const client of this.clients) client.close();
    expect(this.answered.map(({ status, isWhole }) => [status, isWhole])).toEqual(this.answered.map(() => [200, true]));
  }
}

const ALL = Array.from({ length: REQUESTS }, (_, number) => number);

/** What is left, once every account has settled: what a last request may not have, it is told. */
async function leftAfter(listener: string, consumer: string, json: object): Promise<number> {
  const { status, headers } = await ask(limiter, consumer, { listener, json, headers: { "x-tenant": "tenant-0" } });
  expect(status).toBe(429);
  return Number(headers["x-ratelimit-remaining-tokens"]);
}

async function settled(listener: string, consumer: string, tokens: number, json: object): Promise<void> {
  await until(`${tokens} tokens are left`, async () => {
    return (await leftAfter(listener, consumer, json)) === tokens || undefined;
  });
}

describe.each(ALGORITHMS)("1,000 requests at once over 4 workers, %s", (algorithm) => {
  test("exactly the 100 that fit pass, and are charged what they used to the token", async () => {
    const gate = holdAnswers(TOKENS);
    const consumer = newConsumer();
    const rush = new Rush(algorithm, consumer, ALL);
    expect(await rush.decided()).toBe(FITTING);
    gate.release();
    await rush.end();
    expect([rush.answered.length, rush.refused.length]).toEqual([FITTING, REQUESTS - FITTING]);
    expect(limiter.providers.provider.seen.length).toBe(FITTING);
    await settled(algorithm, consumer, 0, chat({ max_tokens: 1 }));
  });

  test("what was reserved and not used comes back", async () => {
    const gate = holdAnswers(TOKENS - 3);
    const consumer = newConsumer();
    const rush = new Rush(algorithm, consumer, ALL);
    expect(await rush.decided()).toBe(FITTING);
    gate.release();
    await rush.end();
    await settled(algorithm, consumer, 3 * FITTING, chat({ max_tokens: FITTING * TOKENS }));
  });

  test("what was used beyond the reservation is owed", async () => {
    const gate = holdAnswers(TOKENS * 3);
    const consumer = newConsumer();
    const rush = new Rush(algorithm, consumer, ALL);
    expect(await rush.decided()).toBe(FITTING);
    gate.release();
    await rush.end();
    await settled(algorithm, consumer, 0, chat({ max_tokens: 1 }));
    const { headers } = await ask(limiter, consumer, { listener: algorithm, json: chat({ max_tokens: 1 }) });
    // A debt of two periods more than the one that is over.
    expect(Number(headers["retry-after"])).toBeGreaterThan(2 * 30 * 86_400 - 86_400);
  });

  test("three limits with different keys never let more pass, and all that fit after retries", async () => {
    const gate = holdAnswers(TOKENS);
    const consumer = newConsumer();
    const listener = `three ${algorithm}`;
    const rushes = [new Rush(listener, consumer, ALL)];
    let passed = await rushes[0]!.decided();
    expect(passed).toBeLessThanOrEqual(FITTING);
    for (const number of [...rushes[0]!.refused]) {
      if (passed === FITTING) break;
      const retry = new Rush(listener, consumer, [number]);
      rushes.push(retry);
      await until("the retry is decided", () => {
        const seen = limiter.providers.provider.seen.length;
        return seen > passed || retry.refused.length > 0 || undefined;
      });
      passed = limiter.providers.provider.seen.length;
    }
    expect(passed).toBe(FITTING);
    gate.release();
    for (const rush of rushes) await rush.end();
    expect(rushes.flatMap((rush) => rush.answered).length).toBe(FITTING);
    await settled(listener, consumer, 0, chat({ model: "model-0", max_tokens: 1 }));
  });
});

test("no more than 100 run at once over 4 workers, and as many again when these are over", async () => {
  const consumer = newConsumer();
  for (let round = 1; round <= 2; round++) {
    const gate = holdAnswers(TOKENS);
    const rush = new Rush("parallel", consumer, ALL);
    expect(await rush.decided()).toBe(FITTING);
    gate.release();
    await rush.end();
    expect(rush.refused.length).toBe(REQUESTS - FITTING);
    await logged(limiter, consumer, round * REQUESTS);
    limiter.providers.reset();
  }
});

test("all workers took part", async () => {
  const stats = await limiter.envoy.stats(".downstream_cx_total");
  const busy = [...stats].filter(([name, count]) => /\.worker_\d+\./.test(name) && count > 0);
  const workers = new Set(busy.map(([name]) => /worker_\d+/.exec(name)![0]));
  expect(workers.size).toBe(WORKERS);
});

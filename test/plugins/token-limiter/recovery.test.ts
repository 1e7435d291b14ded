import { describe, expect, test } from "vitest";
import {
  addLimiter,
  answer,
  chat,
  left,
  open,
  outputLimit,
  rateHeaders,
  startLimiter,
  verdict,
  type Limit,
} from "./support/limiter.ts";

const SECOND = 1000;
/** How far into its minute each test begins; the host's clock starts with one. */
const INTO_MINUTE = 15 * SECOND;

async function startInMinute(limit: Limit) {
  const started = await startLimiter({ limits: [outputLimit(limit)] });
  started.host.tick(INTO_MINUTE);
  return started;
}

/** A denied request's headers by hand, of 100 tokens a minute of which `used` are used 15 s into a minute. */
const RECOVERIES: [name: string, limit: Limit, used: number, asked: number, told: Record<string, string>][] = [
  [
    "FixedWindow: with the next window",
    { algorithm: "FixedWindow" },
    60,
    60,
    { "retry-after": "45", "limit-tokens": "100", "remaining-tokens": "40", "reset-tokens": "45" },
  ],
  [
    "SlidingWindow: when 40 of the last window's 60 still count",
    { algorithm: "SlidingWindow" },
    60,
    60,
    { "retry-after": "65", "limit-tokens": "100", "remaining-tokens": "40", "reset-tokens": "105" },
  ],
  [
    "TokenBucket: when the 20 that are missing have come, one in 600 ms",
    { algorithm: "TokenBucket" },
    60,
    60,
    { "retry-after": "12", "limit-tokens": "100", "remaining-tokens": "40", "reset-tokens": "36" },
  ],
  [
    "TokenBucket with burst: by the amount, up to the burst",
    { algorithm: "TokenBucket", burst: 200 },
    150,
    100,
    { "retry-after": "30", "limit-tokens": "200", "remaining-tokens": "50", "reset-tokens": "90" },
  ],
  [
    "FixedWindow in debt: each window pays 100",
    { algorithm: "FixedWindow" },
    250,
    60,
    { "retry-after": "165", "limit-tokens": "100", "remaining-tokens": "0", "reset-tokens": "165" },
  ],
  [
    "SlidingWindow in debt: the third window begins with 50 of the last",
    { algorithm: "SlidingWindow" },
    250,
    60,
    { "retry-after": "177", "limit-tokens": "100", "remaining-tokens": "0", "reset-tokens": "225" },
  ],
  [
    "TokenBucket in debt: 210 have to come",
    { algorithm: "TokenBucket" },
    250,
    60,
    { "retry-after": "126", "limit-tokens": "100", "remaining-tokens": "0", "reset-tokens": "150" },
  ],
];

describe("a request that is denied passes when it was told to come back", () => {
  test.each(RECOVERIES)("%s", async (_name, limit, used, asked, told) => {
    const { host, limiter } = await startInMinute(limit);
    limiter.send(chat(1), answer(used));
    const denied = limiter.send(chat(asked), answer(0));
    expect({ status: denied.client.status, ...rateHeaders(denied) }).toEqual({ status: 429, ...told });
    const wait = Number(told["retry-after"]) * SECOND;
    host.tick(wait - 1);
    expect(verdict(limiter.send(chat(asked), answer(0)))).toBe("429 limited");
    host.tick(1);
    expect(verdict(limiter.send(chat(asked), answer(0)))).toBe("passed");
  });

  test("even if everybody whose tokens are reserved uses all of them", async () => {
    const { host, limiter } = await startInMinute({ algorithm: "FixedWindow" });
    const stream = open(limiter, chat(100));
    const denied = limiter.send(chat(60));
    expect(rateHeaders(denied)).toMatchObject({ "retry-after": "45", "remaining-tokens": "0" });
    stream.respond(answer(100));
    host.tick(45 * SECOND);
    expect(verdict(limiter.send(chat(60), answer(0)))).toBe("passed");
  });

  test("and sooner when they use less", async () => {
    const { limiter } = await startInMinute({});
    const stream = open(limiter, chat(100));
    expect(verdict(limiter.send(chat(60)))).toBe("429 limited");
    stream.respond(answer(10));
    expect(verdict(limiter.send(chat(60), answer(0)))).toBe("passed");
  });

  test("rounded up to whole seconds, so that it is never told to come too early", async () => {
    const { host, limiter } = await startInMinute({ algorithm: "TokenBucket" });
    limiter.send(chat(1), answer(60));
    expect(rateHeaders(limiter.send(chat(41)))["retry-after"]).toBe("1");
    host.tick(600);
    expect(verdict(limiter.send(chat(41), answer(0)))).toBe("passed");
  });
});

describe("a limit of requests", () => {
  test("tells of requests, not of tokens", async () => {
    const { limiter } = await startInMinute({ count: "Requests", amount: 1, algorithm: "FixedWindow" });
    limiter.send(chat(1), answer(5));
    const denied = limiter.send(chat(1));
    expect(rateHeaders(denied)).toEqual({
      "retry-after": "45",
      "limit-requests": "1",
      "remaining-requests": "0",
      "reset-requests": "45",
    });
    expect(JSON.parse(denied.localReply!.body).error.message).toMatch(/^The rate limit is reached/);
  });

  test("at once says one second", async () => {
    const { limiter } = await startInMinute({ count: "Concurrent", amount: 1, per: undefined });
    open(limiter, chat(1));
    expect(rateHeaders(limiter.send(chat(1)))["retry-after"]).toBe("1");
  });
});

describe("debt is carried from window to window", () => {
  test.each([
    ["FixedWindow", [0, 0, 50, 100]],
    ["SlidingWindow", [0, 0, 0, 50, 100]],
  ])("%s: at each window's beginning", async (algorithm, expected) => {
    const { host, limiter } = await startLimiter({ limits: [outputLimit({ algorithm })] });
    limiter.send(chat(1), answer(250));
    const seen = [left(limiter)];
    for (let window = 1; window < expected.length; window++) {
      host.tick(60 * SECOND);
      seen.push(left(limiter));
    }
    expect(seen).toEqual(expected);
  });

  test("TokenBucket: the level is negative, and rises evenly", async () => {
    const { host, limiter } = await startLimiter({ limits: [outputLimit({ algorithm: "TokenBucket" })] });
    limiter.send(chat(1), answer(250));
    const seen = [left(limiter)];
    for (const seconds of [90, 30, 30]) {
      host.tick(seconds * SECOND);
      seen.push(left(limiter));
    }
    expect(seen).toEqual([0, 0, 50, 100]);
  });

  test("and no pause is so long that more than one window's amount is there", async () => {
    for (const algorithm of ["FixedWindow", "SlidingWindow", "TokenBucket"]) {
      const { host, limiter } = await startLimiter({ limits: [outputLimit({ algorithm })] });
      limiter.send(chat(1), answer(50));
      host.tick(3600 * SECOND);
      expect(left(limiter)).toBe(100);
    }
  });

  test.each([
    ["FixedWindow", 300],
    ["SlidingWindow", 301],
    ["TokenBucket", 241],
  ])("%s: by the amount that a changed configuration says, as the client is told", async (algorithm, wait) => {
    const { host, limiter } = await startLimiter({ limits: [outputLimit({ algorithm })] });
    limiter.send(chat(1), answer(5000));
    const larger = addLimiter(host, { limits: [outputLimit({ algorithm, amount: 1000 })] });
    expect(rateHeaders(larger.send(chat(10)))["retry-after"]).toBe(`${wait}`);
    host.tick((wait - 2) * SECOND);
    expect(verdict(larger.send(chat(10)))).toBe("429 limited");
    host.tick(2 * SECOND);
    expect(verdict(larger.send(chat(10)))).toBe("passed");
  });

  test("a changed configuration that denies a request takes nothing of its other limits for it", async () => {
    const roomy = outputLimit({ name: "roomy", amount: 10_000, per: "1h" });
    const { host, limiter } = await startLimiter({ limits: [roomy, outputLimit({ amount: 50, per: "1h" })] });
    limiter.send(chat(1), answer(100));
    const changed = addLimiter(host, { limits: [roomy, outputLimit({ per: "1h" })] });
    expect(verdict(changed.send(chat(10)))).toBe("429 limited");
    expect(left(addLimiter(host, { limits: [roomy] }))).toBe(9900);
  });
});

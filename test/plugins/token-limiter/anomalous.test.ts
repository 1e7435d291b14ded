import { describe, expect, test } from "vitest";
import { FilterState } from "../../host/filter-state.ts";
import { type PluginContext } from "../../host/plugin-context.ts";
import { VM_ID, Workers } from "../usage-telemetry/support/anomalies.ts";
import { type Telemetry } from "../usage-telemetry/support/telemetry.ts";
import { addLimiter, answer, chat, left, outputLimit, rateHeaders, startLimiter, verdict } from "./support/limiter.ts";

const FOR_MS = 600_000;

/** A limiter beside a telemetry that has just found consumer `a` to use too many tokens; `b` is as usual. */
async function tightened(limit: object, config: object = {}, vmId = VM_ID): Promise<PluginContext> {
  const workers = await Workers.start(2, { tighten: { for: "10m" } });
  workers.warmUp(() => ["a", "b"].forEach((name) => workers.call(name, 1000)));
  workers.call("a", 100_000);
  workers.pass(60_000);
  expect(workers.warnings).toEqual([expect.stringMatching(/"a": tokens 100000 .*; limits are tighter$/)]);
  const { limiter } = await startLimiter(
    { limits: [outputLimit({ whenAnomalous: 0.25, ...limit })], ...config },
    { process: workers.process, vmId },
  );
  return limiter;
}

const by = (consumer: string) => ({ "x-consumer": consumer });

describe("a consumer that behaves unusually", () => {
  test("has its share of the amount, and is told so; others have all of it", async () => {
    const limiter = await tightened({});
    expect(left(limiter)).toBe(25);
    expect(left(limiter, chat(1, {}, by("b")))).toBe(100);
    const outcome = limiter.send(chat(20), answer(20));
    expect(rateHeaders(outcome)).toMatchObject({ "limit-tokens": "25", "remaining-tokens": "5" });
    expect(verdict(limiter.send(chat(6), answer(6)))).toBe("429 limited");
    expect(verdict(limiter.send(chat(60, {}, by("b")), answer(60)))).toBe("passed");
  });

  test("has all of it again when the time is over", async () => {
    const limiter = await tightened({});
    limiter.host.tick(FOR_MS - 2000);
    expect(left(limiter)).toBe(25);
    limiter.host.tick(2000);
    expect(left(limiter)).toBe(100);
  });

  test("has all of it again when the clock is set back so far that nothing can have told of it yet", async () => {
    const limiter = await tightened({});
    limiter.host.process.clock.setBack(86_400_000);
    expect(left(limiter)).toBe(100);
  });

  test("is told to wait with what only the whole amount has room for", async () => {
    const limiter = await tightened({});
    const refused = limiter.send(chat(50));
    expect(verdict(refused)).toBe("429 limited");
    const seconds = Number(rateHeaders(refused)["retry-after"]);
    limiter.host.tick(seconds * 1000);
    expect(verdict(limiter.send(chat(50), answer(50)))).toBe("passed");
    expect(verdict(limiter.send(chat(101)))).toBe("400 request_too_large");
  });

  test("is not told to wait with what not even the whole amount has room for", async () => {
    const limiter = await tightened({});
    const { localReply } = limiter.send(chat(101));
    expect(localReply?.details).toBe("weir.token-limiter.request_too_large");
    expect(String(localReply?.body)).toContain("up to 101 tokens; at most 100 are allowed");
  });

  test.each([
    ["a bucket and its burst", { algorithm: "TokenBucket", burst: 400 }, 100],
    ["a fixed window", { algorithm: "FixedWindow" }, 25],
    ["at least one of an amount", { amount: 2, whenAnomalous: 0.001 }, 1],
    ["all of it", { whenAnomalous: 1 }, 100],
  ])("has its share of %s", async (_name, limit, expected) => {
    expect(left(await tightened(limit))).toBe(expected);
  });

  test("has its share of what may be under way", async () => {
    const limiter = await tightened({ count: "Concurrent", amount: 4, per: undefined, whenAnomalous: 0.5 });
    const open = () => {
      const stream = limiter.stream();
      stream.request(chat(1));
      return stream.localReply?.status;
    };
    expect([open(), open(), open()]).toEqual([undefined, undefined, 429]);
  });

  test("counts as denied by that limit", async () => {
    const limiter = await tightened({});
    limiter.send(chat(50));
    limiter.host.tick(1000);
    expect(
      limiter.host.process.metrics.counter("weir.token-limiter.requests.limit.=.tokens.=;.outcome.=.denied.=;."),
    ).toBe(1);
  });
});

test.each([
  ["a limit without whenAnomalous", { whenAnomalous: undefined }, {}, VM_ID],
  ["another VM id", {}, {}, "another"],
])("%s is not tighter", async (_name, limit, config, vmId) => {
  expect(left(await tightened(limit, config, vmId))).toBe(100);
});

test("what all keys share that have no account of their own is not tighter for the sake of one", async () => {
  const limiter = await tightened({}, { store: { maxKeys: 1 } });
  const keeper = limiter.stream();
  keeper.request(chat(1, {}, by("c")));
  expect(left(limiter)).toBe(100);
  expect(left(limiter, chat(1, {}, by("b")))).toBe(100);
});

test("errors are mostly the provider's, and tighten nothing", async () => {
  const workers = await Workers.start(1, { tighten: { for: "10m" } });
  const send = (status: number): void => {
    for (let i = 0; i < 20; i++) workers.call("a", 1, status);
  };
  workers.warmUp(() => send(200));
  send(500);
  workers.pass();
  expect(workers.warnings).toEqual([expect.stringMatching(/errors 100% .*deviation 5%$/)]);
  const { limiter } = await startLimiter(
    { limits: [outputLimit({ whenAnomalous: 0.25 })] },
    { process: workers.process, vmId: VM_ID },
  );
  expect(left(limiter)).toBe(100);
});

test("at most 256 consumers are limited so at once", async () => {
  const workers = await Workers.start(1, { tighten: { for: "10m" } });
  const names = Array.from({ length: 260 }, (_, i) => `c-${i}`);
  workers.warmUp(() => names.forEach((name) => workers.call(name, 1)));
  names.forEach((name) => workers.call(name, 100_000));
  workers.pass();
  expect(workers.warnings.filter((line) => line.includes("limits are tighter")).length).toBe(256);
  const { host } = await startLimiter({ limits: [] }, { process: workers.process, vmId: VM_ID });
  const limiter = addLimiter(host, { limits: [outputLimit({ whenAnomalous: 0.25 })] });
  const room = names.map((name) => left(limiter, chat(1, {}, by(name))));
  expect([room.filter((each) => each === 25).length, room.filter((each) => each === 100).length]).toEqual([256, 4]);
});

test("a name that is no UTF-8 is found again", async () => {
  const name = Uint8Array.from([0x61, 0xff, 0xc3]);
  const published = (): FilterState => {
    const state = new FilterState();
    state.set("weir.consumer", name);
    return state;
  };
  const workers = await Workers.start(1, { tighten: { for: "10m" } });
  const [{ telemetry }] = workers.all as [Telemetry];
  const use = (tokens: number): void => {
    const stream = telemetry.stream({ filterState: published() });
    stream.request(chat(1));
    stream.respond(answer(tokens));
    stream.finish();
  };
  workers.warmUp(() => use(1));
  use(100_000);
  workers.pass();
  const limits = [outputLimit({ whenAnomalous: 0.25 })];
  const { limiter } = await startLimiter({ limits }, { process: workers.process, vmId: VM_ID });
  const stream = limiter.stream({ filterState: published() });
  stream.request(chat(50));
  expect(stream.localReply?.status).toBe(429);
});

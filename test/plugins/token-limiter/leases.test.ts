import { describe, expect, test } from "vitest";
import { HostProcess } from "../../host/host-process.ts";
import { type Stream } from "../../host/stream.ts";
import {
  addLimiter,
  answer,
  chat,
  delta,
  left,
  open,
  outputLimit,
  startLimiter,
  textOf,
  events,
  verdict,
  type Config,
} from "./support/limiter.ts";

const SECOND = 1000;
const TTL = 120 * SECOND;
const HOUR = 3600 * SECOND;
const hourly = outputLimit({ per: "1h", algorithm: "FixedWindow" });

/** Time passes without a tick, as in a process that is not scheduled, or for a stream whose VM is gone. */
function passWithoutTicks(host: { process: HostProcess; fail: Record<string, number> }, milliseconds: number): void {
  host.process.clock.advance(milliseconds);
}

describe("a stream's reservation", () => {
  test("lasts as long as the stream, however quiet that is", async () => {
    const { host, limiter } = await startLimiter({ limits: [hourly] });
    const stream = open(limiter, chat(60));
    for (let i = 0; i < 20; i++) {
      host.tick(TTL);
      expect(left(limiter)).toBe(40);
    }
    stream.respond(answer(10));
    expect(left(limiter)).toBe(90);
  });

  test("lasts in whatever order others begin and end", async () => {
    const { host, limiter } = await startLimiter({ limits: [hourly] });
    const [first, , third] = [10, 5, 5].map((most) => open(limiter, chat(most)));
    first!.respond(answer(1));
    const [fourth] = [20, 5].map((most) => open(limiter, chat(most)));
    third!.respond(answer(2));
    for (let i = 0; i < 40; i++) host.tick(TTL);
    expect(left(limiter)).toBe(70);
    fourth!.respond(answer(7));
    expect(left(limiter)).toBe(83);
  });

  test("is charged as reserved when its VM is gone, and not before its time", async () => {
    const process = new HostProcess();
    const { host, limiter } = await startLimiter({ limits: [hourly] }, { process });
    const other = await startLimiter({ limits: [hourly] }, { process, seed: 2 });
    open(limiter, chat(60));
    limiter.delete();
    expect(left(other.limiter)).toBe(40);
    passWithoutTicks(host, TTL);
    expect(left(other.limiter)).toBe(40);
    passWithoutTicks(host, TTL);
    expect(left(other.limiter)).toBe(40);
    passWithoutTicks(host, HOUR);
    expect(left(other.limiter)).toBe(100);
  });

  test("is corrected by a settlement that comes after it was charged", async () => {
    const process = new HostProcess();
    const sleeping = await startLimiter(
      { limits: [hourly] },
      { process, fail: { proxy_set_tick_period_milliseconds: 12 } },
    );
    const other = await startLimiter({ limits: [hourly] }, { process, seed: 2 });
    const stream = open(sleeping.limiter, chat(60));
    const greedy = open(sleeping.limiter, chat(20));
    passWithoutTicks(other.host, 2 * TTL);
    expect(left(other.limiter)).toBe(20);
    stream.respond(answer(10));
    expect(left(other.limiter)).toBe(70);
    greedy.respond(answer(30));
    expect(left(other.limiter)).toBe(60);
  });
});

/** Every way that a stream can end once it is under way. */
const ENDS: [name: string, end: (stream: Stream) => void][] = [
  ["answered", (stream) => stream.respond(answer(5))],
  ["answered with trailers", (stream) => stream.respond({ ...answer(5), trailers: { "x-end": "1" } })],
  ["answered without a body", (stream) => stream.respond({ status: 204 })],
  ["answered with an error", (stream) => stream.respond({ status: 500, body: "no" })],
  ["left by the client before the answer", (stream) => stream.reset()],
  [
    "left by the client between two pieces",
    (stream) => {
      stream.onResponseHeaders({ ":status": "200", "content-type": "text/event-stream" }, false);
      stream.onResponseBody(textOf(events([delta("on")])), false);
      stream.reset();
    },
  ],
  [
    "cut by the upstream in the middle of an event",
    (stream) => {
      stream.onResponseHeaders({ ":status": "200", "content-type": "text/event-stream" }, false);
      stream.onResponseBody('data: {"choices":[{"del', false);
      stream.reset();
    },
  ],
  [
    "answered by another filter",
    (stream) =>
      stream.sendLocalReply({
        status: 503,
        headers: [],
        body: new Uint8Array(0),
        details: "other",
        grpcStatus: undefined,
      }),
  ],
  ["ended when nothing has come of it", (stream) => stream.finish()],
];

describe("a place of a limit of requests at once is free again when a stream is", () => {
  const parallel: Config = { limits: [{ name: "parallel", by: ["consumer"], count: "Concurrent", amount: 1 }] };

  test.each(ENDS)("%s", async (_name, end) => {
    const { limiter } = await startLimiter(parallel);
    const stream = open(limiter, chat(60));
    expect(verdict(limiter.send(chat(60)))).toBe("429 limited");
    end(stream);
    expect(verdict(limiter.send(chat(60), answer(1)))).toBe("passed");
  });

  test("reset with its VM, when its lease has ended", async () => {
    const process = new HostProcess();
    const { limiter } = await startLimiter(parallel, { process });
    const other = await startLimiter(parallel, { process, seed: 2 });
    open(limiter, chat(60));
    limiter.delete();
    expect(verdict(other.limiter.send(chat(60)))).toBe("429 limited");
    passWithoutTicks(other.host, 2 * TTL);
    expect(verdict(other.limiter.send(chat(60), answer(1)))).toBe("passed");
  });
});

describe("a stream is charged once, to the token, when it is", () => {
  const charged = [5, 5, 0, 0, 0, undefined, undefined, 0, 0];

  test.each(ENDS.map(([name, end], index) => [name, end, charged[index]] as const))(
    "%s",
    async (_name, end, expected) => {
      const { limiter } = await startLimiter({ limits: [hourly] });
      const stream = open(limiter, chat(60));
      end(stream);
      if (!stream.isClosed) stream.finish();
      const used = Number(stream.filterState.get("weir.limit.tokens"));
      if (expected !== undefined) expect(used).toBe(expected);
      expect(used).toBeLessThan(10);
      expect(left(limiter)).toBe(100 - used);
    },
  );
});

describe("all VMs of a process", () => {
  test("share one balance", async () => {
    const process = new HostProcess();
    const workers = await Promise.all([1, 2, 3].map((seed) => startLimiter({ limits: [hourly] }, { process, seed })));
    workers.forEach(({ limiter }) => limiter.send(chat(20), answer(20)));
    for (const { limiter } of workers) expect(left(limiter)).toBe(40);
    open(workers[0]!.limiter, chat(40));
    for (const { limiter } of workers) expect(verdict(limiter.send(chat(1)))).toBe("429 limited");
  });

  test("lose no charge when others write in between", async () => {
    const process = new HostProcess();
    const [one, two] = await Promise.all([1, 2].map((seed) => startLimiter({ limits: [hourly] }, { process, seed })));
    const set = process.sharedData.set.bind(process.sharedData);
    let isNested = false;
    process.sharedData.set = (...parameters) => {
      if (!isNested) {
        isNested = true;
        two!.limiter.send(chat(1), answer(1));
        isNested = false;
      }
      return set(...parameters);
    };
    for (let i = 0; i < 3; i++) one!.limiter.send(chat(10), answer(10));
    process.sharedData.set = set;
    const writes = 100 - 30 - left(one!.limiter);
    expect(writes).toBeGreaterThanOrEqual(12);
  });

  test("and two configurations of one filter in one VM share it, of two filters they don't", async () => {
    const { host, limiter } = await startLimiter({ limits: [hourly] });
    const again = addLimiter(host, { limits: [{ ...hourly, amount: 200 }] });
    limiter.send(chat(60), answer(60));
    expect(left(again)).toBe(140);
    const other = host.createPlugin({
      name: "another",
      configuration: { consumer: [{ header: "x-consumer" }], limits: [hourly] },
    });
    expect(left(other)).toBe(100);
  });
});

describe("a host that doesn't take what is reserved", () => {
  const fail = { proxy_set_shared_data: 10 };

  test("gets requests refused when FailClosed, and nothing stays reserved", async () => {
    const { host, limiter } = await startLimiter({ limits: [hourly] });
    host.fail = fail;
    expect(verdict(limiter.send(chat(60)))).toBe("500 host_failure");
    host.fail = {};
    expect(left(limiter)).toBe(100);
  });

  test("gets them passed and metered when FailOpen", async () => {
    const { host, limiter } = await startLimiter({ limits: [hourly], failureMode: "FailOpen" });
    host.fail = fail;
    const outcome = limiter.send(chat(60), answer(7, 3));
    expect(verdict(outcome)).toBe("passed");
    expect(outcome.filterState).toMatchObject({ "weir.total_tokens": "10", "weir.usage_source": "reported" });
    expect(host.metrics.counter("weir.token-limiter.bypassed.reason.=.host_failure.=;.")).toBe(1);
  });
});

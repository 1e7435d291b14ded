import { describe, expect, test } from "vitest";
import { type Callout } from "../../host/callout.ts";
import {
  answer,
  chat,
  delta,
  open,
  outputLimit,
  rateHeaders,
  startLimiter,
  verdict,
  type Config,
} from "./support/limiter.ts";
import { decodeRequest, encodeAnswer } from "./rate-limit-proto.ts";

const OK = 1;
const OVER_LIMIT = 2;
const TICK = 1000;
const config: Config = {
  limits: [
    outputLimit({ per: "1m" }),
    outputLimit({ name: "day", by: [{ header: "x-tenant" }], count: "Total", amount: 5000, per: "1d" }),
  ],
  store: { type: "RateLimitService", cluster: "limits", timeout: "50ms" },
};

/** A service that has this much left of each limit it is asked for. */
function serviceWith(remaining: number, untilReset = 30) {
  return (callout: Callout) => {
    const { descriptors } = decodeRequest(callout.body);
    const code = remaining > 0 ? OK : OVER_LIMIT;
    const statuses = descriptors.map(() => ({
      code,
      currentLimit: { requestsPerUnit: 100, unit: 2 },
      limitRemaining: remaining,
      durationUntilReset: { seconds: untilReset },
    }));
    callout.answerGrpc({ message: encodeAnswer({ overallCode: code, statuses }) });
  };
}

/** What a call asks of the service, by limit: 0 asks what is left. */
function asked({ body }: Callout): Record<string, number> {
  const { descriptors } = decodeRequest(body);
  return Object.fromEntries(
    descriptors.map(({ entries, hitsAddend }) => [
      entries.map(({ value }) => value).join(" "),
      Number(hitsAddend?.value),
    ]),
  );
}

async function start(over: Config = {}) {
  return startLimiter({ ...config, ...over }, { clusters: ["limits"] });
}

const upload = {
  path: "/v1/audio/transcriptions",
  headers: { "content-type": "multipart/form-data; boundary=cut", "x-consumer": "a", "x-tenant": "t" },
};
const request = () => chat(60, {}, { "x-tenant": "t" });

describe("with a rate limit service", () => {
  test("a request waits for what is left, passes, and is charged its input at once and the rest at its end", async () => {
    const { host, limiter } = await start();
    const outcome = limiter.send(request());
    const { stream } = outcome;
    expect(outcome.status).toBe("held");
    const check = host.callouts[0]!;
    expect(check).toMatchObject({ kind: "grpc", cluster: "limits", timeoutMilliseconds: 50 });
    expect(asked(check)).toEqual({ "tokens a": 0, "day t": 0 });
    serviceWith(80)(check);
    expect(stream.upstream.complete).toBe(true);
    const charge = asked(host.callouts[0]!);
    expect(Object.keys(charge)).toEqual(["day t"]);
    const input = charge["day t"]!;
    expect(input).toBeGreaterThan(0);
    stream.respond(answer(7, 20));
    expect(asked(host.callouts[1]!)).toEqual({ "tokens a": 7, "day t": 27 - input });
    expect(stream.filterState.all).toMatchObject({ "weir.limit.tokens": "7", "weir.limit.day": "27" });
  });

  test("gets nothing back when it uses less than was charged", async () => {
    const { host, limiter } = await start();
    const { stream } = limiter.send(request());
    serviceWith(80)(host.callouts[0]!);
    host.callouts[0]!.answerGrpc({ message: new Uint8Array(0) });
    stream.respond(answer(0, 0));
    expect(host.callouts).toEqual([]);
  });

  const usedUp = [{ code: OVER_LIMIT, durationUntilReset: { seconds: 17 } }, { code: OK }];
  test.each<[name: string, end: (callout: Callout) => void]>([
    ["nothing is left, with what the service says", serviceWith(0, 17)],
    [
      "the service says that something is used up, though it doesn't name its limit",
      (callout) => {
        callout.answerGrpc({ message: encodeAnswer({ overallCode: OVER_LIMIT, statuses: usedUp }) });
      },
    ],
  ])("is refused when %s", async (_name, end) => {
    const { host, limiter } = await start();
    const outcome = limiter.send(request());
    end(host.callouts[0]!);
    expect(outcome.stream.localReply?.status).toBe(429);
    expect(rateHeaders(outcome)).toEqual({
      "retry-after": "17",
      "limit-tokens": "100",
      "remaining-tokens": "0",
      "reset-tokens": "17",
    });
    expect(host.callouts).toEqual([]);
  });

  test("a session that is opened without a body waits, too", async () => {
    const { host, limiter } = await start({ failureMode: "FailOpen" });
    const { stream, status } = limiter.send({
      method: "POST",
      path: "/v1/realtime/sessions",
      headers: { "x-consumer": "a" },
    });
    expect(status).toBe("held");
    serviceWith(0)(host.callouts[0]!);
    expect([stream.localReply?.status, stream.upstream.complete]).toEqual([429, false]);
  });

  test.each([
    ["answers nothing in time", (callout: Callout) => callout.timeOut()],
    ["goes away", (callout: Callout) => callout.fail()],
    ["answers an error", (callout: Callout) => callout.answerGrpc({ status: 13, words: "no" })],
    [
      "answers what is no answer",
      (callout: Callout) => callout.answerGrpc({ message: Uint8Array.from([255, 255, 255]) }),
    ],
    [
      "answers for fewer limits than it was asked",
      (callout: Callout) => callout.answerGrpc({ message: encodeAnswer({ overallCode: OK, statuses: [] }) }),
    ],
  ] as [string, (callout: Callout) => void][])("that %s, the failure mode decides", async (_name, end) => {
    const closed = await start();
    const refused = closed.limiter.send(request());
    end(closed.host.callouts[0]!);
    expect(refused.stream.localReply).toMatchObject({
      status: 503,
      details: expect.stringContaining("weir.token-limiter.") as string,
    });

    const opened = await start({ failureMode: "FailOpen" });
    const passed = opened.limiter.send(request());
    end(opened.host.callouts[0]!);
    expect(passed.stream.upstream.complete).toBe(true);
    const { filterState } = passed.stream.respond(answer(7, 20));
    expect(filterState).toMatchObject({ "weir.total_tokens": "27", "weir.usage_source": "reported" });
    expect(asked(opened.host.callouts[0]!)).toEqual({ "tokens a": 7, "day t": 27 });
  });

  test("whose cluster is not there, the failure mode decides too, and the log says so once", async () => {
    const { host, limiter } = await startLimiter(config, { clusters: [] });
    for (let i = 0; i < 2; i++) expect(verdict(limiter.send(request()))).toMatch(/^503/);
    expect(host.logs.map(({ level, text }) => `${level} ${text}`)).toEqual([
      "warn token-limiter: config.store.cluster: limits can't be asked",
    ]);
    const opened = await startLimiter({ ...config, failureMode: "FailOpen" }, { clusters: [] });
    expect(verdict(opened.limiter.send(request(), answer(7)))).toBe("passed");
  });

  test("whose keys are longer than may be sent, the failure mode decides too, and all of its use is charged", async () => {
    const by = ["consumer", { header: "x-tenant" }, { header: "x-team" }];
    const limits = Array.from({ length: 32 }, (_, number) => outputLimit({ name: `limit-${number}`, by }));
    const long = "é".repeat(512);
    const many = chat(60, {}, { "x-tenant": long, "x-team": long });
    const closed = await start({ limits });
    expect(verdict(closed.limiter.send(many))).toBe("503 service_failure");

    const { host, limiter } = await start({ limits, failureMode: "FailOpen" });
    expect(verdict(limiter.send(many, answer(7)))).toBe("passed");
    const charged = Object.entries(asked(host.callouts[0]!));
    expect(charged.map(([key, tokens]) => [key.split(" ").slice(0, 2).join(" "), tokens])).toEqual(
      limits.map(({ name }) => [`${name as string} a`, 7]),
    );
  });

  test("a client that leaves while the service is asked is charged nothing", async () => {
    const { host, limiter } = await start();
    const { stream } = limiter.send(request());
    stream.reset();
    serviceWith(80)(host.callouts[0]!);
    expect(host.callouts).toEqual([]);
    expect(host.trap).toBeUndefined();
  });

  test("a client that leaves in the middle is charged what was written", async () => {
    const { host, limiter } = await start();
    const { stream } = limiter.send(request());
    serviceWith(80)(host.callouts[0]!);
    stream.onResponseHeaders({ ":status": "200", "content-type": "text/event-stream" }, false);
    stream.onResponseBody(`data: ${JSON.stringify(delta("one two three four five"))}\n\n`, false);
    stream.reset();
    expect(asked(host.callouts.at(-1)!)["tokens a"]).toBeGreaterThan(3);
  });

  test("asks nobody where no limit is for the request", async () => {
    const { host, limiter } = await start({ limits: [outputLimit({ models: ["other"] })] });
    expect(verdict(limiter.send(request(), answer(7)))).toBe("passed");
    expect(host.callouts).toEqual([]);
  });

  test("charges that the service doesn't take are counted, at the request and at its end", async () => {
    const { host, limiter } = await start();
    const unsettled = () => {
      host.tick(TICK);
      return host.metrics.counter("weir.token-limiter.unsettled");
    };
    const { stream } = limiter.send(request());
    serviceWith(80)(host.callouts[0]!);
    host.callouts[0]!.timeOut();
    expect(unsettled()).toBe(1);
    stream.respond(answer(7, 20));
    host.callouts[0]!.answerGrpc({ status: 14, words: "no" });
    expect(unsettled()).toBe(2);
    const other = limiter.send(request()).stream;
    serviceWith(80)(host.callouts[0]!);
    host.callouts[0]!.answerGrpc({ message: new Uint8Array(0) });
    host.fail = { proxy_grpc_call: 10 };
    other.respond(answer(7, 20));
    host.fail = {};
    expect(unsettled()).toBe(3);
  });

  test("an answer's usage is asked for and hidden as with any other store", async () => {
    const { host, limiter } = await start();
    const { stream } = limiter.send(chat(60, { stream: true }, { "x-tenant": "t" }));
    serviceWith(80)(host.callouts[0]!);
    expect(JSON.parse(stream.upstream.body)).toMatchObject({ stream_options: { include_usage: true } });
    expect(stream.upstream.isFramed).toBe(true);
  });

  test("a request whose body ends with trailers waits too", async () => {
    const { host, limiter } = await start();
    const { stream } = limiter.send({ ...request(), trailers: { "x-end": "1" } });
    expect(stream.upstream.headers).toBeUndefined();
    serviceWith(80)(host.callouts[0]!);
    expect([stream.upstream.complete, stream.upstream.trailers?.get("x-end")]).toEqual([true, "1"]);
  });

  test("Audit passes what the service denies", async () => {
    const { host, limiter } = await start({ mode: "Audit" });
    const { stream } = limiter.send(request());
    serviceWith(0)(host.callouts[0]!);
    expect(stream.upstream.complete).toBe(true);
    host.tick(TICK);
    expect(host.metrics.counter("weir.token-limiter.audited.reason.=.limited.=;.")).toBe(1);
  });

  test("an upload larger than the host's own buffer waits for the service, and is let go", async () => {
    const options = { clusters: ["limits"], bodyLimit: 1000 };
    const { host, limiter } = await startLimiter({ ...config, maxHeldBytes: "1KiB" }, options);
    const { stream } = limiter.send({ ...upload, body: ["x", "y", "z"].map((each) => each.repeat(900)) });
    expect([stream.localReply, stream.upstream.headers]).toEqual([undefined, undefined]);
    serviceWith(80)(host.callouts[0]!);
    expect(stream.upstream.complete).toBe(true);
    expect(stream.upstream.bytes.length).toBe(2700);
  });

  test("an upload may still be on its way when the service answers", async () => {
    const { host, limiter } = await start();
    const stream = limiter.stream();
    stream.onRequestHeaders({ ":method": "POST", ":path": upload.path, ...upload.headers }, false);
    stream.onRequestBody("one ", false);
    serviceWith(80)(host.callouts[0]!);
    stream.onRequestBody("two", false);
    stream.onRequestBody("", true);
    expect([stream.upstream.body, stream.upstream.complete]).toEqual(["one two", true]);
  });
});

test("two requests at once each get their own answer", async () => {
  const { host, limiter } = await start();
  const [one, two] = [limiter.send(request()), limiter.send(request())];
  const [first, second] = host.callouts;
  serviceWith(0)(second!);
  serviceWith(80)(first!);
  expect([one!.stream.upstream.complete, two!.stream.localReply?.status]).toEqual([true, 429]);
  expect(() => open(limiter, request())).toThrow("held");
});

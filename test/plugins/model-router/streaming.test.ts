import { beforeAll, describe, expect, test } from "vitest";
import { toBytes, type Bytes } from "../../host/bytes.ts";
import { type Outcome, type RequestSpec } from "../../host/exchange.ts";
import { type PluginContext } from "../../host/plugin-context.ts";
import { randomFrom, SEED } from "../../lib/seeded.ts";
import { FIXTURE_CONFIG, FIXTURES, REWRITTEN, UNGUARDED_CONFIG } from "./support/fixtures.ts";
import { post, startRouter, verdict } from "./support/router.ts";

const RANDOM_SPLITS = 40;
const DAMAGED = Number(process.env["DAMAGED"] ?? 3000);

/**
 * What may differ: when FailOpen, a request stays routed by its first model where a problem comes after it was let go; unless
 * that is a second model, and the caller may not use it.
 */
const LATE: Record<string, string> = {
  "two models": "403 forbidden_model",
  "two models, one escaped": "p much/longer-than-it-was",
  "audio form, two models": "403 forbidden_model",
};

describe.each([
  ["FailClosed", FIXTURE_CONFIG],
  ["FailOpen with lists", { ...FIXTURE_CONFIG, failureMode: "FailOpen" }],
  ["FailOpen without lists", { ...UNGUARDED_CONFIG, failureMode: "FailOpen" }],
])("%s: however a body is cut, the same becomes of it", (_mode, config) => {
  let router: PluginContext;
  beforeAll(async () => {
    ({ router } = await startRouter(config));
  });

  test.each(Object.entries(FIXTURES))(`%s (SEED=${SEED})`, (name, fixture) => {
    for (const request of [
      fixture,
      { ...fixture, protocol: "HTTP/2" as const },
      { ...fixture, trailers: { "x-end": "1" } },
    ]) {
      const whole = router.send(request);
      for (const split of splitsOf(request)) {
        const outcome = router.send({ ...request, split });
        if (isLate(outcome, whole))
          expect({ split, verdict: verdict(outcome) }).toEqual({ split, verdict: late(name, whole) });
        else expect({ split, ...judged(outcome) }).toEqual({ split, ...judged(whole) });
        expectBeginning(request, outcome);
      }
    }
  });

  function isLate(outcome: Outcome, whole: Outcome): boolean {
    return "failureMode" in config && "weir.model" in outcome.filterState && !("weir.model" in whole.filterState);
  }

  function late(name: string, whole: Outcome): string {
    return whole.status === "forwarded" ? "p much/longer-than-it-was" : (LATE[name] ?? verdict(whole));
  }
});

describe("what may be held ends at the same byte, however a body is cut", () => {
  const limit = 1024;

  test.each([limit - 1, limit, limit + 1])("a model that ends at byte %d", async (end) => {
    const head = '{"x":"';
    const tail = '","model":"x-open"';
    const body = `${head}${"x".repeat(end - head.length - tail.length)}${tail},"y":[${"1,".repeat(600)}1]}`;
    const { router } = await startRouter({ ...FIXTURE_CONFIG, maxHeldBytes: limit });
    const expected = end <= limit ? "p x-open" : "413 held_too_large";
    for (const split of splitsOf({ body })) {
      expect({ split, verdict: verdict(router.send({ ...post("/v1/chat/completions", body), split })) }).toEqual({
        split,
        verdict: expected,
      });
    }
  });
});

test(`a damaged body too passes or is refused however it is cut (SEED=${SEED})`, async () => {
  const { router } = await startRouter(FIXTURE_CONFIG);
  const random = randomFrom(SEED);
  const fixtures = Object.values(FIXTURES);
  for (let round = 0; round < DAMAGED; round++) {
    const fixture = fixtures[random(fixtures.length)]!;
    const body = damaged(toBytes(fixture.body as Bytes), random);
    const request = { ...fixture, body, protocol: "HTTP/2" as const };
    const split = Array.from({ length: 1 + random(3) }, () => random(body.length));
    const context = { round, split, body: latin1(body) };
    const outcome = router.send({ ...request, split });
    expect({ ...context, ...allowed(outcome) }).toEqual({ ...context, ...allowed(router.send(request)) });
  }
});

/** As `judged`; but a body with two things wrong is refused for the one that is found first, which depends on the cuts. */
function allowed(outcome: Outcome) {
  return outcome.localReply ? { status: "refused", complete: outcome.upstream.complete } : judged(outcome);
}

/** One to three bytes replaced, left out or put in, mostly by such as mean something to a parser. */
function damaged(body: Uint8Array, random: (below: number) => number): Uint8Array {
  const bytes = [...body];
  for (let left = 1 + random(3); left > 0; left--) {
    const telling = '"\\{}[]:,- \r\nmodel0';
    const byte = random(4) === 0 ? random(256) : telling.charCodeAt(random(telling.length));
    bytes.splice(random(bytes.length + 1), random(2), ...(random(3) > 0 ? [byte] : []));
  }
  return Uint8Array.from(bytes);
}

/** At every offset, at some random ones at once, and at all. */
function splitsOf({ body }: RequestSpec): number[][] {
  const length = toBytes(body as Bytes).length;
  const random = randomFrom(SEED);
  const offsets = Array.from({ length: length - 1 }, (_, index) => index + 1);
  const several = Array.from({ length: RANDOM_SPLITS }, () =>
    Array.from({ length: 2 + random(6) }, () => random(length)),
  );
  return [...offsets.map((offset) => [offset]), ...several, offsets];
}

/** What client and upstream can tell. What an upstream got of a request that is ended then is not part of it. */
function judged({ status, upstream, localReply, filterState }: Outcome) {
  if (localReply) {
    const { headers, body, details } = localReply;
    return { status, complete: upstream.complete, headers: headers.pairs, body, details };
  }
  return {
    status,
    complete: upstream.complete,
    headers: upstream.headers!.pairs.map(([name, value]) => `${name}: ${value}`).sort(),
    trailers: upstream.trailers?.pairs,
    body: latin1(upstream.bytes),
    framed: upstream.isFramed,
    filterState,
  };
}

/** An upstream never gets anything but the body as it came, or as it is rewritten, from its beginning. */
function expectBeginning({ body }: RequestSpec, { upstream }: Outcome): void {
  if (upstream.complete) return;
  const original = latin1(toBytes(body as Bytes));
  const got = latin1(upstream.bytes);
  expect([original, original.replace(...REWRITTEN)].some((text) => text.startsWith(got))).toBe(true);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

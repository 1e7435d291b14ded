import { beforeAll, describe, expect, test } from "vitest";
import { issuesOf, loadVm } from "../../contract/support/plugins.ts";
import type { WasmHost } from "../../host/wasm-host.ts";
import { compileSchema, readSchema } from "../../schema/validator.ts";

const PLUGIN = "token-limiter";

let host: WasmHost;

beforeAll(async () => {
  host = await loadVm(PLUGIN);
});

function limit(change: object): object {
  return { limits: [{ name: "minute", count: "Total", amount: 1000, per: "1m", ...change }] };
}

const REFUSED: [name: string, config: object, issue: string][] = [
  ["a period that is no duration", limit({ per: "2x" }), 'limits[0].per: must be a duration, 1s to 30d (got "2x")'],
  ["a limit without a period", limit({ per: undefined }), "limits[0].per: is required"],
  ["a limit without an amount", limit({ amount: undefined }), "limits[0].amount: is required"],
  ["an amount above 2^53", limit({ amount: 2 ** 54 }), "limits[0].amount: must be a whole number"],
  ["what it can't count", limit({ count: "tokens" }), "limits[0].count: must be one of Input, Output, Total"],
  ["what it can't count by", limit({ by: ["consumers"] }), "limits[0].by: must hold consumer, model, group"],
  [
    "more to count by than it can",
    limit({ by: Array.from({ length: 9 }, (_, i) => ({ header: `x-${i}` })) }),
    "limits[0].by: must be an array of at most 8 parts of a key (got 9)",
  ],
  ["groups that nothing finds", limit({ by: ["group"] }), "limits[0].by: has group, which no entry of consumer finds"],
  [
    "groups that a consumer's source doesn't find",
    { ...limit({ by: ["group"] }), consumer: [{ header: "x-consumer" }] },
    "limits[0].by: has group, which no entry of consumer finds",
  ],
  ["concurrency in a period", limit({ count: "Concurrent" }), "limits[0].per: has no meaning with Concurrent"],
  [
    "requests in a request",
    limit({ count: "Requests", per: "request" }),
    "limits[0].per: must be a duration with Requests",
  ],
  ["a burst without a bucket", limit({ burst: 5 }), "limits[0].burst: is for TokenBucket only"],
  ["a name twice", { limits: [{ ...first(), per: "1s" }, first()] }, "limits[1].name: must not be the same as another"],
  [
    "a weight of four decimals",
    limit({ count: { input: 0.0001 } }),
    "limits[0].count.input: must be a number of at most 3",
  ],
  [
    "a service for concurrency",
    { limits: [parallel()], store: service() },
    "store: of RateLimitService can't count Concurrent",
  ],
  [
    "weights that count nothing",
    limit({ count: { input: 0, output: 0 } }),
    "limits[0].count: must have a weight above 0",
  ],
  ["no weights", limit({ count: {} }), "limits[0].count: must have a weight above 0"],
  [
    "a bucket of a service",
    { ...limit({ algorithm: "TokenBucket" }), store: service() },
    "store: of RateLimitService counts in fixed windows: no TokenBucket",
  ],
  ["a cluster of no service", { store: { cluster: "a" } }, "store.cluster: is for RateLimitService only"],
];

function first(): object {
  return { name: "minute", count: "Total", amount: 1, per: "1m" };
}

function parallel(): object {
  return { name: "parallel", count: "Concurrent", amount: 1 };
}

function service(): object {
  return { type: "RateLimitService", cluster: "ratelimit" };
}

test.each(REFUSED)("refuses %s, naming the key", (_name, config, issue) => {
  expect(issuesOf(host, config)).toEqual([expect.stringContaining(`${PLUGIN}: config.${issue}`)]);
});

const TAKEN: [name: string, config: object | string][] = [
  ["no limit at all", {}],
  ["the largest amount", limit({ amount: 2 ** 53 })],
  ["a header in either case, twice", limit({ by: [{ header: "X-A" }, { header: "x-a" }] })],
  [
    "weights in every spelling",
    '{"limits":[{"name":"a","count":{"input":1e-1,"output":2.50e+2,"reasoning":0.001},"amount":1,"per":"1s"}]}',
  ],
  ["two names of the same rule", { limits: [first(), { ...first(), name: "other" }] }],
];

test.each(TAKEN)("takes %s", (_name, config) => {
  expect(issuesOf(host, config)).toEqual([]);
});

describe("the schema and the plugin agree", () => {
  const validate = compileSchema(readSchema(PLUGIN));

  const PERIODS = [
    "1s",
    "999ms",
    "1000ms",
    "30d",
    "31d",
    "720h",
    "721h",
    "01m",
    "request",
    "Request",
    "0s",
    "",
    "1",
    "1.5m",
  ];

  test.each(PERIODS)("about the period %j", (per) => {
    expect(issuesOf(host, limit({ per })).length === 0).toBe(validate(limit({ per })));
  });

  test("about every pair of keys of a limit", () => {
    const values = {
      count: ["Total", "Requests", "Concurrent", { output: 1 }],
      per: [undefined, "1m", "request"],
      algorithm: [undefined, "SlidingWindow", "TokenBucket"],
      burst: [undefined, 5],
    };
    for (const count of values.count) {
      for (const per of values.per) {
        for (const algorithm of values.algorithm) {
          for (const burst of values.burst) {
            const config = JSON.parse(JSON.stringify(limit({ count, per, algorithm, burst }))) as object;
            expect([config, issuesOf(host, config).length === 0]).toEqual([config, validate(config)]);
          }
        }
      }
    }
  });
});

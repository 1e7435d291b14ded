import { describe, expect, test } from "vitest";
import { randomFrom, SEED } from "../../lib/seeded.ts";
import { Workers, MINUTE, VM_ID } from "./support/anomalies.ts";
import { answer, chat, startTelemetry } from "./support/telemetry.ts";

const TEAMS = { consumers: ["team-a", "team-b"] };

describe("a consumer that is unlike its own recent past is told once, by one of the workers", () => {
  test("tokens, of all workers together", async () => {
    const workers = await Workers.start(3, {}, TEAMS);
    workers.warmUp(() => {
      for (let i = 0; i < 6; i++) workers.call("team-a", 1000);
      workers.call("team-b", 50_000);
    });
    expect(workers.warnings).toEqual([]);
    for (let i = 0; i < 6; i++) workers.call("team-a", 4000);
    workers.call("team-b", 50_000);
    workers.pass();
    expect(workers.warnings).toEqual([
      'usage-telemetry: anomaly: consumer "team-a": tokens 24000 in 1m, mean 6000, deviation 600',
    ]);
    expect(workers.counted).toEqual({ "tokens team-a": 1 });
  });

  test.each([
    ["429 of a plugin of the gateway", 429, "weir.token-limiter.limited", { "refusals team-a": 1 }],
    ["403 likewise", 403, "weir.prompt-guard.blocked", { "refusals team-a": 1 }],
    ["429 of the provider, which is an error", 429, "via_upstream", { "errors team-a": 1 }],
    ["another status of a plugin, which is one too", 400, "weir.prompt-guard.not_json", { "errors team-a": 1 }],
  ])("refusals: %s", async (_name, status, details, counted) => {
    const workers = await Workers.start(2, {}, TEAMS);
    workers.warmUp(() => {
      for (let i = 0; i < 20; i++) workers.call("team-a", 1);
    });
    for (let i = 0; i < 20; i++) workers.refuse("team-a", status, details);
    workers.pass();
    expect(workers.counted).toEqual(counted);
  });

  test("the share of calls that fail", async () => {
    const workers = await Workers.start(2, {}, TEAMS);
    let calls = 0;
    const send = (failEvery: number): void => {
      for (let i = 0; i < 40; i++) workers.call("team-a", 1, ++calls % failEvery === 0 ? 500 : 200);
    };
    workers.warmUp(() => send(20));
    send(20);
    workers.pass();
    expect(workers.warnings).toEqual([]);
    send(2);
    workers.pass();
    expect(workers.warnings).toEqual([
      'usage-telemetry: anomaly: consumer "team-a": errors 50% in 1m, mean 5%, deviation 5%',
    ]);
    expect(workers.counted).toEqual({ "errors team-a": 1 });
  });
});

describe("what is no anomaly:", () => {
  test.each([
    ["fewer tokens than minTokens", { minTokens: 5001 }, 5000],
    ["less than the deviations say", { deviations: 40 }, 5000],
    ["the usual", {}, 1000],
  ])("%s", async (_name, anomalies, tokens) => {
    const workers = await Workers.start(1, { minTokens: 1000, ...anomalies });
    workers.warmUp(() => workers.call("team-a", 1000));
    workers.call("team-a", tokens);
    workers.pass();
    expect(workers.warnings).toEqual([]);
  });

  test("a consumer that has no past yet", async () => {
    const workers = await Workers.start(1, {});
    for (let i = 0; i < 9; i++) {
      workers.call("new", 1);
      workers.pass();
    }
    workers.call("new", 1_000_000);
    workers.pass();
    expect(workers.warnings).toEqual([]);
  });

  test("errors of few calls", async () => {
    const workers = await Workers.start(1, { minRequests: 5 });
    workers.warmUp(() => {
      for (let i = 0; i < 5; i++) workers.call("team-a", 1);
    });
    for (let i = 0; i < 4; i++) workers.call("team-a", 1, 500);
    workers.pass();
    expect(workers.warnings).toEqual([]);
  });

  test("calls of nobody", async () => {
    const workers = await Workers.start(1, {}, { consumer: [{ header: "x-other" }] });
    workers.warmUp(() => workers.call("team-a", 1));
    workers.call("team-a", 1_000_000);
    workers.pass();
    expect(workers.warnings).toEqual([]);
  });

  test("anything where `anomalies` is absent: nothing is shared", async () => {
    const { host, telemetry } = await startTelemetry({}, { vmId: VM_ID });
    telemetry.send(chat(), answer({ prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }));
    host.tick(3 * MINUTE);
    expect(host.process.sharedData.keys(VM_ID)).toEqual([]);
  });
});

test("a consumer that has gone silent after its burst is told all the same", async () => {
  const workers = await Workers.start(2, {});
  workers.warmUp(() => workers.call("team-a", 1000));
  workers.call("team-a", 100_000);
  workers.pass(MINUTE - 1000);
  expect(workers.warnings).toEqual([]);
  workers.pass(2000);
  expect(workers.warnings.length).toBe(1);
});

test("without `consumers` the metric has no label for them", async () => {
  const workers = await Workers.start(1, {});
  workers.warmUp(() => workers.call("team-a", 1000));
  workers.call("team-a", 100_000);
  workers.pass();
  expect(workers.counted).toEqual({ tokens: 1 });
});

test("names come from clients: one that isn't configured is `other` in the metric, and escaped in the log", async () => {
  const workers = await Workers.start(1, {}, TEAMS);
  const name = `x"${"\u00e9".repeat(9)}`;
  workers.warmUp(() => workers.call(name, 1000));
  workers.call(name, 100_000);
  workers.pass();
  expect(workers.counted).toEqual({ "tokens other": 1 });
  expect(workers.warnings).toEqual([expect.stringContaining(`consumer ${JSON.stringify(name)}: tokens 100000`)]);
});

test("consumers beyond maxConsumers are watched together, and what is kept doesn't grow", async () => {
  const workers = await Workers.start(2, { maxConsumers: 20 });
  const { sharedData } = workers.process;
  const bytes = (): number =>
    sharedData.keys(VM_ID).reduce((sum, key) => sum + sharedData.get(VM_ID, key)!.value.length, 0);
  const known = (): void => {
    for (let i = 0; i < 20; i++) workers.call(`known-${i}`, 100);
  };
  known();
  workers.pass(2000);
  workers.warmUp(() => {
    known();
    workers.call("one-more", 100);
  });
  const before = [sharedData.keys(VM_ID).length, bytes()];
  known();
  for (let i = 0; i < 300; i++) workers.call(`made-up-${i}`, 1000);
  workers.pass();
  expect([sharedData.keys(VM_ID).length, bytes()]).toEqual(before);
  expect(workers.warnings).toEqual([
    "usage-telemetry: anomaly: consumer other: tokens 300000 in 1m, mean 100, deviation 10",
  ]);
});

test("a crowd of made-up names doesn't hide what a known consumer uses after it", async () => {
  const workers = await Workers.start(1, { maxConsumers: 20 });
  workers.warmUp(() => workers.call("team-a", 1000));
  for (let i = 0; i < 25; i++) workers.call(`made-up-${i}`, 1);
  workers.call("team-a", 100_000);
  workers.pass();
  expect(workers.warnings).toEqual([expect.stringContaining('consumer "team-a": tokens 100000')]);
});

test("the tokens of an answer that is refused count like any other's", async () => {
  const workers = await Workers.start(1, {}, TEAMS);
  workers.warmUp(() => workers.call("team-a", 1000));
  workers.refuse("team-a", 403, "weir.response-guard.rule.markers", 100_000);
  workers.pass();
  expect(workers.counted).toEqual({ "tokens team-a": 1 });
});

test("a consumer that was silent for long gives way to a new one", async () => {
  const workers = await Workers.start(1, { maxConsumers: 1 });
  workers.call("old", 1000);
  workers.pass(12 * MINUTE);
  workers.warmUp(() => workers.call("new", 1000));
  workers.call("new", 100_000);
  workers.pass();
  expect(workers.warnings).toEqual([expect.stringContaining('consumer "new"')]);
});

test("when the clock is set back, the silent give way all the same, and a past is gone on with", async () => {
  const workers = await Workers.start(2, { maxConsumers: 2 });
  workers.warmUp(() => ["old", "silent"].forEach((name) => workers.call(name, 1000)));
  workers.process.clock.setBack(86_400_000);
  workers.call("old", 100_000);
  workers.pass();
  for (let i = 0; i < 30; i++) {
    workers.call("old", 1000);
    workers.call("new", 1000);
    workers.pass();
  }
  workers.call("new", 100_000);
  workers.pass();
  expect(workers.warnings).toEqual([
    expect.stringContaining('consumer "old": tokens 10'),
    expect.stringContaining('consumer "new": tokens 100000'),
  ]);
});

test(`over any traffic, each call of each consumer is counted in one interval (SEED=${SEED})`, async () => {
  const random = randomFrom(SEED);
  const workers = await Workers.start(3, { interval: "10s", minTokens: 1 });
  const names = Array.from({ length: 20 }, (_, i) => `team-${i}`);
  workers.warmUp(() => names.forEach((name) => workers.call(name, 1)), 10_000);
  const used = new Map<string, number>();
  for (let i = 0; i < 600; i++) {
    const name = names[random(names.length)]!;
    const tokens = 1000 + random(9000);
    used.set(name, (used.get(name) ?? 0) + tokens);
    workers.call(name, tokens);
    // All of it within the interval.
    if (i % 100 === 0) workers.pass(random(1500));
  }
  workers.pass(10_000);
  const told = workers.warnings.map((line) => /consumer "(.*)": tokens (\d+) in/.exec(line)!.slice(1));
  expect(Object.fromEntries(told)).toEqual(
    Object.fromEntries([...used].map(([name, tokens]) => [name, String(tokens)])),
  );
});

test("a reload goes on with the past, another `anomalies` starts over", async () => {
  const workers = await Workers.start(1, {});
  workers.warmUp(() => workers.call("team-a", 1000));
  const [{ host, telemetry }] = workers.all as [(typeof workers.all)[0]];
  telemetry.delete();
  const reload = (anomalies: object) =>
    host.createPlugin({ configuration: { consumer: [{ header: "x-consumer" }], anomalies } });
  const burst = (plugin: ReturnType<typeof reload>): void => {
    plugin.send(chat(), answer({ prompt_tokens: 100_000, completion_tokens: 0, total_tokens: 100_000 }));
    workers.pass();
  };
  const other = reload({ minTokens: 20_000 });
  burst(other);
  expect(workers.warnings).toEqual([]);
  other.delete();
  burst(reload({}));
  expect(workers.warnings.length).toBe(1);
});

test("an override that alone tightens limits does, whoever else watches", async () => {
  const override = {
    name: "strict",
    match: { headers: { "x-tier": "free" } },
    config: { anomalies: { tighten: { for: "1m" } } },
  };
  const workers = await Workers.start(1, {}, { overrides: [override] });
  const call = (tokens: number): void => {
    const usage = { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens };
    workers.all[0]!.telemetry.send(chat({}, { "x-consumer": "team-a", "x-tier": "free" }), answer(usage));
  };
  workers.warmUp(() => call(1000));
  call(100_000);
  workers.pass();
  expect(workers.warnings.map((line) => line.endsWith("; limits are tighter"))).toEqual([true]);
});

test.each(["proxy_get_shared_data", "proxy_set_shared_data"])("where %s fails nothing breaks", async (call) => {
  const workers = await Workers.start(1, { tighten: { for: "1m" } }, {}, { fail: { [call]: 10 } });
  workers.warmUp(() => workers.call("team-a", 1000));
  workers.call("team-a", 100_000);
  workers.pass();
  expect([workers.warnings, workers.all[0]!.host.trap]).toEqual([[], undefined]);
});

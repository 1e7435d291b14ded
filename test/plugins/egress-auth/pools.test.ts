import { beforeEach, describe, expect, test } from "vitest";
import { HostProcess } from "../../host/host-process.ts";
import { type PluginContext } from "../../host/plugin-context.ts";
import { type WasmHost } from "../../host/wasm-host.ts";
import { chat, startEgress, upstream, verdict } from "./support/egress.ts";

const from = [{ value: "key-a" }, { value: "key-b" }, { value: "key-c" }];
const POOL = { providers: [{ name: "pool", credential: { type: "Bearer", from, coolDown: "30s" } }] };
const KEYS = ["Bearer key-a", "Bearer key-b", "Bearer key-c"];
/** So many requests that each key surely has its turn. */
const MANY = 100;
const START_MS = 1_700_000_000_000;

let worker: WasmHost;
let pool: PluginContext;
let other: PluginContext;

beforeEach(async () => {
  const process = new HostProcess(START_MS);
  ({ host: worker, egress: pool } = await startEgress(POOL, { process }));
  ({ egress: other } = await startEgress(POOL, { process, seed: 7 }));
});

/** Asks through a worker; the provider answers this. Which key was used, or how it was refused. */
function ask(through: PluginContext, status = 200, headers: Record<string, string> = {}): string {
  const outcome = through.send(chat("pool"), { status, headers });
  const [authorization] = upstream(outcome, "authorization");
  outcome.stream.finish();
  const wait = outcome.localReply?.headers.get("retry-after");
  return authorization ?? `${verdict(outcome)}${wait === undefined ? "" : ` ${wait}`}`;
}

function used(through: PluginContext): string[] {
  return [...new Set(Array.from({ length: MANY }, () => ask(through)))].sort();
}

test("all keys serve", () => {
  expect([used(pool), used(other)]).toEqual([KEYS, KEYS]);
});

describe.each([401, 429])("a key that earns %i", (status) => {
  test("rests for all workers, and serves again afterwards", () => {
    const key = ask(pool, status);
    const others = KEYS.filter((each) => each !== key);
    expect([used(pool), used(other)]).toEqual([others, others]);
    worker.tick(29_000);
    expect(used(other)).toEqual(others);
    worker.tick(2000);
    expect(used(other)).toEqual(KEYS);
  });

  test("rests as long as retry-after says", () => {
    const key = ask(pool, status, { "retry-after": "90" });
    worker.tick(60_000);
    expect(used(other)).not.toContain(key);
    worker.tick(31_000);
    expect(used(other)).toEqual(KEYS);
  });

  test("rests for the configured time where retry-after is a date or nonsense", () => {
    for (const value of ["Wed, 21 Oct 2015 07:28:00 GMT", "soon", "", "9999999999"]) {
      ask(pool, status, { "retry-after": value });
      worker.tick(31_000);
      expect(used(other)).toEqual(KEYS);
    }
  });
});

test("a key's long rest is not cut short by what it earns after it", () => {
  const streams = Array.from({ length: MANY }, () => {
    const stream = pool.stream();
    stream.request(chat("pool"));
    return stream;
  });
  const [first, second] = streams.filter(({ upstream }) => upstream.headers?.get("authorization") === KEYS[0]);
  first!.respond({ status: 429, headers: { "retry-after": "3600" } });
  second!.respond({ status: 429 });
  for (const stream of streams) stream.finish();
  worker.tick(40_000);
  expect(used(other)).toEqual(KEYS.slice(1));
  worker.tick(3_600_000);
  expect(used(other)).toEqual(KEYS);
});

test("no key rests for longer because the clock is set back", () => {
  const key = ask(pool, 429);
  worker.process.clock.setBack(2 * 86_400_000);
  expect(used(other)).toEqual(KEYS);
  while (ask(pool, 429) !== key);
  expect(used(other)).not.toContain(key);
});

test("other statuses let a key serve on", () => {
  for (const status of [200, 400, 403, 500, 503]) ask(pool, status);
  expect(used(other)).toEqual(KEYS);
});

test("when all rest, it is said when the first returns, as what it earned", () => {
  ask(pool, 429, { "retry-after": "50" });
  ask(other, 401, { "retry-after": "20" });
  ask(pool, 429, { "retry-after": "70" });
  expect(ask(other)).toBe("503 keys_refused 20");
  worker.tick(10_000);
  expect(ask(pool)).toBe("503 keys_refused 10");
  worker.tick(11_000);
  ask(pool, 429, { "retry-after": "40" });
  expect(ask(other)).toBe("429 keys_limited 29");
});

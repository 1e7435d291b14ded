import { readFileSync } from "node:fs";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SEED, randomFrom } from "../../lib/seeded.ts";
import { compile } from "./support/compile.ts";
import { OracleAccount, type AlgorithmId } from "./support/ledger-oracle.ts";
import { StoreProcess, StoreVm, TTL_MS, type StoreLimit, type StoreRequest } from "./support/store-vm.ts";

const SLIDING = 0;
const FIXED = 1;
const BUCKET = 2;
const CONCURRENT = 3;
const ALGORITHMS = [SLIDING, FIXED, BUCKET, CONCURRENT];

const HOUR = 3_600_000n;
const NOON = 1_795_000_000_000n - (1_795_000_000_000n % HOUR) + 1000n;

let module: WebAssembly.Module;
let shared: StoreProcess;

beforeAll(async () => {
  module = new WebAssembly.Module(readFileSync(await compile("store")));
});

beforeEach(() => {
  shared = new StoreProcess();
});

function vm(limits: StoreLimit[], maxKeys?: number): StoreVm {
  return new StoreVm(module, shared, limits, maxKeys);
}

function workers(limits: StoreLimit[], maxKeys?: number): StoreVm[] {
  return [1, 2, 3, 4].map(() => vm(limits, maxKeys));
}

/** What is left of a limit for a key: what the largest request that passes takes. */
function left(store: StoreVm, nowMs: bigint, limit: number, key: number): bigint {
  const request = store.request(nowMs, [limit, key, 1n << 60n]);
  return request.report.remaining;
}

describe("four workers, 1,000 requests at once, room for exactly 100", () => {
  test.each(ALGORITHMS)(
    "algorithm %i lets exactly 100 pass, and the balance is the sum of what they used",
    (algorithm) => {
      const each = algorithm === CONCURRENT ? 1n : 37n;
      const all = workers([{ algorithm, amount: 100n * each, periodMs: 24n * HOUR }]);
      const random = randomFrom(SEED);
      const passed: StoreRequest[] = [];
      let decided = 0;
      const decide = (): void => {
        if (decided++ >= 1000) return;
        const request = all[random(4)]!.request(NOON, [0, 7, each]);
        if (request.passed) passed.push(request);
      };
      shared.beforeWrite = (): void => {
        if (random(2) === 0) decide();
      };
      while (decided < 1000) decide();
      expect([passed.length, shared.conflicts > 20]).toEqual([100, true]);
      expect(left(all[0]!, NOON, 0, 7)).toBe(0n);

      let total = 0n;
      const end = (): void => {
        const request = passed.pop();
        const used = BigInt(random(50));
        if (request) total += used;
        expect(request?.settle(NOON, used) ?? true).toBe(true);
      };
      shared.beforeWrite = (): void => {
        if (random(2) === 0) end();
      };
      while (passed.length > 0) end();
      expect(left(all[1]!, NOON, 0, 7)).toBe(100n * each - (algorithm === CONCURRENT ? 0n : total));
    },
  );

  test("of three limits never more than the tightest allows pass, and all of it after a retry", () => {
    const limits = [
      { algorithm: FIXED, amount: 5000n, periodMs: 24n * HOUR },
      { algorithm: BUCKET, amount: 100n, periodMs: 24n * HOUR },
      { algorithm: CONCURRENT, amount: 300n },
    ];
    const all = workers(limits);
    const random = randomFrom(SEED + 1);
    let passed = 0;
    let decided = 0;
    const decide = (): void => {
      decided++;
      const request = all[random(4)]!.request(NOON, [0, 1, 10n], [1, 2, 1n], [2, 3, 1n]);
      if (request.passed) passed++;
    };
    shared.beforeWrite = (): void => {
      if (random(3) === 0 && decided < 1000) decide();
    };
    while (decided < 1000) decide();
    expect(passed <= 100).toBe(true);
    shared.beforeWrite = undefined;
    for (let retry = 0; retry < 100; retry++) decide();
    expect(passed).toBe(100);
    expect([0, 1, 2].map((limit) => left(all[0]!, NOON, limit, limit + 1))).toEqual([4000n, 0n, 200n]);
  });
});

describe("one request", () => {
  test("costs one read and one write where its limits have the same key, and as many at its end", () => {
    const store = vm([SLIDING, FIXED, BUCKET].map((algorithm) => ({ algorithm, amount: 100n })));
    store.request(NOON, [0, 1, 1n], [1, 1, 1n], [2, 1, 1n]);
    [shared.reads, shared.writes] = [0, 0];
    const request = store.request(NOON, [0, 1, 1n], [1, 1, 1n], [2, 1, 1n]);
    expect([shared.reads, shared.writes]).toEqual([1, 1]);
    request.settle(NOON, 5n, 6n, 7n);
    expect([shared.reads, shared.writes]).toEqual([2, 2]);
    expect([0, 1, 2].map((limit) => left(store, NOON, limit, 1))).toEqual([94n, 93n, 92n]);
  });

  test("that is denied writes nothing and leaves nothing reserved, whichever limit denies", () => {
    const store = vm([100n, 50n, 10n].map((amount) => ({ algorithm: FIXED, amount })));
    for (const keys of [
      [1, 1, 1],
      [1, 2, 3],
      [3, 2, 1],
    ]) {
      store.request(NOON, [2, keys[2]!, 5n]).settle(NOON, 10n);
      const request = store.request(NOON, [0, keys[0]!, 5n], [1, keys[1]!, 5n], [2, keys[2]!, 5n]);
      expect([request.verdict, request.isHeld, request.report.limit]).toEqual(["Denied", false, 2]);
      expect([left(store, NOON, 0, keys[0]!), left(store, NOON, 1, keys[1]!)]).toEqual([100n, 50n]);
    }
  });

  test("is told the longest wait of all that deny it, and never where it can't pass", () => {
    const store = vm([
      { algorithm: FIXED, amount: 100n, periodMs: 60_000n },
      { algorithm: FIXED, amount: 100n, periodMs: HOUR },
      { algorithm: FIXED, amount: 20n, periodMs: 60_000n },
    ]);
    store.request(NOON, [0, 1, 100n], [1, 1, 100n]);
    const denied = store.request(NOON, [0, 1, 10n], [1, 1, 10n], [2, 1, 10n]);
    const wait = HOUR - (NOON % HOUR);
    expect([denied.verdict, denied.report]).toEqual([
      "Denied",
      { limit: 1, remaining: 0n, resetMs: wait, retryAfterMs: wait },
    ]);
    const tooLarge = store.request(NOON, [0, 1, 10n], [1, 1, 10n], [2, 1, 21n]);
    expect([tooLarge.verdict, tooLarge.report.limit]).toEqual(["TooLarge", 2]);
  });

  test("that passes is told of the token limit closest to its end", () => {
    const store = vm([
      { algorithm: FIXED, amount: 1000n },
      { algorithm: BUCKET, amount: 100n },
      { algorithm: CONCURRENT, amount: 1n },
      { algorithm: FIXED, amount: 1n, isTokens: false },
    ]);
    const { passed, report } = store.request(NOON, [0, 1, 500n], [1, 1, 60n], [2, 1, 1n], [3, 1, 1n]);
    expect([passed, report]).toEqual([true, { limit: 1, remaining: 40n, resetMs: 36_000n, retryAfterMs: 0n }]);
  });

  test("that reserves nothing needs a token that is left", () => {
    const store = vm([{ algorithm: FIXED, amount: 10n }]);
    const free = store.request(NOON, [0, 1, 0n]);
    expect(free.passed).toBe(true);
    free.settle(NOON, 10n);
    expect(store.request(NOON, [0, 1, 0n]).verdict).toBe("Denied");
  });

  test("that is forced is charged though it is denied, and told what denied it", () => {
    const store = vm([100n, 10n].map((amount) => ({ algorithm: FIXED, amount })));
    const request = store.forcedRequest(NOON, [0, 1, 60n], [1, 1, 60n]);
    expect([request.verdict, request.isHeld, request.report.limit]).toEqual(["TooLarge", true, 1]);
    request.settle(NOON, 30n, 30n);
    const after = store.forcedRequest(NOON, [0, 1, 1n], [1, 1, 1n]);
    expect([after.verdict, after.report.retryAfterMs > 0n]).toEqual(["Denied", true]);
    expect(left(store, NOON, 0, 1)).toBe(69n);
  });

  test("is charged once, however often it is settled", () => {
    const store = vm([{ algorithm: FIXED, amount: 100n }]);
    const request = store.request(NOON, [0, 1, 40n]);
    for (let i = 0; i < 3; i++) expect(request.settle(NOON, 30n)).toBe(true);
    expect([request.isHeld, left(store, NOON, 0, 1)]).toEqual([false, 70n]);
  });

  test("goes over its limit when it uses more than it reserved and is left", () => {
    const store = vm([{ algorithm: FIXED, amount: 100n }]);
    const request = store.request(NOON, [0, 1, 40n]);
    expect([request.fits(NOON, 100n), request.fits(NOON, 101n)]).toEqual([true, false]);
    store.request(NOON, [0, 1, 50n]).settle(NOON, 200n);
    expect([request.fits(NOON, 40n), request.fits(NOON, 41n)]).toEqual([true, false]);
  });
});

describe("a lease", () => {
  test("whose VM is lost is charged as reserved; of Concurrent it is free again", () => {
    const all = workers([
      { algorithm: FIXED, amount: 100n, periodMs: 24n * HOUR },
      { algorithm: CONCURRENT, amount: 1n },
    ]);
    all[0]!.request(NOON, [0, 1, 60n], [1, 1, 1n]);
    expect(left(all[1]!, NOON + TTL_MS, 1, 1)).toBe(0n);
    expect(left(all[1]!, NOON + 2n * TTL_MS, 0, 1)).toBe(40n);
    expect(all[1]!.request(NOON + 2n * TTL_MS, [1, 1, 1n]).passed).toBe(true);
  });

  test("lives as long as its stream does", () => {
    const all = workers([
      { algorithm: FIXED, amount: 100n, periodMs: 24n * HOUR },
      { algorithm: CONCURRENT, amount: 1n },
    ]);
    const request = all[0]!.request(NOON, [0, 1, 60n], [1, 1, 1n]);
    let writes = 0;
    for (let now = NOON; now < NOON + 20n * TTL_MS; now += 1000n) {
      if (request.renewAtMs <= now) {
        expect(request.renew(now)).toBe(true);
        writes++;
      }
      if (now % 10_000n === 0n) expect(all[1]!.request(now, [1, 1, 1n]).verdict).toBe("Denied");
    }
    expect(writes).toBeLessThanOrEqual(40);
    request.settle(NOON + 20n * TTL_MS, 10n, 0n);
    expect(left(all[2]!, NOON + 20n * TTL_MS, 0, 1)).toBe(90n);
  });

  test("that ended unseen is corrected when its stream ends after all", () => {
    const store = vm([
      { algorithm: FIXED, amount: 100n, periodMs: 24n * HOUR },
      { algorithm: CONCURRENT, amount: 5n },
    ]);
    const request = store.request(NOON, [0, 1, 60n], [1, 1, 1n]);
    const late = NOON + 2n * TTL_MS;
    expect(left(store, late, 0, 1)).toBe(40n);
    expect([request.renew(late), request.isHeld]).toEqual([true, true]);
    expect([left(store, late, 0, 1), left(store, late, 1, 1)]).toEqual([40n, 4n]);
    request.settle(late, 10n, 0n);
    expect([left(store, late, 0, 1), left(store, late, 1, 1)]).toEqual([90n, 5n]);
  });

  test("settled when its account is long at rest still charges what it used beyond it", () => {
    const store = vm([{ algorithm: FIXED, amount: 100n }]);
    const [more, less] = [store.request(NOON, [0, 1, 10n]), store.request(NOON, [0, 1, 50n])];
    const late = NOON + 24n * HOUR;
    less.settle(late, 10n);
    more.settle(late, 30n);
    expect(left(store, late, 0, 1)).toBe(80n);
  });
});

describe("room for few keys", () => {
  const limits = [{ algorithm: FIXED, amount: 100n }];

  test("when all are in use, new ones share the overflow account of the limit", () => {
    const all = workers(limits, 3);
    for (const key of [1, 2, 3]) expect(all[key]!.request(NOON, [0, key, 50n]).isOverflow()).toBe(false);
    const fourth = all[0]!.request(NOON, [0, 4, 60n]);
    expect([fourth.passed, fourth.isOverflow()]).toEqual([true, true]);
    expect(all[1]!.request(NOON, [0, 5, 60n]).verdict).toBe("Denied");
    fourth.settle(NOON, 20n);
    expect(all[2]!.request(NOON, [0, 5, 60n]).report.remaining).toBe(20n);
    expect(all[3]!.request(NOON, [0, 1, 50n]).isOverflow()).toBe(false);
  });

  test("a request that loses a race looks for room again, so that no key has two accounts", () => {
    const [a, b] = workers([...limits, { algorithm: FIXED, amount: 10n }], 2);
    a!.request(NOON, [0, 1, 1n]);
    const idle = a!.request(NOON, [0, 2, 1n]);
    let other: StoreRequest | undefined;
    shared.beforeWrite = (): void => {
      if (other) return;
      idle.settle(NOON, 0n);
      other = b!.request(NOON, [1, 1, 8n]);
    };
    const request = a!.request(NOON, [0, 1, 1n], [1, 1, 5n]);
    expect([other?.isOverflow(), request.verdict, request.isOverflow(1)]).toEqual([false, "Denied", false]);
  });

  test("a key at rest makes room for the next", () => {
    const store = vm(limits, 3);
    const requests = [1, 2, 3].map((key) => store.request(NOON, [0, key, 50n]));
    requests[1]!.settle(NOON, 0n);
    expect(store.request(NOON, [0, 4, 50n]).isOverflow()).toBe(false);
    expect(store.request(NOON, [0, 2, 50n]).isOverflow()).toBe(true);
    expect(store.request(NOON + 24n * HOUR, [0, 2, 50n]).isOverflow()).toBe(false);
  });

  test("a flood of keys takes no more memory than was said", () => {
    const store = vm(limits, 100);
    for (let key = 0; key < 5000; key++) {
      const request = store.request(NOON, [0, key, 1n]);
      if (key % 2 === 0) request.settle(NOON, 1n);
    }
    const accounts = (shared.bytes - 16 - 8 * (shared.keys.length - 1)) / 128;
    expect(shared.keys.length).toBe(4 + 2);
    expect(accounts).toBe(101);
  });

  test("keys spread evenly over the records", () => {
    const store = vm([{ algorithm: CONCURRENT, amount: 5n }], 10_000);
    let overflows = 0;
    for (let key = 0; key < 3300; key++) if (store.request(NOON, [0, key, 1n]).isOverflow()) overflows++;
    expect(overflows).toBe(0);
  });

  test("a settle that finds neither its account nor room for it charges the overflow account", () => {
    const store = vm(limits, 2);
    const request = store.request(NOON, [0, 1, 1n]);
    const late = NOON + 24n * HOUR;
    for (const key of [2, 3, 4]) store.request(late, [0, key, 50n]);
    request.settle(late, 31n);
    expect(store.request(late, [0, 9, 1n]).report.remaining).toBe(100n - 50n - 30n - 1n);
  });
});

describe("the host", () => {
  test("two workers that find a key missing at the same time lose neither's write", () => {
    const [a, b] = workers([{ algorithm: FIXED, amount: 100n }]);
    const passed: boolean[] = [];
    shared.beforeWrite = (): void => {
      if (passed.length === 0) passed.push(b!.request(NOON, [0, 1, 30n]).passed);
    };
    passed.push(a!.request(NOON, [0, 1, 40n]).passed);
    expect([passed, left(a!, NOON, 0, 1)]).toEqual([[true, true], 30n]);
  });

  test("one that wants no version for a key it doesn't have still gets its first value", () => {
    shared.refusesCreation = true;
    const store = vm([{ algorithm: FIXED, amount: 100n }]);
    expect(store.request(NOON, [0, 1, 40n]).passed).toBe(true);
    expect(left(store, NOON, 0, 1)).toBe(60n);
  });

  test.each([{ set: 2 }, { get: 12, set: 12 }, { get: 10, set: 10 }])("without shared data (%j) says so", (fail) => {
    const store = vm([{ algorithm: FIXED, amount: 100n }]);
    const request = store.request(NOON, [0, 1, 40n]);
    shared.fail = fail;
    expect(store.request(NOON, [0, 2, 40n]).verdict).toBe("Unavailable");
    expect([request.settle(NOON, 10n), request.isHeld]).toEqual([false, true]);
    shared.fail = {};
    expect([request.settle(NOON, 10n), left(store, NOON, 0, 1)]).toEqual([true, 90n]);
  });

  test("that compares nothing right is given up, without a hang", () => {
    const store = vm([{ algorithm: FIXED, amount: 100n }]);
    shared.fail = { set: 8 };
    expect(store.request(NOON, [0, 1, 40n]).verdict).toBe("Unavailable");
    expect(shared.writes).toBeLessThan(2100);
  });

  test("with a record of another layout starts it over", () => {
    const store = vm([{ algorithm: FIXED, amount: 100n }], 1);
    store.request(NOON, [0, 1, 40n]);
    const key = shared.keys.at(-1)!;
    for (const bytes of [Buffer.alloc(0), Buffer.from("x"), Buffer.alloc(136, 1), Buffer.alloc(8, 0xff)]) {
      shared.data.set("", key, bytes, 0);
      expect(store.request(NOON, [0, 1, 100n]).passed).toBe(true);
      expect(left(store, NOON, 0, 1)).toBe(0n);
    }
  });

  test("sees no value of any key in the names of its own", () => {
    vm([{ algorithm: FIXED, amount: 100n }]).request(NOON, [0, 0x61616161, 1n]);
    expect(shared.keys.join()).not.toContain("aaaa");
    for (const key of shared.keys) expect(key).toMatch(/^weir\.token-limiter\.test\.32\.[0-9a-f]{8}$/);
  });
});

test("a day of random requests on four workers gives what an exact model gives", () => {
  const random = randomFrom(SEED);
  const limits: Required<StoreLimit>[] = [
    { algorithm: SLIDING, amount: 1000n, capacity: 1000n, periodMs: 60_000n, isTokens: true },
    { algorithm: FIXED, amount: 5000n, capacity: 5000n, periodMs: HOUR, isTokens: true },
    { algorithm: BUCKET, amount: 700n, capacity: 2000n, periodMs: 60_000n, isTokens: true },
    { algorithm: CONCURRENT, amount: 4n, capacity: 4n, periodMs: 0n, isTokens: false },
  ];
  const all = workers(limits);
  const accounts = new Map<string, OracleAccount>();
  const accountOf = (limit: number, key: number, now: bigint): OracleAccount => {
    const name = `${limit} ${key}`;
    const { algorithm, ...rest } = limits[limit]!;
    const account = accounts.get(name) ?? new OracleAccount({ ...rest, algorithm: algorithm as AlgorithmId }, now);
    accounts.set(name, account);
    account.advance(now);
    return account;
  };
  type Held = { request: StoreRequest; asks: [number, number, bigint][]; ends: bigint[] };
  const held: Held[] = [];
  const binMs = TTL_MS / 2n;
  const endAt = (now: bigint): bigint => ((now + TTL_MS) / binMs + 1n) * binMs;
  let now = NOON;
  let verdicts = "";
  for (let i = 0; i < 6000; i++) {
    now += BigInt(random(10) === 0 ? random(40_000) : random(300));
    for (const one of held) {
      if (one.request.renewAtMs > now) continue;
      expect(one.request.renew(now)).toBe(true);
      one.asks.forEach(([limit, key, amount], index) => {
        const account = accountOf(limit, key, now);
        if (account.release(amount, one.ends[index]!)) account.leases.push({ amount, end: endAt(now) });
        one.ends[index] = endAt(now);
      });
    }
    const store = all[random(4)]!;
    if (random(2) === 0 && held.length > 0) {
      const { request, asks, ends } = held.splice(random(held.length), 1)[0]!;
      const used = asks.map(([limit]) => (limit === 3 ? 0n : BigInt(random(10) === 0 ? random(4000) : random(300))));
      expect(request.settle(now, ...used)).toBe(true);
      asks.forEach(([limit, key, amount], index) => {
        const account = accountOf(limit, key, now);
        account.release(amount, ends[index]!);
        account.charge(used[index]!);
      });
      continue;
    }
    const asks = limits.flatMap((_limit, index): [number, number, bigint][] =>
      random(3) === 0 ? [] : [[index, random(2), index === 3 ? 1n : BigInt(random(20) === 0 ? 1001 : random(250))]],
    );
    const request = store.request(now, ...asks);
    const rooms = asks.map(([limit, key]) => accountOf(limit, key, now).available);
    const isFull = asks.map(([, , amount], index) => (amount > 1n ? amount : 1n) > rooms[index]!);
    const isTooLarge = asks.some(([limit, , amount]) => amount > limits[limit]!.capacity);
    const expected = isTooLarge ? "TooLarge" : isFull.includes(true) ? "Denied" : "Pass";
    expect([i, request.verdict]).toEqual([i, expected]);
    verdicts += expected[0];
    if (!request.passed) continue;
    for (const [limit, key, amount] of asks) accountOf(limit, key, now).leases.push({ amount, end: endAt(now) });
    held.push({ request, asks, ends: asks.map(() => endAt(now)) });
  }
  for (const verdict of "PDT") expect(verdicts.split(verdict).length).toBeGreaterThan(20);
}, 120_000);

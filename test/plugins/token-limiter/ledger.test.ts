import { readFileSync } from "node:fs";
import { instantiate } from "@assemblyscript/loader";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { SEED } from "../../lib/seeded.ts";
import { compile } from "./support/compile.ts";
import { ALGORITHMS, OracleAccount, saturate, type Terms } from "./support/ledger-oracle.ts";

interface LedgerModule {
  open(algorithm: number, amount: bigint, capacity: bigint, periodMs: bigint, nowMs: bigint): void;
  redefine(algorithm: number, amount: bigint, capacity: bigint, periodMs: bigint): void;
  advance(nowMs: bigint): void;
  clock(): bigint;
  useNow(): bigint;
  outstanding(): bigint;
  available(): bigint;
  isAtRest(): number;
  msUntilUseAtMost(most: bigint, extra: bigint): bigint;
  leaseEnd(nowMs: bigint, ttlMs: bigint): bigint;
  reserve(amount: bigint, endMs: bigint): bigint;
  renew(amount: bigint, fromMs: bigint, toMs: bigint): bigint;
  settle(reserved: bigint, endMs: bigint, used: bigint): void;
  multiplyDivide(a: bigint, b: bigint, c: bigint, divisor: bigint): bigint;
  remainder(): bigint;
  count(...values: bigint[]): bigint;
}

const SLIDING = 0;
const FIXED = 1;
const BUCKET = 2;
const CONCURRENT = 3;

const MINUTE = 60_000n;
const NOON = 1_795_000_000_000n - (1_795_000_000_000n % MINUTE);
const LARGEST = 1n << 53n;
const MOST = 1n << 60n;

let m: LedgerModule;

beforeAll(async () => {
  const { exports } = await instantiate(readFileSync(await compile("ledger")), {});
  m = exports as unknown as LedgerModule;
});

function open({ algorithm, amount, capacity, periodMs }: Terms, nowMs: bigint): void {
  m.open(algorithm, amount, capacity, periodMs, nowMs);
}

/** Uses `amount` at once. */
function use(amount: bigint): void {
  m.settle(0n, 0n, amount);
}

describe("one account of 100 a minute", () => {
  const after = (algorithm: number, ...steps: [ms: bigint, used: bigint][]): bigint => {
    m.open(algorithm, 100n, 100n, MINUTE, NOON);
    for (const [ms, used] of steps) {
      m.advance(NOON + ms);
      use(used);
    }
    return m.available();
  };

  const LEFT: [name: string, algorithm: number, steps: [ms: bigint, used: bigint][], left: bigint][] = [
    [
      "a fixed window is whole again with the next",
      FIXED,
      [
        [1n, 70n],
        [59_999n, 0n],
        [MINUTE, 0n],
      ],
      100n,
    ],
    [
      "a fixed window keeps its use to its end",
      FIXED,
      [
        [1n, 70n],
        [59_999n, 0n],
      ],
      30n,
    ],
    [
      "use beyond a fixed window is taken from the next",
      FIXED,
      [
        [1n, 130n],
        [MINUTE, 0n],
      ],
      70n,
    ],
    [
      "use far beyond it from the ones after",
      FIXED,
      [
        [1n, 350n],
        [2n * MINUTE, 0n],
      ],
      -50n,
    ],
    [
      "a sliding window begins with all of the last",
      SLIDING,
      [
        [1n, 70n],
        [MINUTE, 0n],
      ],
      30n,
    ],
    [
      "and forgets it evenly, rounded up",
      SLIDING,
      [
        [1n, 71n],
        [MINUTE + 30_000n, 0n],
      ],
      64n,
    ],
    [
      "use beyond a sliding window is carried",
      SLIDING,
      [
        [1n, 250n],
        [2n * MINUTE, 0n],
      ],
      -50n,
    ],
    [
      "and gone when it is paid",
      SLIDING,
      [
        [1n, 250n],
        [4n * MINUTE, 0n],
      ],
      100n,
    ],
    [
      "a bucket refills evenly",
      BUCKET,
      [
        [0n, 100n],
        [30_000n, 0n],
      ],
      50n,
    ],
    [
      "a bucket below zero takes longer",
      BUCKET,
      [
        [0n, 150n],
        [30_000n, 0n],
      ],
      0n,
    ],
    [
      "a bucket is never fuller than full",
      BUCKET,
      [
        [0n, 10n],
        [MINUTE * 1000n, 0n],
      ],
      100n,
    ],
  ];

  test.each(LEFT)("%s", (_name, algorithm, steps, left) => {
    expect(after(algorithm, ...steps)).toBe(left);
  });

  test("a bucket loses nothing to many small refills", () => {
    m.open(BUCKET, 100n, 100n, MINUTE, NOON);
    use(100n);
    for (let ms = 1n; ms <= MINUTE; ms++) m.advance(NOON + ms);
    expect([m.available(), m.isAtRest()]).toEqual([100n, 1]);
  });

  test("a clock that steps back a little gives nothing, and one that was set back goes on from there", () => {
    m.open(BUCKET, 100n, 100n, MINUTE, NOON);
    use(100n);
    for (let i = 0; i < 1000; i++) {
      m.advance(NOON + 600n);
      m.advance(NOON);
    }
    expect(m.available()).toBe(1n);
    m.advance(NOON - 3_600_000n);
    expect(m.available()).toBe(1n);
    m.advance(NOON - 3_600_000n + 600n);
    expect(m.available()).toBe(2n);
  });

  test("a lower amount leaves what was used", () => {
    m.open(FIXED, 100n, 100n, MINUTE, NOON);
    use(70n);
    m.redefine(FIXED, 50n, 50n, MINUTE);
    expect(m.available()).toBe(-20n);
  });
});

describe("leases", () => {
  test("last for the ttl and at most half of it more", () => {
    for (const ttl of [1000n, 1001n, 120_000n, 3_600_000n]) {
      for (let now = NOON; now < NOON + ttl; now += ttl / 7n) {
        const lasts = m.leaseEnd(now, ttl) - now;
        expect(lasts > ttl && lasts <= ttl + (ttl + 1n) / 2n).toBe(true);
      }
    }
  });

  const LATE: [name: string, algorithm: number, used: bigint, left: bigint][] = [
    ["less than reserved is given back", FIXED, 10n, 90n],
    ["more than reserved is added", FIXED, 90n, 10n],
    ["less than reserved is given back by a sliding window", SLIDING, 10n, 90n],
    ["what a bucket has refilled since is not given back", BUCKET, 10n, 90n],
    ["a stream that lost its place frees none", CONCURRENT, 1n, 100n],
  ];

  test.each(LATE)("one that ended is charged, and settled late: %s", (_name, algorithm, used, left) => {
    m.open(algorithm, 100n, 100n, algorithm === CONCURRENT ? 0n : MINUTE, NOON);
    const end = m.reserve(60n, NOON + 5000n);
    m.advance(NOON + 9200n);
    if (algorithm !== CONCURRENT) expect(m.available()).toBe(algorithm === BUCKET ? 47n : 40n);
    m.settle(60n, end, used);
    expect(m.available()).toBe(left);
  });

  test("a late settle gives back nothing that time has taken off already", () => {
    for (const algorithm of [FIXED, SLIDING, BUCKET]) {
      m.open(algorithm, 100n, 100n, MINUTE, NOON);
      const end = m.reserve(60n, NOON + 1000n);
      m.advance(NOON + 10n * MINUTE);
      use(50n);
      m.settle(60n, end, 0n);
      expect(m.available()).toBe(50n);
    }
  });

  test("a late settle in the next windows gives back the debt that the charge made", () => {
    for (const [windows, left] of [
      [1n, 40n],
      [2n, 40n],
      [3n, 40n],
      [4n, 100n],
    ] as const) {
      m.open(SLIDING, 100n, 100n, MINUTE, NOON);
      const end = m.reserve(300n, NOON + 1000n);
      m.advance(NOON + windows * MINUTE);
      m.settle(300n, end, 60n);
      expect(m.available()).toBe(left);
    }
  });

  test("of five different ends the fifth shares one that is not earlier", () => {
    m.open(FIXED, 100n, 100n, MINUTE, NOON);
    const ends = [4000n, 2000n, 6000n, 8000n].map((ms) => m.reserve(1n, NOON + ms));
    expect(ends.map((end) => end - NOON)).toEqual([4000n, 2000n, 6000n, 8000n]);
    expect([m.reserve(1n, NOON + 5000n), m.reserve(1n, NOON + 9000n)]).toEqual([NOON + 6000n, NOON + 8000n]);
    m.settle(1n, NOON + 6000n, 0n);
    expect(m.outstanding()).toBe(5n);
  });
});

const amount = fc.oneof(fc.bigInt(1n, 5n), fc.bigInt(1n, 100_000n), fc.bigInt(1n, LARGEST), fc.constant(LARGEST));
const anyUse = fc.oneof(fc.bigInt(0n, 10n), fc.bigInt(0n, 300_000n), fc.bigInt(0n, LARGEST), fc.bigInt(0n, 1n << 55n));
const period = fc.oneof(fc.bigInt(1000n, 5000n), fc.constantFrom(MINUTE, 3_600_000n, 2_592_000_000n));
const step = fc.oneof(fc.bigInt(0n, 3n), fc.bigInt(0n, 5000n), fc.bigInt(0n, 10_000_000n), fc.bigInt(0n, 1n << 41n));

const terms: fc.Arbitrary<Terms> = fc
  .record({ algorithm: fc.constantFrom(...ALGORITHMS), amount, burst: amount, periodMs: period })
  .map(({ algorithm, burst, ...rest }) => ({
    ...rest,
    algorithm,
    capacity: algorithm === BUCKET ? burst : rest.amount,
  }));

type Operation = { kind: "pass" | "use" | "reserve" | "renew" | "settle"; ms: bigint; amount: bigint; pick: number };

const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constantFrom("pass", "use", "reserve", "renew", "settle"),
  ms: step,
  amount: anyUse,
  pick: fc.nat(100),
});

const TTL = 10_000n;

test("any sequence of operations gives what an exact model gives", () => {
  fc.assert(
    fc.property(terms, fc.array(operation, { maxLength: 40 }), (chosen, operations) => {
      const oracle = new OracleAccount(chosen, NOON);
      open(chosen, NOON);
      const held: { amount: bigint; end: bigint }[] = [];
      for (const { kind, ms, amount: size, pick } of operations) {
        // Looking in between changes nothing.
        if (pick % 2 === 0) m.advance(oracle.now + ms / 3n);
        oracle.advance(oracle.now + ms);
        m.advance(oracle.now);
        const lease = held[pick % Math.max(held.length, 1)];
        // What ended is the business of the test below.
        const isHeld = lease !== undefined && lease.end > oracle.now;
        if (kind === "use" && chosen.algorithm !== CONCURRENT) {
          oracle.charge(size);
          use(size);
        } else if (kind === "reserve") {
          const end = m.reserve(size, m.leaseEnd(oracle.now, TTL));
          oracle.leases.push({ amount: size, end });
          held.push({ amount: size, end });
        } else if (kind === "renew" && isHeld) {
          oracle.release(lease.amount, lease.end);
          lease.end = m.renew(lease.amount, lease.end, m.leaseEnd(oracle.now, TTL));
          oracle.leases.push({ ...lease });
        } else if (kind === "settle" && isHeld) {
          oracle.release(lease.amount, lease.end);
          oracle.charge(size);
          m.settle(lease.amount, lease.end, size);
          held.splice(held.indexOf(lease), 1);
        }
        compare(oracle, pick);
      }
    }),
    { numRuns: 4000, seed: SEED },
  );
});

function compare(oracle: OracleAccount, pick: number): void {
  const { algorithm, capacity } = oracle.terms;
  const seen = {
    use: m.useNow(),
    outstanding: m.outstanding(),
    available: m.available(),
    isAtRest: m.isAtRest() === 1,
  };
  expect(seen).toEqual({
    use: oracle.use,
    outstanding: oracle.outstanding,
    available: oracle.available,
    isAtRest: oracle.used === 0n && oracle.previous === 0n && oracle.leases.every((lease) => lease.amount === 0n),
  });
  if (algorithm === CONCURRENT) return;
  const most = [0n, capacity - 1n, capacity / 2n][pick % 3]!;
  const extra = oracle.outstanding;
  const ms = m.msUntilUseAtMost(most, extra);
  expect(ms >= 0n && ms <= MOST).toBe(true);
  if (ms === MOST) return;
  expect(oracle.useAt(oracle.now + ms, extra) <= most).toBe(true);
  if (ms > 0n) expect(oracle.useAt(oracle.now + ms - 1n, extra) > most).toBe(true);
}

test("a lease settled late never leaves less than the truth would have, and in time exactly that", () => {
  fc.assert(
    fc.property(
      terms.filter(({ algorithm }) => algorithm !== CONCURRENT),
      fc.array(fc.tuple(step, anyUse), { maxLength: 6 }),
      anyUse,
      anyUse,
      fc.array(fc.tuple(step, anyUse), { maxLength: 6 }),
      fc.array(step, { maxLength: 3 }),
      (chosen, before, reserved, used, after, later) => {
        const truth = new OracleAccount(chosen, NOON);
        open(chosen, NOON);
        const both = (ms: bigint, size: bigint): void => {
          truth.advance(truth.now + ms);
          m.advance(truth.now);
          truth.charge(size);
          use(size);
        };
        for (const [ms, size] of before) both(ms, size);
        const end = m.reserve(reserved, truth.now + TTL);
        if (reserved > 0n) truth.leases.push({ end, amount: used });
        truth.advance(end);
        m.advance(end);
        if (reserved === 0n) truth.charge(used);
        for (const [ms, size] of after) both(ms, size);
        m.settle(reserved, end, used);
        const isSameTime = truth.now === end || used === reserved;
        if (isSameTime) expect(m.useNow()).toBe(truth.use);
        else if (used < reserved) expect(m.useNow() >= truth.use).toBe(true);
        for (const ms of used <= reserved ? later : []) {
          both(ms, 0n);
          expect(m.useNow() >= truth.use).toBe(true);
        }
      },
    ),
    { numRuns: 4000, seed: SEED },
  );
});

test("counts that no account can hold stay at the most, and wrap nowhere", () => {
  for (const algorithm of [SLIDING, FIXED, BUCKET]) {
    m.open(algorithm, 1n, 1n, 1000n, NOON);
    for (let i = 0; i < 20; i++) {
      const end = m.reserve(MOST, NOON + 1000n);
      m.settle(MOST, end, MOST);
      m.reserve(MOST, NOON + 2000n + BigInt(i));
    }
    expect(m.available() < -MOST).toBe(true);
    expect(m.msUntilUseAtMost(0n, MOST)).toBe(MOST);
    m.advance(NOON + 100_000n);
    expect([m.available() <= 1n - MOST + 200n, m.outstanding()]).toEqual([true, 0n]);
  }
});

test("a product divides exactly, whatever its size", () => {
  const number = fc.oneof(fc.bigInt(0n, 1000n), fc.bigInt(0n, 1n << 40n), fc.bigInt(0n, 1n << 60n));
  fc.assert(
    fc.property(number, number, number, number, (a, b, c, d) => {
      const divisor = d + 1n;
      const exact = (a * b + c) / divisor;
      expect(m.multiplyDivide(a, b, c, divisor)).toBe(saturate(exact));
      if (exact < MOST) expect(m.remainder()).toBe((a * b + c) % divisor);
    }),
    { numRuns: 20_000, seed: SEED },
  );
});

describe("what a usage counts", () => {
  const weights = fc.tuple(...Array.from({ length: 5 }, () => fc.bigInt(0n, 1_000_000n)));
  const tokens = fc.oneof(fc.bigInt(-1n, 100n), fc.bigInt(0n, LARGEST), fc.constantFrom(LARGEST, MOST, -MOST));

  test("is the sum by weight, each part at its own, rounded up", () => {
    fc.assert(
      fc.property(weights, fc.tuple(tokens, tokens, tokens, tokens, tokens), (w, t) => {
        const clamp = (value: bigint, most: bigint): bigint => (value < 0n ? 0n : value > most ? most : value);
        const [input, output] = [clamp(t[0], LARGEST), clamp(t[3], LARGEST)];
        const cached = clamp(t[1], input);
        const created = clamp(t[2], input - cached);
        const reasoning = clamp(t[4], output);
        const parts = [input - cached - created, cached, created, output - reasoning, reasoning];
        const thousandths = parts.reduce((sum, part, index) => sum + part * w[index]!, 0n);
        expect(m.count(...w, ...t)).toBe(saturate((thousandths + 999n) / 1000n));
      }),
      { numRuns: 10_000, seed: SEED },
    );
  });
});

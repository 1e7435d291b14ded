import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type LoaderExports, loadModule } from "../../lib/load.ts";
import { SEED } from "../../lib/seeded.ts";
import { type Answer, type Status, decodeAnswer, decodeRequest, encodeAnswer } from "./rate-limit-proto.ts";

interface Wire extends LoaderExports {
  begin(domain: number, count: number): void;
  key(limitName: number, budget: number): void;
  entry(name: number, value: number): number;
  check(): number;
  amount(index: number, value: bigint): void;
  charge(): number;
  pointer(): number;
  read(bytes: number, length: number, asked: number): number;
  isLimited(index: number): number;
  isExhausted(index: number): number;
  limitAmount(index: number): number;
  remaining(index: number): number;
  resetSeconds(index: number): number;
}

interface Key {
  limit: string;
  by?: Record<string, string | Uint8Array>;
  amount?: bigint;
}

const OK = 1;
const OVER_LIMIT = 2;
const MINUTE = 2;
const ROOM = 65536;
const MAX_CHARGE = 2n ** 32n;

let wire: Wire;

beforeAll(async () => {
  wire = await loadModule<Wire>("rate-limit-wire");
});

const text = (words: string): number => wire.__newString(words);

function bytes(content: Uint8Array): number {
  const pointer = wire.__pin(wire.__new(content.length, 1));
  new Uint8Array(wire.memory.buffer).set(content, pointer);
  return pointer;
}

/** Hands over a domain and keys; whether each entry was taken. */
function given(domain: string, keys: Key[], room = ROOM): boolean[] {
  wire.begin(text(domain), keys.length);
  return keys.flatMap(({ limit, by = {}, amount }, index) => {
    wire.key(text(limit), room);
    const taken = Object.entries(by).map(([name, value]) => {
      const pointer = bytes(typeof value === "string" ? Buffer.from(value) : value);
      const isTaken = wire.entry(text(name), pointer) === 1;
      wire.__unpin(pointer);
      return isTaken;
    });
    wire.amount(index, amount ?? 0n);
    return taken;
  });
}

function written(length: number): Uint8Array {
  return new Uint8Array(wire.memory.buffer, wire.pointer(), length).slice();
}

const checked = () => decodeRequest(written(wire.check()));
const charged = () => decodeRequest(written(wire.charge()));

describe("a request to the rate limit service", () => {
  const MINUTE_OF_TEAM_A: Key = { limit: "minute", by: { consumer: "team-a", model: "gpt-4o" } };
  const DAY_OF_TEAM_A: Key = { limit: "day", by: { consumer: "team-a" } };
  const ENTRIES = [
    [
      { key: "limit", value: "minute" },
      { key: "consumer", value: "team-a" },
      { key: "model", value: "gpt-4o" },
    ],
    [
      { key: "limit", value: "day" },
      { key: "consumer", value: "team-a" },
    ],
  ];

  test("checks every limit in order, and says that it charges nothing", () => {
    given("weir", [MINUTE_OF_TEAM_A, DAY_OF_TEAM_A]);
    expect(checked()).toEqual({
      domain: "weir",
      descriptors: ENTRIES.map((entries) => ({ entries, hitsAddend: { value: 0n } })),
      hitsAddend: 0,
    });
  });

  test("charges each limit its own amount, and leaves out what owes nothing", () => {
    given("weir", [
      { ...MINUTE_OF_TEAM_A, amount: 0n },
      { ...DAY_OF_TEAM_A, amount: 1234n },
    ]);
    expect(charged().descriptors).toEqual([{ entries: ENTRIES[1], hitsAddend: { value: 1234n } }]);
  });

  const AMOUNTS: [what: string, amount: bigint, charge: bigint][] = [
    ["one", 1n, 1n],
    ["the largest amount that a limit of the service can have", 2n ** 32n - 1n, 2n ** 32n - 1n],
    ["2^53, as more than any limit but no more than its counter can hold", 2n ** 53n, MAX_CHARGE],
    ["all 64 bits likewise", 2n ** 64n - 1n, MAX_CHARGE],
  ];
  test.each(AMOUNTS)("charges %s", (_what, amount, charge) => {
    given("weir", [{ ...DAY_OF_TEAM_A, amount }]);
    expect(charged().descriptors[0]?.hitsAddend).toEqual({ value: charge });
  });

  const VALUES: [what: string, value: string | Uint8Array, sent: string][] = [
    ["a plain name as it is", "team a/b_c:d@e.f", "team a/b_c:d@e.f"],
    ["an empty one", "", ""],
    ["letters beyond ASCII in their percent encoding", "Zürich", "Z%C3%BCrich"],
    ["bytes that are no UTF-8 so that the service still takes the call", Uint8Array.of(0x61, 0xff, 0x80), "a%FF%80"],
    ["a percent sign so that no other name looks the same", "a%FF", "a%25FF"],
    ["control characters visibly", "a\u0000\n\u007f", "a%00%0A%7F"],
  ];
  test.each(VALUES)("writes %s", (_what, value, sent) => {
    given("weir", [{ limit: "minute", by: { consumer: value } }]);
    expect(checked().descriptors[0]?.entries[1]).toEqual({ key: "consumer", value: sent });
  });

  test("keeps its other entries when one is too long or finds no room", () => {
    const by = { consumer: "x".repeat(1025), model: "y".repeat(1024) };
    expect(given("weir", [{ limit: "minute", by }])).toEqual([false, true]);
    const entries = [
      { key: "limit", value: "minute" },
      { key: "model", value: by.model },
    ];
    expect(checked().descriptors[0]?.entries).toEqual(entries);
    expect(given("weir", [{ limit: "minute", by: { consumer: "x".repeat(100), model: "y" } }], 64)).toEqual([
      false,
      true,
    ]);
    expect(checked().descriptors[0]?.entries).toHaveLength(2);
  });

  test("is not sent when there is nothing to ask, nothing to charge, or far too much", () => {
    given("weir", []);
    expect(wire.check()).toBe(0);
    given("weir", [MINUTE_OF_TEAM_A]);
    expect(wire.charge()).toBe(0);
    given(
      "weir",
      Array.from({ length: 300 }, () => ({ limit: "minute", by: { consumer: "x".repeat(1024) }, amount: 1n })),
    );
    expect([wire.check(), wire.charge()]).toEqual([0, 0]);
    given("weir", [MINUTE_OF_TEAM_A]);
    expect(checked().descriptors).toHaveLength(1);
  });

  const anyKey = fc.record({
    limit: fc.string({ minLength: 1, maxLength: 40 }),
    by: fc.dictionary(fc.stringMatching(/^[a-z-]{1,20}$/), fc.uint8Array({ maxLength: 300 }), { maxKeys: 5 }),
    amount: fc.oneof(fc.bigInt(0n, 300n), fc.bigInt(0n, 2n ** 64n - 1n)),
  });
  test("says what was asked for, whatever the names, values and amounts", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.array(anyKey, { minLength: 1, maxLength: 6 }), (domain, keys) => {
        given(domain, keys);
        const descriptors = keys.map(({ limit, by, amount }) => ({
          entries: [
            { key: "limit", value: wellFormed(limit) },
            ...Object.entries(by).map(([key, value]) => ({ key, value: percentEncoded(value) })),
          ],
          hitsAddend: { value: amount < MAX_CHARGE ? amount : MAX_CHARGE },
        }));
        const check = descriptors.map((descriptor) => ({ ...descriptor, hitsAddend: { value: 0n } }));
        expect(checked()).toEqual({ domain: wellFormed(domain), descriptors: check, hitsAddend: 0 });
        const owing = descriptors.filter(({ hitsAddend }) => hitsAddend.value > 0n);
        const charge = wire.charge();
        if (owing.length === 0) expect(charge).toBe(0);
        else expect(decodeRequest(written(charge)).descriptors).toEqual(owing);
      }),
      { seed: SEED },
    );
  });
});

describe("an answer of the rate limit service", () => {
  /** What the plugin makes of the first `length` bytes; undefined: not an answer to what was asked. */
  function read(content: Uint8Array, asked: number, length = content.length): Judged[] | undefined {
    const pointer = bytes(content);
    const isAnswer = wire.read(pointer, length, asked) === 1;
    wire.__unpin(pointer);
    if (!isAnswer) return undefined;
    return Array.from({ length: asked }, (_, index) => ({
      isLimited: wire.isLimited(index) === 1,
      isExhausted: wire.isExhausted(index) === 1,
      amount: wire.limitAmount(index) >>> 0,
      remaining: wire.remaining(index) >>> 0,
      resetSeconds: wire.resetSeconds(index) >>> 0,
    }));
  }

  const LIMIT = { name: Buffer.from("minute"), requestsPerUnit: 100, unit: MINUTE };
  const STATUSES: [what: string, status: Status, judged: Judged][] = [
    [
      "something is left",
      { code: OK, currentLimit: LIMIT, limitRemaining: 40, durationUntilReset: { seconds: 12 } },
      { isLimited: true, isExhausted: false, amount: 100, remaining: 40, resetSeconds: 12 },
    ],
    [
      "more is used than there was",
      { code: OVER_LIMIT, currentLimit: LIMIT, limitRemaining: 0, durationUntilReset: { seconds: 60 } },
      { isLimited: true, isExhausted: true, amount: 100, remaining: 0, resetSeconds: 60 },
    ],
    [
      "exactly all is used, though the service lets it pass",
      { code: OK, currentLimit: LIMIT, limitRemaining: 0, durationUntilReset: { seconds: 1, nanos: 1 } },
      { isLimited: true, isExhausted: true, amount: 100, remaining: 0, resetSeconds: 2 },
    ],
    [
      "the service's configuration doesn't know the key",
      { code: OK },
      { isLimited: false, isExhausted: false, amount: 0, remaining: 0, resetSeconds: 0 },
    ],
    [
      "the key is unlimited",
      { code: OK, limitRemaining: 2 ** 32 - 1 },
      { isLimited: false, isExhausted: false, amount: 0, remaining: 2 ** 32 - 1, resetSeconds: 0 },
    ],
    [
      "the limit is as large as can be",
      { code: OK, currentLimit: { requestsPerUnit: 2 ** 32 - 1 }, limitRemaining: 2 ** 32 - 1 },
      { isLimited: true, isExhausted: false, amount: 2 ** 32 - 1, remaining: 2 ** 32 - 1, resetSeconds: 0 },
    ],
    [
      "a duration is absurd",
      { code: OK, currentLimit: LIMIT, limitRemaining: 1, durationUntilReset: { seconds: 2 ** 52 } },
      { isLimited: true, isExhausted: false, amount: 100, remaining: 1, resetSeconds: 2 ** 32 - 1 },
    ],
    [
      "a duration is negative",
      { code: OK, currentLimit: LIMIT, limitRemaining: 1, durationUntilReset: { seconds: -5, nanos: -1 } },
      { isLimited: true, isExhausted: false, amount: 100, remaining: 1, resetSeconds: 0 },
    ],
  ];
  test.each(STATUSES)("says when %s", (_what, status, judged) => {
    const answer = { overallCode: status.code, statuses: [status] };
    expect(read(encodeAnswer(answer), 1)).toEqual([judged]);
  });

  test("is read with headers to add and fields of a later version in it", () => {
    const answer = {
      overallCode: OK,
      statuses: [STATUSES[0]![1]],
      responseHeadersToAdd: [{ key: Buffer.from("a"), value: Buffer.from("b") }],
    };
    const unknown = Uint8Array.of(
      0xfd,
      1,
      1,
      2,
      3,
      4,
      0xf9,
      1,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      0xf8,
      1,
      0xff,
      1,
      0xfa,
      1,
      1,
      7,
    );
    expect(read(Buffer.concat([unknown, encodeAnswer(answer), unknown]), 1)).toEqual([STATUSES[0]![2]]);
  });

  const REFUSED: [what: string, content: Uint8Array, asked: number][] = [
    ["nothing", Uint8Array.of(), 1],
    ["nothing, when nothing was asked", Uint8Array.of(), 0],
    ["a code but no status", encodeAnswer({ overallCode: OK, statuses: [] }), 1],
    ["too many statuses", encodeAnswer({ overallCode: OK, statuses: [{ code: OK }, { code: OK }] }), 1],
    ["no overall code", encodeAnswer({ overallCode: 0, statuses: [{ code: OK }] }), 1],
    ["an overall code from the future", encodeAnswer({ overallCode: 3, statuses: [{ code: OK }] }), 1],
    ["a status without a code", encodeAnswer({ overallCode: OK, statuses: [{ code: 0 }] }), 1],
    ["field number 0", Uint8Array.of(0x08, 1, 0x00, 0), 0],
    ["a group, which proto3 has not", Uint8Array.of(0x08, 1, 0x7b, 0x7c), 0],
    ["a varint that doesn't end", Uint8Array.of(0x08, ...new Array<number>(11).fill(0x80), 1), 0],
    ["a length beyond 32 bits", Uint8Array.of(0x08, 1, 0x2a, 0x80, 0x80, 0x80, 0x80, 0x10), 0],
    ["a length that wraps to before itself", Uint8Array.of(0x08, 1, 0x2a, ...new Array<number>(9).fill(0xff), 1), 0],
  ];
  test.each(REFUSED)("is not %s", (_what, content, asked) => {
    expect(read(content, asked)).toBeUndefined();
  });

  const anyStatus: fc.Arbitrary<Status> = fc.record(
    {
      code: fc.constantFrom(OK, OVER_LIMIT),
      currentLimit: fc.record({
        name: fc.uint8Array({ maxLength: 9 }),
        requestsPerUnit: fc.nat(2 ** 32 - 1),
        unit: fc.nat(7),
      }),
      limitRemaining: fc.nat(2 ** 32 - 1),
      durationUntilReset: fc.record({ seconds: fc.maxSafeInteger(), nanos: fc.integer() }),
    },
    { requiredKeys: ["code"] },
  );
  const anyAnswer: fc.Arbitrary<Answer> = fc.record({
    overallCode: fc.constantFrom(OK, OVER_LIMIT),
    statuses: fc.array(anyStatus, { maxLength: 5 }),
  });

  test("means the same as to another implementation", () => {
    fc.assert(
      fc.property(anyAnswer, (answer) => {
        expect(read(encodeAnswer(answer), answer.statuses.length)).toEqual(answer.statuses.map(judge));
      }),
      { seed: SEED },
    );
  });

  test("that is cut or damaged anywhere is read as another implementation reads it, or refused", () => {
    const damage = fc.record({ at: fc.nat(), to: fc.nat(255), cut: fc.nat() });
    fc.assert(
      fc.property(anyAnswer, damage, (answer, { at, to, cut }) => {
        const asked = answer.statuses.length;
        const content = encodeAnswer(answer);
        for (let length = 0; length <= content.length; length++) expectAgreement(content, asked, length);
        content[at % content.length] = to;
        expectAgreement(content, asked, content.length - (cut % 2 === 0 ? 0 : cut % content.length));
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  function expectAgreement(content: Uint8Array, asked: number, length: number): void {
    const ours = read(content, asked, length);
    if (ours === undefined) return;
    expect(ours).toEqual(decodeAnswer(content.slice(0, length)).statuses.map(judge));
  }
});

interface Judged {
  isLimited: boolean;
  isExhausted: boolean;
  amount: number;
  remaining: number;
  resetSeconds: number;
}

function judge({ code, currentLimit, limitRemaining = 0, durationUntilReset }: Status): Judged {
  const { seconds, nanos = 0 } = durationUntilReset ?? { seconds: 0 };
  const isLimited = Boolean(currentLimit);
  return {
    isLimited,
    isExhausted: code === OVER_LIMIT || (isLimited && limitRemaining === 0),
    amount: currentLimit?.requestsPerUnit ?? 0,
    remaining: limitRemaining,
    resetSeconds: seconds < 0 || nanos < 0 ? 0 : Math.min(seconds + (nanos > 0 ? 1 : 0), 2 ** 32 - 1),
  };
}

function percentEncoded(value: Uint8Array): string {
  return [...value]
    .map((byte) => {
      const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x25;
      return isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}

function wellFormed(words: string): string {
  return Buffer.from(words).toString();
}

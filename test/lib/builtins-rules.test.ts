import { isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { BuiltinsModule, type Hit } from "./builtins-module.ts";
import { BASE32, BASE62, BASE64URL, BECH32, drawn, privateKey, puttyKey, token } from "./builtins-secrets.ts";
import { SEED } from "./seeded.ts";

let m: BuiltinsModule;

beforeAll(async () => {
  m = await BuiltinsModule.load();
});

function finds(kind: string, text: string): boolean {
  m.configure(256, [kind]);
  const bytes = Buffer.from(text);
  const hits = m.find(bytes);
  if (hits.length > 0) expect(hits).toEqual([{ kind, start: 0, end: bytes.length }]);
  return hits.length > 0;
}

const digits = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: length, maxLength: length });

function luhn(number: string): boolean {
  const doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
  const sum = [...number].reverse().reduce((total, digit, i) => total + (i % 2 ? doubled[+digit]! : +digit), 0);
  return sum % 10 === 0;
}

describe("a number is found exactly when its rule holds", () => {
  test("Luhn's sum of a card", () => {
    const number = fc
      .tuple(fc.constantFrom("4", "51", "2221", "6011"), digits(16))
      .map(([a, b]) => (a + b).slice(0, 16));
    fc.assert(
      fc.property(number, (card) => {
        expect(finds("CreditCard", card)).toBe(luhn(card));
      }),
      { numRuns: 3000, seed: SEED },
    );
  });

  test("the remainder of an IBAN", () => {
    const account = fc.tuple(fc.constantFrom("DE", "ES", "HU"), digits(26)).map(([country, rest]) => {
      const body = rest.slice(0, { DE: 18, ES: 20, HU: 24 }[country]);
      return { country, body };
    });
    fc.assert(
      fc.property(account, digits(2), fc.boolean(), ({ country, body }, other, isRight) => {
        const letters = [...country].map((letter) => letter.charCodeAt(0) - 55).join("");
        const right = String(98n - (BigInt(`${body}${letters}00`) % 97n)).padStart(2, "0");
        const check = isRight ? right : other;
        const iban = `${country}${check}${body}`;
        const isValid = BigInt(`${body}${letters}${check}`) % 97n === 1n;
        expect(finds("Iban", iban)).toBe(isValid);
        expect(finds("Iban", iban.replace(/(.{4})(?!$)/g, "$1 "))).toBe(isValid);
      }),
      { numRuns: 2000, seed: SEED },
    );
  });

  test("area, group and serial of a Social Security number", () => {
    const often = (length: number, ...special: string[]): fc.Arbitrary<string> =>
      fc.oneof(digits(length), fc.constantFrom(...special));
    const parts = fc.tuple(often(3, "000", "666", "900", "899"), often(2, "00"), often(4, "0000"));
    fc.assert(
      fc.property(parts, ([area, group, serial]) => {
        const isValid = !/^(000|666|9..)/.test(area) && group !== "00" && serial !== "0000";
        expect(finds("UsSsn", `${area}-${group}-${serial}`)).toBe(isValid);
      }),
      { numRuns: 3000, seed: SEED },
    );
  });

  test("the octets of an IPv4 address", () => {
    const octet = fc.oneof(fc.nat(300).map(String), fc.constantFrom("00", "01", "255", "256", "0"));
    fc.assert(
      fc.property(fc.array(octet, { minLength: 3, maxLength: 5 }), (octets) => {
        const address = octets.join(".");
        expect(finds("IpAddress", address)).toBe(isIPv4(address));
      }),
      { numRuns: 3000, seed: SEED },
    );
  });

  test("the groups of an IPv6 address", () => {
    const group = fc.oneof(
      fc.constantFrom("2001", "db8", "fe80", "0", "ffff", "12345", ""),
      fc.nat(0xffff).map((value) => value.toString(16)),
    );
    fc.assert(
      fc.property(fc.array(group, { minLength: 2, maxLength: 10 }), (groups) => {
        // A single colon at the end is a sentence's.
        const address = `2a02:${groups.join(":")}:1`;
        expect(finds("IpAddress", address)).toBe(isIPv6(address));
      }),
      { numRuns: 5000, seed: SEED },
    );
  });
});

const word = fc.constantFrom(
  ..."the order of phone: call a@b.c é 电话 , . ; ( ) + - / \\n key= = : :: // @ x".split(" "),
  " ",
  " ",
  "\n",
  '"',
);
const hit = fc.constantFrom(
  "4111 1111 1111 1111",
  "DE89 3704 0044 0532 0130 00",
  "jane.doe@example.co.uk",
  "+49 (0) 30 901820",
  "415-555-0123 x42",
  "9469 9966",
  "123-45-6789",
  "10.0.0.1",
  "2001:db8::8a2e:370:7334",
  `AKIA${drawn(BASE32, 16)}`,
  `gh${"p_"}${drawn(BASE62, 36)}`,
  `github${"_pat_"}${drawn(BASE62, 40)}`,
  `s${"k-"}proj-${drawn(BASE64URL, 156)}`,
  `s${"k_"}live_${drawn(BASE62, 24)}`,
  `xo${"xb"}-123456789012-${drawn(BASE62, 24)}`,
  `AI${"za"}Sy${drawn(BASE64URL, 33)}`,
  privateKey("PRIVATE KEY", 2),
  token({ alg: "HS256", typ: "JWT" }),
  `postgres://app:${drawn(BASE62, 12)}@db.example.com:5432/app`,
  `Server=db;Password=${drawn(BASE62, 12)};`,
  "eyJhbGci",
  "-----BEGIN ",
  "100/4111 1111 1111 1111",
  "1001.4111.1111.1111.1111",
  "_4111  1111  1111  1111_",
  "tel4155550123",
  "jdbc:oracle:thin:app/tiger_99@//db.example.com:1521/orcl",
  "jane@\u4f8b\u5b50.\u6d4b\u8bd5",
  puttyKey(3, "\n", 64),
  `AGE-SECRET-KEY-1${drawn(BECH32, 58)}`,
  "__10.0.0.1__",
  "__jane@example.com__",
  "x.2001:db8::1",
  "4111-1111",
  "2024-11-18",
);
const text = fc
  .array(fc.oneof({ weight: 3, arbitrary: word }, { weight: 2, arbitrary: hit }, { weight: 1, arbitrary: digits(3) }), {
    maxLength: 14,
  })
  .map((parts) => Buffer.from(parts.join("")));
const hold = fc.constantFrom(64, 100, 256);
/** Which kind is wanted alone; null for all. */
const alone = fc.option(fc.nat(99), { freq: 1 });

function configure(maxHoldBytes: number, only: number | null): void {
  m.configure(maxHoldBytes, only === null ? m.kinds : [m.kinds[only % m.kinds.length]!]);
}

test("splitting a text anywhere changes nothing", () => {
  fc.assert(
    fc.property(text, hold, alone, fc.array(fc.nat(600), { maxLength: 8 }), (bytes, maxHoldBytes, only, cuts) => {
      configure(maxHoldBytes, only);
      const whole = m.find(bytes);
      expect(
        m.find(
          bytes,
          cuts.filter((cut) => cut <= bytes.length).sort((a, b) => a - b),
        ),
      ).toEqual(whole);
      expect(m.find(bytes, bytes.keys())).toEqual(whole);
    }),
    { numRuns: 3000, seed: SEED },
  );
});

test("no more is held back than allowed, and nothing is found before what was settled", () => {
  fc.assert(
    fc.property(text, hold, alone, (bytes, maxHoldBytes, only) => {
      configure(maxHoldBytes, only);
      const settledAt: number[] = [];
      let before = 0;
      const hits = m.tell(bytes, bytes.keys(), (end, pending, told) => {
        expect(end - pending).toBeLessThanOrEqual(maxHoldBytes);
        expect(pending).toBeGreaterThanOrEqual(before);
        while (settledAt.length < told) settledAt.push(before);
        before = pending;
      });
      for (const { start, end, told } of hits) {
        expect(start).toBeGreaterThanOrEqual(settledAt[told] ?? before);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(bytes.length);
      }
      for (let i = 1; i < hits.length; i++) expect(hits[i]!.start).toBeGreaterThanOrEqual(hits[i - 1]!.end);
    }),
    { numRuns: 1500, seed: SEED },
  );
});

const SETTLED: [name: string, text: string, pending: number][] = [
  ["prose that ends with a space", "The quick brown fox jumps. ", 27],
  ["a word that may become an address", "The quick brown", 10],
  ["Chinese", "今天天气很好，", 21],
  ["a line end", "call me\n", 8],
  ["a number that may go on", "total 2024", 6],
  ["a short number that is over", "total 2024,", 11],
  ["a parenthesis that a telephone number may follow", "call (", 5],
  ["a run longer than any address", "a".repeat(100), 100],
  ["punctuation", "x = { y: [", 10],
  ["the scheme of an Oracle driver behind a long word", `${"a".repeat(30)}-jdbc:`, 31],
];

test.each(SETTLED)("is settled as far as can be: %s", (_name, part, expected) => {
  m.configure(256);
  const bytes = Buffer.from(`${part} and more`);
  let pending = 0;
  m.find(bytes, [Buffer.byteLength(part)], (_end, settled) => {
    pending = settled;
  });
  expect(pending).toBe(expected);
});

test.each(["github", "github_", "x\\ngithub_p"])("no letter is given away of a token that may follow: %s", (begun) => {
  m.configure(256, ["GitHubToken"]);
  const bytes = Buffer.from(`${begun}${drawn(BASE62, 40)}`);
  m.find(bytes, [begun.length], (_end, pending) => {
    expect(pending).toBeLessThanOrEqual(begun.indexOf("github"));
  });
});

test("text in which nothing that is wanted could begin is settled to its end", () => {
  m.configure(256, ["CreditCard"]);
  const bytes = Buffer.from("The quick brown");
  m.find(bytes, [bytes.length], (end, pending) => {
    expect(pending).toBe(end);
  });
});

const LONG: [name: string, kind: string, text: string][] = [
  ["a private key of 10 kB", "PrivateKey", privateKey("RSA PRIVATE KEY", 150)],
  ["a token with many claims", "Jwt", `${token({ alg: "RS256" }, 3000)}`],
  ["a header longer than is looked at", "Jwt", token({ alg: "RS256", x5c: [drawn(BASE62, 2000)] }, 342)],
  ["a signed token of an installation", "GitHubToken", `gh${"s_"}1_${token({ alg: "RS256" }, 2000)}`],
  ["a key of a project", "OpenAiKey", `s${"k-"}proj-${drawn(BASE64URL, 900)}`],
  ["a connection string", "ConnectionString", `postgres://u:${drawn(BASE62, 20)}@db.example.com/${"a".repeat(900)}`],
  ["an address at a long domain", "Email", `jane@${"sub.".repeat(60)}example.com`],
];

test.each(LONG)("is told in parts, whole: %s", (_name, kind, long) => {
  for (const maxHoldBytes of [64, 256]) {
    m.configure(maxHoldBytes, [kind]);
    const bytes = Buffer.from(`see ${long}\nand on`);
    const expected: Hit[] = [{ kind, start: 4, end: 4 + long.length }];
    expect(m.find(bytes)).toEqual(expected);
    expect(m.find(bytes, bytes.keys())).toEqual(expected);
    for (const size of [7, 64, 1000]) {
      const cuts = Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => i * size);
      expect(m.find(bytes, cuts, (end, pending) => expect(end - pending).toBeLessThanOrEqual(maxHoldBytes))).toEqual(
        expected,
      );
    }
  }
});

test("what ended behind a long URL is not continued as the URL would be", () => {
  const url = `postgres://u:${drawn(BASE62, 20)}@db/${"a".repeat(100)}`;
  const key = `AGE-SECRET-KEY-1${drawn(BECH32, 58)}`;
  const bytes = Buffer.from(`${url} ${key}:000`);
  m.configure(100);
  const expected: Hit[] = [
    { kind: "ConnectionString", start: 0, end: url.length },
    { kind: "PrivateKey", start: url.length + 1, end: url.length + 1 + key.length },
  ];
  expect(m.find(bytes)).toEqual(expected);
  expect(m.find(bytes, bytes.keys())).toEqual(expected);
});

test("a private key without an end is one up to its bound", () => {
  m.configure(256);
  const begun = privateKey("PRIVATE KEY", 400).slice(0, 25_000);
  expect(m.find(Buffer.from(begun))).toEqual([{ kind: "PrivateKey", start: 0, end: 16384 }]);
});

test("only what is wanted is found", () => {
  const bytes = Buffer.from("jane@example.com 4111111111111111 10.0.0.1");
  for (const kind of ["Email", "CreditCard", "IpAddress"]) {
    m.configure(256, [kind]);
    expect(m.find(bytes).map((hit) => hit.kind)).toEqual([kind]);
  }
  m.configure(256, []);
  expect(m.find(bytes)).toEqual([]);
});

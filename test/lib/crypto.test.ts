import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type LoaderExports, loadModule } from "./load.ts";

let lib: LoaderExports & {
  hmac(key: number, text: number): number;
  base64(bytes: number, isForUrls: boolean): number;
  stamp(seconds: number): number;
  secondsOf(text: number): number;
  scope(region: number, service: number): void;
  begin(method: number, target: number): void;
  header(name: number, value: number): void;
  sign(payloadHash: number, accessKeyId: number, secret: number, stamp: number): number;
};

beforeAll(async () => {
  lib = await loadModule("crypto");
});

/** Calls with objects that stay alive for the length of the call. */
function withArguments<T>(values: (string | Uint8Array)[], call: (...pointers: number[]) => T): T {
  const pointers = values.map((value) => lib.__pin(typeof value === "string" ? lib.__newString(value) : bytes(value)));
  try {
    return call(...pointers);
  } finally {
    pointers.forEach((pointer) => lib.__unpin(pointer));
  }
}

function bytes(value: Uint8Array): number {
  const pointer = lib.__new(value.length, 1);
  new Uint8Array(lib.memory.buffer).set(value, pointer);
  return pointer;
}

const ANY_BYTES = fc.uint8Array({ maxLength: 200 });

test("HMAC-SHA-256 of any key and text is Node's", () => {
  fc.assert(
    fc.property(ANY_BYTES, ANY_BYTES, (key, text) => {
      const digest = withArguments([key, text], (k, t) => lib.__getString(lib.hmac(k!, t!)));
      expect(digest).toBe(createHmac("sha256", key).update(text).digest("hex"));
    }),
  );
});

test("base64 of any bytes is Node's, in both alphabets", () => {
  fc.assert(
    fc.property(ANY_BYTES, (value) => {
      const [plain, forUrls] = [false, true].map((isForUrls) =>
        withArguments([value], (pointer) => lib.__getString(lib.base64(pointer!, isForUrls))),
      );
      expect([plain, forUrls]).toEqual([
        Buffer.from(value).toString("base64"),
        Buffer.from(value).toString("base64url"),
      ]);
    }),
  );
});

test("a time is written as Node writes it, and read back", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (seconds) => {
      const iso = new Date(seconds * 1000).toISOString();
      expect(lib.__getString(lib.stamp(seconds))).toBe(iso.replaceAll(/[-:]|\.000/g, ""));
      for (const text of [iso, iso.replace(".000", "")]) {
        expect(withArguments([text], (pointer) => lib.secondsOf(pointer!))).toBe(seconds);
      }
    }),
  );
});

test.each([
  "",
  "2015-08-30",
  "2015-08-30T12:36:00",
  "2015-13-30T12:36:00Z",
  "2015-08-99T12:36:00Z",
  "2015-08-30T99:36:00Z",
  "2015.08.30T12:36:00Z",
  "2015-08-30T12:36:00+02:00Z",
  "20a5-08-30T12:36:00Z",
  "tomorrow, some time Z",
])("%j is no time", (text) => {
  expect(withArguments([text], (pointer) => lib.secondsOf(pointer!))).toBe(-1);
});

interface Signed {
  method: string;
  target: string;
  headers: [name: string, value: string][];
  payload: string;
  region: string;
  service: string;
  stamp: string;
}

const ID = "AKIDEXAMPLE";
const SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const NO_BODY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** Signs all headers, as AWS's test suite does. */
function authorization({ method, target, headers, payload, region, service, stamp }: Signed): string {
  withArguments([region, service], (r, s) => lib.scope(r!, s!));
  withArguments([method, target], (m, t) => lib.begin(m!, t!));
  for (const name of [...new Set(headers.map(([each]) => each))].sort()) {
    const values = headers.filter(([each]) => each === name).map(([, value]) => value.trim());
    withArguments([name, values.join(",")], (n, v) => lib.header(n!, v!));
  }
  return withArguments([payload, ID, SECRET, stamp], (...pointers) =>
    lib.__getString(lib.sign(...(pointers as [number, number, number, number]))),
  );
}

/** Of the test suite that AWS publishes for Signature Version 4: request, and the signature that it has to get. */
const PUBLISHED: [name: string, request: string, headers: [string, string][], signature: string, payload?: string][] = [
  ["get-vanilla", "GET /", [], "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
  [
    "get-vanilla-query-order-key-case",
    "GET /?Param2=value2&Param1=value1",
    [],
    "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
  ],
  ["get-vanilla-utf8-query", "GET /?ሴ=bar", [], "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"],
  [
    "get-unreserved",
    "GET /-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    [],
    "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
  ],
  ["get-utf8", "GET /ሴ", [], "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"],
  ["get-space", "GET /example space/", [], "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"],
  ["get-relative", "GET /example/..", [], "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
  [
    "get-relative-relative",
    "GET /example1/example2/../..",
    [],
    "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
  ],
  ["get-slash", "GET //", [], "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
  ["get-slash-dot-slash", "GET /./", [], "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
  ["get-slash-pointless-dot", "GET /./example", [], "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"],
  [
    "get-header-key-duplicate",
    "GET /",
    [
      ["my-header1", "value2"],
      ["my-header1", "value2"],
      ["my-header1", "value1"],
    ],
    "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
  ],
  [
    "get-header-value-order",
    "GET /",
    [
      ["my-header1", "value4"],
      ["my-header1", "value1"],
      ["my-header1", "value3"],
      ["my-header1", "value2"],
    ],
    "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01",
  ],
  [
    "get-header-value-trim",
    "GET /",
    [
      ["my-header1", " value1"],
      ["my-header2", ' "a   b   c"'],
    ],
    "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
  ],
  ["post-vanilla", "POST /", [], "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
  [
    "post-sts-header-before",
    "POST /",
    [
      [
        "x-amz-security-token",
        "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==",
      ],
    ],
    "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
  ],
  [
    "post-x-www-form-urlencoded",
    "POST /",
    [["content-type", "application/x-www-form-urlencoded"]],
    "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e",
  ],
];

describe("Signature Version 4", () => {
  test.each(PUBLISHED)("signs AWS's own %s", (_name, request, headers, signature, payload = NO_BODY) => {
    const space = request.indexOf(" ");
    const stamp = "20150830T123600Z";
    const signed = authorization({
      method: request.slice(0, space),
      target: request.slice(space + 1),
      headers: [...headers, ["host", "example.amazonaws.com"], ["x-amz-date", stamp]],
      payload,
      region: "us-east-1",
      service: "service",
      stamp,
    });
    expect(signed.split("Signature=")[1]).toBe(signature);
  });

  /** Requests to Bedrock's paths and others, with what botocore 1.44.8 signs them with. */
  const file = join(import.meta.dirname, "..", "fixtures", "sigv4", "botocore-1.44.8.json");
  const cases = JSON.parse(readFileSync(file, "utf8")) as (Signed & { authorization: string })[];

  test(`signs ${cases.length} requests as botocore does`, () => {
    const wrong = cases.filter((each) => authorization(each) !== each.authorization);
    expect(wrong).toEqual([]);
  });

  test.each([
    ["a plus is the space that AWS reads there", "/?a=b+c", "/?a=b%20c", true],
    ["also in a name", "/?a+b=c", "/?a%20b=c", true],
    ["an encoded one is a plus", "/?a=b%2Bc", "/?a=b+c", false],
    ["one of the path is a plus", "/a+b", "/a%2Bb", false],
  ])("in a query, %s", (_what, target, other, isSame) => {
    const stamp = "20150830T123600Z";
    const rest = { method: "GET", headers: [], payload: NO_BODY, region: "r", service: "s", stamp };
    expect(authorization({ ...rest, target }) === authorization({ ...rest, target: other })).toBe(isSame);
  });

  test("a request that needs too much room is not signed", () => {
    const long = { method: "GET", headers: [] as [string, string][], payload: NO_BODY, region: "r", service: "s" };
    const stamp = "20150830T123600Z";
    expect(authorization({ ...long, stamp, target: `/${"é".repeat(30_000)}` })).toBe("");
    const many = Array.from({ length: 257 }, (_, i) => `p${i}=1`).join("&");
    expect(authorization({ ...long, stamp, target: `/?${many}` })).toBe("");
    expect(authorization({ ...long, stamp, target: "/" })).not.toBe("");
  });
});

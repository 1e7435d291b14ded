import {
  type KeyObject,
  constants,
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  privateEncrypt,
  sign,
} from "node:crypto";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { type LoaderExports, loadModule } from "./load.ts";

const TEXT = Buffer.from("a text");

let lib: LoaderExports & { keyAt(): number; keyBytes(): number; digestOf(signature: number): number };
let key: KeyObject;

beforeAll(async () => {
  lib = await loadModule("known-key");
  const der = Buffer.from(lib.memory.buffer, lib.keyAt(), lib.keyBytes());
  key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
});

/** The digest that a signature was made of, in hexadecimal digits; undefined when it is none. */
function digestOf(signature: Uint8Array): string | undefined {
  const pointer = lib.__pin(lib.__new(signature.length, 1));
  new Uint8Array(lib.memory.buffer).set(signature, pointer);
  const at = lib.digestOf(pointer);
  lib.__unpin(pointer);
  return at === 0 ? undefined : Buffer.from(lib.memory.buffer, at, 32).toString("hex");
}

/** A block, signed as it is. */
function signedBlock(block: Uint8Array): Buffer {
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, block);
}

function paddedBlock(digest: Uint8Array): Buffer {
  const info = Buffer.from("3031300d060960864801650304020105000420", "hex");
  return Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(10, 255), Buffer.from([0]), info, digest]);
}

test("the key's primes are those of P-256 and secp256k1, and its exponent is 11", () => {
  const number = (part: string | undefined): bigint =>
    BigInt(`0x${Buffer.from(part ?? "", "base64url").toString("hex")}`);
  const { p, q, n, e } = key.export({ format: "jwk" });
  const p256 = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
  const secp256k1 = 2n ** 256n - 2n ** 32n - 977n;
  expect([number(p), number(q)].sort()).toEqual([p256, secp256k1].sort());
  expect([number(n), number(e)]).toEqual([p256 * secp256k1, 11n]);
});

test("a signature of any text gives the digest that Node gives", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (text) => {
      expect(digestOf(sign("sha256", text, key))).toBe(createHash("sha256").update(text).digest("hex"));
    }),
    { numRuns: 1000 },
  );
});

test("digests at the ends of what there is are given", () => {
  for (const byte of [0, 1, 127, 128, 254, 255]) {
    const digest = Buffer.alloc(32, byte);
    expect(digestOf(signedBlock(paddedBlock(digest)))).toBe(digest.toString("hex"));
  }
});

test("a signature with any bit changed is none", () => {
  const signature = sign("sha256", TEXT, key);
  for (let bit = 0; bit < 512; bit++) {
    const changed = Buffer.from(signature);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(digestOf(changed)).toBeUndefined();
  }
});

test("a block with any bit of the padding changed is none", () => {
  const block = paddedBlock(createHash("sha256").update(TEXT).digest());
  for (let bit = 0; bit < 256; bit++) {
    const changed = Buffer.from(block);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect([bit, digestOf(signedBlock(changed))]).toEqual([bit, undefined]);
  }
});

test.each<[string, () => Uint8Array]>([
  ["nothing", () => new Uint8Array(0)],
  ["zeros", () => new Uint8Array(64)],
  ["ones", () => new Uint8Array(64).fill(255)],
  ["a byte less", () => sign("sha256", TEXT, key).subarray(1)],
  ["a byte more", () => Buffer.concat([sign("sha256", TEXT, key), Buffer.from([0])])],
  ["another hash's", () => sign("sha1", TEXT, key)],
  ["another key's", () => sign("sha256", TEXT, generateKeyPairSync("rsa", { modulusLength: 512 }).privateKey)],
])("%s is no signature", (_what, made) => {
  expect(digestOf(made())).toBeUndefined();
});

test("any 64 bytes are no signature", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (bytes) => {
      expect(digestOf(bytes)).toBeUndefined();
    }),
    { numRuns: 2000 },
  );
});

import { SHA256_BYTES } from "../bytes/sha256";
import { Bytes, isSame } from "../bytes/view";

/** Length of a signature with the known key, in bytes. */
const SIGNATURE_BYTES: usize = 64;
const MODULUS_AT: usize = 36;

export const KNOWN_KEY_BYTES: i32 = 344;

/**
 * An RSA key that everybody knows, PKCS #8 in DER: what is signed with it can be read from the signature. It protects nothing. Its
 * primes are those of the curves P-256 (NIST SP 800-186) and secp256k1 (SEC 2), its public exponent is 11, the least odd prime that
 * fits them.
 */
// prettier-ignore
export const KNOWN_KEY = memory.data<u8>([
  48, 130, 1, 84, 2, 1, 0, 48, 13, 6, 9, 42, 134, 72, 134, 247, 13, 1, 1, 1, 5, 0, 4, 130,
  1, 62, 48, 130, 1, 58, 2, 1, 0, 2, 65, 0, 255, 255, 255, 255, 0, 0, 0, 1, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 254, 255, 255, 252, 47, 0, 0, 3, 207,
  255, 255, 252, 46, 255, 255, 255, 255, 255, 255, 255, 254, 255, 255, 252, 47, 0, 0, 0, 0, 0, 0, 0, 1,
  0, 0, 3, 209, 2, 1, 11, 2, 64, 31, 7, 193, 240, 93, 23, 69, 209, 147, 100, 217, 54, 77, 147, 100,
  217, 54, 77, 147, 100, 248, 62, 15, 131, 224, 248, 62, 15, 100, 217, 53, 214, 232, 186, 47, 2, 15, 131, 224,
  129, 178, 108, 155, 38, 201, 178, 108, 155, 7, 193, 240, 5, 147, 100, 217, 54, 77, 147, 100, 217, 116, 93, 24,
  51, 2, 33, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  255, 255, 255, 255, 255, 255, 255, 254, 255, 255, 252, 47, 2, 33, 0, 255, 255, 255, 255, 0, 0, 0, 1, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2,
  33, 0, 209, 116, 93, 23, 69, 209, 116, 93, 23, 69, 209, 116, 93, 23, 69, 209, 116, 93, 23, 69, 209, 116,
  93, 23, 69, 209, 116, 92, 69, 209, 113, 61, 2, 33, 0, 186, 46, 139, 162, 46, 139, 162, 233, 116, 93, 23,
  69, 209, 116, 93, 23, 69, 209, 116, 93, 209, 116, 93, 23, 69, 209, 116, 93, 23, 69, 209, 115, 2, 33, 0,
  184, 122, 190, 117, 165, 240, 193, 44, 77, 79, 25, 215, 22, 199, 223, 247, 32, 16, 45, 180, 18, 100, 79, 193,
  142, 115, 30, 11, 230, 167, 30, 131,
]);

/** What stands before the digest (EMSA-PKCS1-v1_5 in RFC 8017, 9.2, with SHA-256). */
const PADDING = memory.data<u8>([
  0, 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 48, 49, 48, 13, 6, 9, 96, 134, 72, 1, 101, 3, 4, 2, 1, 5,
  0, 4, 32,
]);
const PADDING_BYTES: i32 = <i32>SIGNATURE_BYTES - SHA256_BYTES;

/** Numbers in words of 32 bits, the lowest first. */
const signed = memory.data(64, 8);
const power = memory.data(64, 8);
const product = memory.data(128, 8);
/** By how much the modulus is less than 2^512: less than 2^480. */
const complement = memory.data(64, 8);

/**
 * Writes the SHA-256, `SHA256_BYTES` long, that an RSASSA-PKCS1-v1_5 signature with the known key was made of to `out`. False for
 * anything else, whatever byte is wrong. Takes microseconds: it is for one signature, not for many.
 */
export function readSignedDigest(signature: Bytes, out: usize): bool {
  if (<usize>signature.length != SIGNATURE_BYTES) return false;
  reverse(signature.pointer, signed);
  memory.copy(power, signed, SIGNATURE_BYTES);
  multiply(power);
  multiply(power);
  multiply(signed);
  multiply(power);
  multiply(signed);
  const block = product;
  reverse(power, block);
  if (!isSame(block, PADDING, PADDING_BYTES)) return false;
  memory.copy(out, block + PADDING_BYTES, SHA256_BYTES);
  return true;
}

/**
 * Multiplies `power` by `factor`, modulo the modulus. The result is less than 2^512 and may be the modulus more than it should be:
 * then it begins with 32 bits of 1, which no padding does.
 */
function multiply(factor: usize): void {
  memory.fill(product, 0, SIGNATURE_BYTES * 2);
  for (let at: usize = 0; at < SIGNATURE_BYTES; at += 4) addTimes(product + at, load<u32>(power + at), factor);
  if (load<u32>(complement) == 0) {
    // The modulus is odd: its complement has no carry beyond the lowest word.
    reverse(KNOWN_KEY + MODULUS_AT, complement);
    for (let at: usize = 0; at < SIGNATURE_BYTES; at += 4) store<u32>(complement + at, ~load<u32>(complement + at));
    store<u32>(complement, load<u32>(complement) + 1);
  }
  for (let at = product + SIGNATURE_BYTES - 4; at >= product; at -= 4) {
    let top = load<u32>(at, SIGNATURE_BYTES);
    while (top != 0) {
      addTimes(at, top, complement);
      top = load<u32>(at, SIGNATURE_BYTES);
    }
  }
  memory.copy(power, product, SIGNATURE_BYTES);
}

/** Adds `times` the number `addend` to the one at `to`, and writes what is carried in place of the word behind that. */
function addTimes(to: usize, times: u32, addend: usize): void {
  let carry: u64 = 0;
  for (let at: usize = 0; at < SIGNATURE_BYTES; at += 4) {
    carry += <u64>load<u32>(to + at) + <u64>times * load<u32>(addend + at);
    store<u32>(to + at, <u32>carry);
    carry >>= 32;
  }
  store<u32>(to, <u32>carry, SIGNATURE_BYTES);
}

/** From bytes with the highest first to words with the lowest first, and back. */
function reverse(from: usize, to: usize): void {
  for (let at: usize = 0; at < SIGNATURE_BYTES; at += 8) {
    store<u64>(to + SIGNATURE_BYTES - 8 - at, bswap<u64>(load<u64>(from + at)));
  }
}

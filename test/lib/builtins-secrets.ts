import { randomFrom } from "./seeded.ts";

const random = randomFrom(5);

export const BASE62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
export const BASE64URL = `${BASE62}-_`;
export const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
export const HEX = "0123456789abcdef";
export const BECH32 = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
export const DIGITS = "0123456789";

/** Characters as chance would draw them, the same in every run; with a letter and a digit. */
export function drawn(alphabet: string, length: number): string {
  let text = "";
  for (let i = 0; i < length; i++) text += alphabet[random(alphabet.length)];
  return text.slice(0, -2) + (alphabet === DIGITS ? "73" : "A7".slice(alphabet.includes("A") ? 0 : 1).padStart(2, "b"));
}

export function json64(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** A JSON Web Token with the given header. */
export function token(header: unknown, signatureLength = 43): string {
  return [json64(header), json64({ sub: "1234", iat: 1516239022 }), drawn(BASE64URL, signatureLength)].join(".");
}

/** A private key in its armour, of `lines` lines. */
export function privateKey(name: string, lines: number, lineEnd = "\n"): string {
  const dashes = "-".repeat(5);
  const body = Array.from({ length: lines }, () => drawn(`${BASE62}+/`, 64));
  return [`${dashes}BEGIN ${name}${dashes}`, ...body, `${dashes}END ${name}${dashes}`].join(lineEnd);
}

/** One of SSH Communications' programs. */
export function sshPrivateKey(lines: number): string {
  const name = "SSH2 ENCRYPTED PRIVATE KEY";
  const body = Array.from({ length: lines }, () => drawn(`${BASE62}+/`, 70));
  return [`${"-".repeat(4)} BEGIN ${name} ----`, 'Comment: "jane"', ...body, `${"-".repeat(4)} END ${name} ----`].join(
    "\n",
  );
}

/** One of PuTTY's, in a version of its format, with a code of so many digits. */
export function puttyKey(version: number, lineEnd: string, macDigits: number): string {
  const lines = () => [drawn(`${BASE62}+/`, 64), drawn(`${BASE62}+/`, 64)];
  return [
    `PuTTY-User-Key-File-${version}: ecdsa-sha2-nistp256`,
    "Encryption: none",
    "Comment: jane-laptop",
    "Public-Lines: 2",
    ...lines(),
    "Private-Lines: 2",
    ...lines(),
    `Private-MAC: ${drawn(HEX, macDigits)}`,
  ].join(lineEnd);
}

import { Builtin } from "./builtin";
import { ALPHANUMERIC, DASH, isDigit, isOf, LETTER } from "./characters";
import { Sight } from "./sight";

/** A key whose end never comes is taken to end here; an RSA key of 16,384 bits has 13 kB. */
export const MAX_PRIVATE_KEY_BYTES: i32 = 16384;
/** The last line is held back until it is complete, or longer than any. */
const MAX_END_BYTES: i32 = 50;

/** Behind "Private". A code of the key follows, in hexadecimal. */
export const PUTTY_END: string = "-MAC: ";
const DASHES: i32 = 5;
const HYPHEN: u32 = 0x2d;
/** "BEGIN " and at most so much, as in "BEGIN ENCRYPTED PRIVATE KEY". */
const MAX_NAME_BYTES: i32 = 32;
/** What may be between the first line and the key: line ends, also escaped, quotes, signs of concatenation and quotation. */
const FILLERS = " \t\r\n\\nr\"'+,>#|*/";
/** All is decided within so many bytes. */
const MAX_BEGINNING_BYTES: i32 = 60;
/** So much of base64 in a row at least is the beginning of a key. */
const MIN_KEY_BYTES: i32 = 12;

/**
 * A private key in the armour of PEM (RFC 7468), OpenSSH, OpenPGP (RFC 9580, 6.2) or SSH2 (as RFC 4716 has it for public ones), of which BEGIN is at `at`. Its first line must be
 * followed by something like a key: code that only names the line is none.
 */
export function findPrivateKey(sight: Sight, at: i32): void {
  const start = at - DASHES;
  sight.candidate = start;
  if (!sight.hasAt(at, "BEGIN ")) return;
  const isSsh = sight.hasBefore(at, "---- ");
  if (!isSsh && !sight.hasBefore(at, "-----")) return;
  let end = at + 6;
  const limit = end + MAX_NAME_BYTES;
  let isPrivate = false;
  while (end < limit && sight.at(end) != HYPHEN) {
    if (sight.at(end) == 0x50 && sight.hasAt(end, "PRIVATE KEY")) isPrivate = true;
    end++;
  }
  if (!isPrivate || !sight.hasAt(end, isSsh ? "----" : "-----")) return;
  end += isSsh ? DASHES - 1 : DASHES;
  if (!beginsKey(sight, end, start + MAX_BEGINNING_BYTES - MIN_KEY_BYTES)) return;
  sight.found(Builtin.PrivateKey, start, end);
}

/** A key in PuTTY's format (PuTTY User Manual, appendix C), whose first line begins at `start`. */
export function findPuttyKey(sight: Sight, start: i32): void {
  sight.candidate = start;
  if (!sight.hasAt(start, "PuTTY-User-Key-File-") || !isDigit(sight.at(start + 20))) return;
  if (!sight.hasAt(start + 21, ": ")) return;
  const limit = start + MAX_BEGINNING_BYTES - 4;
  let at = sight.runEnd(start + 23, limit, ALPHANUMERIC | DASH, 0);
  while (at < limit && isFiller(sight, at)) at++;
  if (sight.hasAt(at, "Encr")) sight.found(Builtin.PrivateKey, start, at);
}

function beginsKey(sight: Sight, from: i32, limit: i32): bool {
  let at = from;
  while (at < limit && isFiller(sight, at)) at++;
  let length = 0;
  let byte = sight.at(at);
  while (length < MIN_KEY_BYTES && (isOf(byte, ALPHANUMERIC) || byte == 0x2b || byte == 0x2f)) {
    byte = sight.at(at + ++length);
  }
  // Lines such as "Proc-Type: 4,ENCRYPTED" and "Version: GnuPG v2".
  return length == MIN_KEY_BYTES || (length >= 3 && (byte == 0x3a || byte == HYPHEN) && at > from);
}

function isFiller(sight: Sight, at: i32): bool {
  const byte = sight.at(at);
  if (isOf(byte, LETTER) && sight.before(at - 1) != 0x5c) return false;
  for (let i = 0; i < FILLERS.length; i++) if (byte == FILLERS.charCodeAt(i)) return true;
  return false;
}

/** Where the armour ends whose last line begins at `at`; 0 if it does not, `at` itself if more must come to tell. */
export function privateKeyEnd(sight: Sight, at: i32): i32 {
  if (!sight.hasAt(at, "-----END ") && !sight.hasAt(at, "---- END ")) return sight.isShort ? at : 0;
  let end = at + 9;
  while (end < at + MAX_END_BYTES && sight.at(end) != HYPHEN && sight.at(end) != 0) end++;
  for (let i = 0; i < DASHES && sight.at(end) == HYPHEN; i++) end++;
  return sight.isShort ? at : end;
}

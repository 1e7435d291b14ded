import { Builtin } from "./builtin";
import { ALPHANUMERIC, isDigit, isHex, isOf, LETTER } from "./characters";
import { hasVersionWord } from "./context";
import { DigitGroups } from "./digit-groups";
import { Sight } from "./sight";

const FULL_STOP: u32 = 0x2e;
const HYPHEN: u32 = 0x2d;
const COLON: u32 = 0x3a;
const COMMA: u32 = 0x2c;
const PERCENT: u32 = 0x25;
const UNDERSCORE: u32 = 0x5f;
const OPEN_BRACKET: u32 = 0x5b;
const CLOSE_BRACKET: u32 = 0x5d;

const OCTETS: i32 = 4;
const GROUPS: i32 = 8;
const MAX_GROUP_BYTES: i32 = 4;
const MAX_ZONE_BYTES: i32 = 16;

/** Whether the beginning is that of an IPv4 address. */
export function mayBeIpv4(groups: DigitGroups): bool {
  return groups.gap == FULL_STOP && groups.firstLength <= 3 && groups.secondLength <= 3;
}

/** An IPv4 address in dotted decimals at the first group (RFC 3986, `IPv4address`: no leading zeros). No version, no part of a longer row. */
export function findIpv4(sight: Sight, groups: DigitGroups): void {
  if (groups.count < OCTETS || groups.separator(1) != FULL_STOP || !groups.isUniform(1, 3)) return;
  const start = groups.start;
  // The version of something: "python-3.4.2.4".
  if (sight.before(start - 1) == HYPHEN && isOf(sight.before(start - 2), LETTER)) return;
  const end = ipv4End(sight, start);
  if (end == 0 || !endsAddress(sight, start, end) || hasVersionWord(sight, start)) return;
  sight.found(Builtin.IpAddress, start, end);
}

/** An IPv6 address (RFC 4291, 2.2; RFC 4007, zones) of which the first colon is at `colon`. */
export function findIpv6(sight: Sight, colon: i32): void {
  let start = colon;
  while (start > colon - MAX_GROUP_BYTES && isHex(sight.before(start - 1))) start--;
  sight.candidate = start;
  const before = sight.before(start - 1);
  if (isOf(before, ALPHANUMERIC)) return;
  if (before == COLON && (start == colon || !endsLabel(sight, start - 1))) return;
  if (start == colon && sight.at(colon + 1) != COLON) return;

  let at = start;
  let count = 0;
  let gap = -1;
  let hasDigit = false;
  let isPairs = true;
  if (start == colon) {
    gap = 0;
    at += 2;
  }
  while (count < GROUPS) {
    let length = 0;
    while (length <= MAX_GROUP_BYTES && isHex(sight.at(at + length))) {
      if (isDigit(sight.at(at + length))) hasDigit = true;
      length++;
    }
    if (length == 0) break;
    if (length > MAX_GROUP_BYTES) return;
    if (length != 2) isPairs = false;
    if (sight.at(at + length) == FULL_STOP) {
      const end = ipv4End(sight, at);
      if (end != 0) {
        at = end;
        count += 2;
        isPairs = false;
        break;
      }
    }
    at += length;
    count++;
    if (sight.at(at) != COLON) break;
    const next = sight.at(at + 1);
    if (next == COLON) {
      if (gap >= 0) return;
      gap = count;
      at += 2;
    } else if (isHex(next)) at++;
    else break;
  }
  if (gap < 0 ? count != GROUPS || isPairs : count == 0 || count >= GROUPS || !hasDigit) return;
  if (sight.at(at) == COLON && (isHex(sight.at(at + 1)) || sight.at(at + 1) == COLON)) return;
  if (gap >= 0 && count <= 2 && (before == FULL_STOP || !isShortAddress(sight, start, at, gap))) return;
  if (sight.at(at) == PERCENT) {
    const zone = sight.runEnd(at + 1, at + 1 + MAX_ZONE_BYTES, ALPHANUMERIC, 0);
    if (zone > at + 1) at = zone;
  }
  if (endsAddress(sight, start, at)) sight.found(Builtin.IpAddress, start, at);
}

/** Whether a colon is that of a label, as in `IPv6:2001:db8::1` (RFC 5321, 4.1.3), and none within an address or a longer row. */
function endsLabel(sight: Sight, colon: i32): bool {
  let at = colon;
  while (at > colon - MAX_GROUP_BYTES && isHex(sight.before(at - 1))) at--;
  const byte = sight.before(at - 1);
  if (at == colon) return byte != COLON;
  return byte == UNDERSCORE || byte >= 0x80 || (isOf(byte, LETTER) && !isHex(byte));
}

/** With so few groups it may be a slice or a name of a programming language: `[::2]`, `a1::b2`. */
function isShortAddress(sight: Sight, start: i32, end: i32, gap: i32): bool {
  if (gap > 0) {
    if (sight.at(start + 2) != COLON && sight.at(start + 1) != COLON) return true;
    return sight.at(end - 1) != COLON && hasNoLetter(sight, start, end) && !isInList(sight, start, end);
  }
  if (end - start > 4) return true;
  if (end - start != 3 || sight.at(start + 2) != 0x31) return false;
  return sight.before(start - 1) != OPEN_BRACKET || sight.at(end) != CLOSE_BRACKET || sight.before(start - 2) == 0x2f;
}

function hasNoLetter(sight: Sight, start: i32, end: i32): bool {
  for (let at = start; at < end; at++) if (isOf(sight.at(at), LETTER)) return false;
  return true;
}

/** Whether it stands as the slices of an index do, beside a bracket or in front of a comma. */
function isInList(sight: Sight, start: i32, end: i32): bool {
  const byte = sight.at(end);
  return sight.before(start - 1) == OPEN_BRACKET || byte == COMMA || byte == CLOSE_BRACKET;
}

function endsAddress(sight: Sight, start: i32, end: i32): bool {
  if (!sight.beginsApart(start, end)) return false;
  const byte = sight.at(end);
  if (byte == UNDERSCORE) return sight.endsApart(start, end);
  if (isOf(byte, ALPHANUMERIC)) return false;
  if (byte == FULL_STOP) return !isOf(sight.at(end + 1), ALPHANUMERIC);
  return byte != HYPHEN || !isOf(sight.at(end + 1), ALPHANUMERIC) || isDigit(sight.at(end + 1));
}

/** Where the address that begins at `at` ends, or 0. */
function ipv4End(sight: Sight, at: i32): i32 {
  for (let octet = 0; octet < OCTETS; octet++) {
    if (octet > 0 && sight.at(at++) != FULL_STOP) return 0;
    let value: u32 = 0;
    let length = 0;
    while (length < 4 && isDigit(sight.at(at + length))) value = value * 10 + sight.at(at + length++) - 0x30;
    if (length == 0 || value > 255 || (length > 1 && sight.at(at) == 0x30)) return 0;
    at += length;
  }
  return at;
}

import { Builtin } from "./builtin";
import { isDigit } from "./characters";
import { DigitGroups, TWO_SPACES } from "./digit-groups";
import { Sight } from "./sight";

const MIN_DIGITS: i32 = 12;
const MAX_DIGITS: i32 = 19;

const SPACE: u32 = 0x20;
const DASH: u32 = 0x2d;
const FULL_STOP: u32 = 0x2e;
const ZERO: u32 = 0x30;

/**
 * Issuers: the first and last number of four digits that theirs begin with, and the lengths that they issue, bit 0 for 12
 * digits (ISO/IEC 7812; the networks' published ranges). In the order of the numbers: Maestro, UATP, JCB (two), Mir, Mastercard,
 * Diners Club (two), American Express, JCB, Diners Club, American Express, Diners Club, Visa, Maestro (four), Mastercard and
 * Maestro, Maestro, Discover with RuPay and UnionPay, Maestro, UnionPay, Maestro, Discover, Maestro, UnionPay and RuPay, Troy.
 */
const ISSUERS = memory.data<u16>([
  604, 604, 0xd1, 1220, 1229, 0x08, 1800, 1800, 0x08, 2131, 2131, 0x08, 2200, 2204, 0x90, 2221, 2720, 0x10, 3000, 3059,
  0x14, 3095, 3095, 0x14, 3400, 3499, 0x08, 3500, 3599, 0x90, 3600, 3699, 0x14, 3700, 3799, 0x08, 3800, 3999, 0x14,
  4000, 4999, 0x92, 5000, 5017, 0x10, 5018, 5020, 0xd1, 5021, 5037, 0x10, 5038, 5038, 0xd1, 5039, 5599, 0x10, 5600,
  5899, 0xd1, 6000, 6303, 0x90, 6304, 6304, 0xd1, 6305, 6389, 0x90, 6390, 6390, 0xd1, 6391, 6699, 0x90, 6700, 6799,
  0xd1, 8100, 8299, 0x90, 9792, 9792, 0x10,
]);
const ISSUER_BYTES: usize = 6;
const ISSUER_COUNT: usize = 28;

/** Whether the beginning is that of a card's number. */
export function mayBeCreditCard(groups: DigitGroups): bool {
  if (groups.firstLength != 4) return groups.firstLength >= MIN_DIGITS && groups.firstLength <= MAX_DIGITS;
  return (groups.secondLength == 4 || groups.secondLength == 6) && separatesFours(groups.gap);
}

/** A card number at the first group, whole or in groups of four, 4-6-5 or 4-6-4, that one of the issuers gives out and Luhn's sum holds for. */
export function findCreditCard(sight: Sight, groups: DigitGroups): void {
  const separator = groups.separator(1);
  const first = groups.length(0);
  if (first >= MIN_DIGITS) {
    if (first > MAX_DIGITS || !isCard(groups, first)) return;
    const end = endOfZeros(sight, groups.end(0));
    if (sight.isApart(groups.start, end)) sight.found(Builtin.CreditCard, groups.start, end);
    return;
  }
  if (first != 4 || groups.count < 3 || !separatesFours(separator) || isAfterGroupOfFour(sight, groups)) return;
  const isSix = groups.length(1) == 6;
  const most = isSix ? 3 : 5;
  for (let count = min(groups.count, most); count >= 3; count--) {
    if (!groups.isUniform(1, count - 1) || !isGrouped(groups, count, isSix)) continue;
    const digits = groups.total(count);
    if (digits > MAX_DIGITS || !isCard(groups, digits)) continue;
    const end = groups.end(count - 1);
    if (!sight.isApart(groups.start, end)) continue;
    sight.found(Builtin.CreditCard, groups.start, end);
    return;
  }
}

function separatesFours(separator: u32): bool {
  return separator == SPACE || separator == DASH || separator == FULL_STOP || separator == TWO_SPACES;
}

/** Behind the `.0` or `.00` that spreadsheets and data frames put behind a whole number, if one is there. */
function endOfZeros(sight: Sight, end: i32): i32 {
  if (sight.at(end) != FULL_STOP || sight.at(end + 1) != ZERO) return end;
  return sight.at(end + 2) == ZERO ? end + 3 : end + 2;
}

/** Groups of four but for the last, or 4-6-5 and 4-6-4. */
function isGrouped(groups: DigitGroups, count: i32, isSix: bool): bool {
  if (isSix) return groups.length(2) == 4 || groups.length(2) == 5;
  for (let i = 1; i < count - 1; i++) if (groups.length(i) != 4) return false;
  return groups.length(count - 1) <= 4;
}

/** Within a longer row of such groups, as an account number or a table has them; not right behind another hit. */
function isAfterGroupOfFour(sight: Sight, groups: DigitGroups): bool {
  const separator = groups.separator(1);
  const isWide = separator == TWO_SPACES;
  const byte = isWide ? SPACE : separator;
  let at = groups.start - 1;
  if (sight.before(at) != byte || (isWide && sight.before(--at) != byte)) return false;
  if (at <= sight.settled) return false;
  return isDigit(sight.before(at - 1)) && isDigit(sight.before(at - 2)) && isDigit(sight.before(at - 3));
}

function isCard(groups: DigitGroups, digits: i32): bool {
  return isIssued(groups.value(0, 4), digits) && hasLuhnSum(groups, digits);
}

function isIssued(prefix: u32, digits: i32): bool {
  if (digits < MIN_DIGITS) return false;
  for (let i: usize = 0; i < ISSUER_COUNT; i++) {
    const issuer = ISSUERS + i * ISSUER_BYTES;
    if (prefix > load<u16>(issuer, 2)) continue;
    return prefix >= load<u16>(issuer) && ((load<u16>(issuer, 4) >> (digits - MIN_DIGITS)) & 1) != 0;
  }
  return false;
}

function hasLuhnSum(groups: DigitGroups, digits: i32): bool {
  let sum: u32 = 0;
  for (let i = 0; i < digits; i++) {
    let digit = groups.digit(digits - 1 - i);
    if (i & 1) {
      digit <<= 1;
      if (digit > 9) digit -= 9;
    }
    sum += digit;
  }
  return sum % 10 == 0;
}

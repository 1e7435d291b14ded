/** `20150830T123600Z`, in bytes. */
export const STAMP_BYTES: i32 = 16;
/** `20150830`, in bytes. */
export const DATE_BYTES: i32 = 8;

const SECONDS_A_DAY: i64 = 86_400;

/** Writes seconds since the epoch as `STAMP_BYTES` of ISO 8601's basic format, in UTC, for the years 1970 to 9999. */
export function writeStamp(seconds: i64, to: usize): void {
  const days = seconds / SECONDS_A_DAY;
  const rest = <i32>(seconds % SECONDS_A_DAY);
  // Days of a calendar whose years begin in March, so that a leap day is the last of its year (Hinnant, "chrono-compatible
  // low-level date algorithms").
  const shifted = days + 719_468;
  const era = shifted / 146_097;
  const dayOfEra = <i32>(shifted - era * 146_097);
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const shiftedMonth = (5 * dayOfYear + 2) / 153;
  const day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = <i32>era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  writeDigits(year, 4, to);
  writeDigits(month, 2, to + 4);
  writeDigits(day, 2, to + 6);
  store<u8>(to + 8, 0x54);
  writeDigits(rest / 3600, 2, to + 9);
  writeDigits((rest / 60) % 60, 2, to + 11);
  writeDigits(rest % 60, 2, to + 13);
  store<u8>(to + 15, 0x5a);
}

/**
 * Seconds since the epoch of `2015-08-30T12:36:00Z` (RFC 3339 in UTC; a fraction of a second is dropped); -1 for another text.
 */
export function parseUtc(text: usize, length: i32): i64 {
  if (length < 20 || load<u8>(text + length - 1) != 0x5a || !isSeparated(text)) return -1;
  const year = digitsAt(text, 4);
  const month = digitsAt(text + 5, 2);
  const day = digitsAt(text + 8, 2);
  const hour = digitsAt(text + 11, 2);
  const minute = digitsAt(text + 14, 2);
  const second = digitsAt(text + 17, 2);
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31) return -1;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return -1;
  const shiftedYear: i64 = year - (month <= 2 ? 1 : 0);
  const era = shiftedYear / 400;
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear: i64 = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468;
  return days * SECONDS_A_DAY + hour * 3600 + minute * 60 + second;
}

/** Whether there is `-` in the date, `T` before the time, `:` in that, and the end or a fraction behind it. */
function isSeparated(text: usize): bool {
  const isDate = load<u8>(text + 4) == 0x2d && load<u8>(text + 7) == 0x2d && load<u8>(text + 10) == 0x54;
  const end = load<u8>(text + 19);
  return isDate && load<u8>(text + 13) == 0x3a && load<u8>(text + 16) == 0x3a && (end == 0x5a || end == 0x2e);
}

function writeDigits(value: i32, count: i32, to: usize): void {
  for (let i = count - 1; i >= 0; i--, value /= 10) store<u8>(to + i, <u8>(0x30 + (value % 10)));
}

/** -1 when one is no digit. */
function digitsAt(text: usize, count: i32): i32 {
  let value = 0;
  for (let i = 0; i < count; i++) {
    const digit = <i32>load<u8>(text + i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

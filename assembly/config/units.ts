import { formatInteger } from "./integer";

/** What `parseDuration` and `parseSize` return for a text that is no such quantity, or one beyond an i64. */
export const NOT_A_QUANTITY: i64 = -1;

const MS_PER_DAY: i64 = 86_400_000;
const BYTES_PER_GIB: i64 = 1 << 30;
const SIZE_UNITS: StaticArray<string> = ["KiB", "MiB", "GiB"];

/** Milliseconds of `"250ms" "1s" "5m" "1h" "30d"`: a whole number without leading zeros, and one unit. */
export function parseDuration(text: string): i64 {
  const digits = countDigits(text);
  return quantity(text, digits, durationUnit(text.substring(digits)));
}

/** Bytes of `"64KiB" "2MiB" "1GiB"`: a whole number without leading zeros, and one unit. */
export function parseSize(text: string): i64 {
  const digits = countDigits(text);
  return quantity(text, digits, sizeUnit(text, digits));
}

/** The shortest exact spelling of a duration in milliseconds. */
export function formatDuration(ms: i64): string {
  if (ms == 0) return "0s";
  if (ms % MS_PER_DAY == 0) return `${formatInteger(ms / MS_PER_DAY)}d`;
  if (ms % 3_600_000 == 0) return `${formatInteger(ms / 3_600_000)}h`;
  if (ms % 60_000 == 0) return `${formatInteger(ms / 60_000)}m`;
  if (ms % 1000 == 0) return `${formatInteger(ms / 1000)}s`;
  return `${formatInteger(ms)}ms`;
}

/** The shortest exact spelling of a size in bytes. */
export function formatSize(bytes: i64): string {
  let unit = 0;
  while (unit < 3 && bytes > 0 && bytes % 1024 == 0) {
    bytes /= 1024;
    unit++;
  }
  const count = formatInteger(bytes);
  return unit > 0 ? count + unchecked(SIZE_UNITS[unit - 1]) : count;
}

/** No quantity needs more; ten digits of days in milliseconds still fit an i64. */
const MOST_DIGITS: i32 = 10;

function countDigits(text: string): i32 {
  let digits = 0;
  while (digits < text.length && isDigit(text.charCodeAt(digits))) digits++;
  return digits;
}

/** Whether a UTF-16 unit is a digit of ASCII. */
export function isDigit(unit: i32): bool {
  return unit >= 0x30 && unit <= 0x39;
}

function quantity(text: string, digits: i32, unit: i64): i64 {
  const leadingZero = digits > 1 && text.charCodeAt(0) == 0x30;
  if (unit == NOT_A_QUANTITY || digits == 0 || digits > MOST_DIGITS || leadingZero) return NOT_A_QUANTITY;
  let count: i64 = 0;
  for (let i = 0; i < digits; i++) count = count * 10 + (text.charCodeAt(i) - 0x30);
  return count * unit;
}

function durationUnit(unit: string): i64 {
  if (unit == "ms") return 1;
  if (unit == "s") return 1000;
  if (unit == "m") return 60_000;
  if (unit == "h") return 3_600_000;
  if (unit == "d") return MS_PER_DAY;
  return NOT_A_QUANTITY;
}

function sizeUnit(text: string, at: i32): i64 {
  if (text.length != at + 3 || text.charCodeAt(at + 1) != 0x69 /* i */ || text.charCodeAt(at + 2) != 0x42 /* B */) {
    return NOT_A_QUANTITY;
  }
  switch (text.charCodeAt(at)) {
    case 0x4b: // K
      return 1024;
    case 0x4d: // M
      return 1 << 20;
    case 0x47: // G
      return BYTES_PER_GIB;
    default:
      return NOT_A_QUANTITY;
  }
}

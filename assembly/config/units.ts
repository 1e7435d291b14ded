import { formatInteger } from "./integer";

/** What `parseDuration` and `parseSize` return for a text that is no such quantity, or one beyond an i64. */
export const NOT_A_QUANTITY: i64 = -1;

const MS_PER_DAY: i64 = 86_400_000;
const DURATION_UNITS: StaticArray<string> = ["ms", "s", "m", "h", "d"];
const DURATIONS_MS: StaticArray<i64> = [1, 1000, 60_000, 3_600_000, MS_PER_DAY];
const SIZE_UNITS: StaticArray<string> = ["KiB", "MiB", "GiB"];
const SIZES_BYTES: StaticArray<i64> = [1 << 10, 1 << 20, 1 << 30];

/** Milliseconds of `"250ms" "1s" "5m" "1h" "30d"`: a whole number without leading zeros, and one unit. */
export function parseDuration(text: string): i64 {
  return quantity(text, DURATION_UNITS, DURATIONS_MS);
}

/** Bytes of `"64KiB" "2MiB" "1GiB"`: a whole number without leading zeros, and one unit. */
export function parseSize(text: string): i64 {
  return quantity(text, SIZE_UNITS, SIZES_BYTES);
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

/** Whether a UTF-16 unit is a digit of ASCII. */
export function isDigit(unit: i32): bool {
  return unit >= 0x30 && unit <= 0x39;
}

function quantity(text: string, units: StaticArray<string>, values: StaticArray<i64>): i64 {
  let count: i64 = 0;
  for (let i = 0; i < min(text.length, MOST_DIGITS) && isDigit(text.charCodeAt(i)); i++) {
    count = count * 10 + (text.charCodeAt(i) - 0x30);
  }
  const digits = formatInteger(count);
  for (let i = 0; i < units.length; i++) {
    if (text == digits + unchecked(units[i])) return count * unchecked(values[i]);
  }
  return NOT_A_QUANTITY;
}

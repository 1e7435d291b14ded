import { character } from "../bytes/text";

/** What `parseInteger` returns for a number that is not whole, or beyond +-(2^53 - 1), which other JSON readers round. */
export const NOT_AN_INTEGER: i64 = i64.MIN_VALUE;

const MAX_SAFE_INTEGER: i64 = 9007199254740991;

/**
 * The exact value of a JSON number that is whole, however it is spelled: `1000`, `1e3`, `10.0`.
 *
 * Own code, because `parseFloat` rounds, and alone takes some 2 kB of wasm.
 */
export function parseInteger(text: string): i64 {
  return integerAt(text, 0);
}

function integerAt(text: string, start: i32): i64 {
  let value: i64 = 0;
  let exponent: i64 = 0;
  let inFraction = false;
  const sign = text.charCodeAt(start);
  for (let i = start + i32(sign < 0x30); i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit == 0x2e) {
      inFraction = true;
      continue;
    }
    if ((unit | 0x20) == 0x65) {
      exponent += integerAt(text, i + 1);
      break;
    }
    if (value < MAX_SAFE_INTEGER) {
      value = value * 10 + (unit - 0x30);
      if (inFraction) exponent--;
    } else {
      // More digits than a whole number can have, but for zeros.
      if (unit != 0x30) return NOT_AN_INTEGER;
      if (!inFraction) exponent++;
    }
  }
  if (value == 0) return 0;
  for (; exponent < 0 && value % 10 == 0; exponent++) value /= 10;
  for (; exponent > 0 && value <= MAX_SAFE_INTEGER; exponent--) value *= 10;
  if (exponent != 0 || value > MAX_SAFE_INTEGER) return NOT_AN_INTEGER;
  return sign == 0x2d ? -value : value;
}

/** `value` in decimal digits; `toString` of an i64 would link the standard library's tables. */
export function formatInteger(value: i64): string {
  if (value < 0) return "-" + formatInteger(-value);
  const last = character(0x30 + <i32>(value % 10));
  return value < 10 ? last : formatInteger(value / 10) + last;
}

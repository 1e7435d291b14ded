/** What `parseInteger` returns for a number that is not whole, or beyond +-(2^53 - 1), which other JSON readers round. */
export const NOT_AN_INTEGER: i64 = i64.MIN_VALUE;

const MAX_SAFE_INTEGER: i64 = 9007199254740991;
const MAX_SAFE_DIGITS: i32 = 16;
const EXPONENT_CAP: i32 = 100_000;

/**
 * The exact value of a JSON number that is whole, however it is spelled: `1000`, `1e3`, `10.0`.
 *
 * Own code, because `parseFloat` rounds, and alone takes some 2 kB of wasm.
 */
export function parseInteger(text: string): i64 {
  let value: i64 = 0;
  let digits = 0;
  // Zeros count only once a digit follows, so that neither 1e21 nor 1.000 needs more digits than it means.
  let zeros = 0;
  let exponent = 0;
  let inFraction = false;
  let i = text.charCodeAt(0) == 0x2d ? 1 : 0;
  for (; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit == 0x2e) {
      inFraction = true;
      continue;
    }
    if ((unit | 0x20) == 0x65) break;
    if (inFraction) exponent--;
    if (unit == 0x30) {
      if (digits > 0) zeros++;
      continue;
    }
    digits += zeros + 1;
    if (digits > MAX_SAFE_DIGITS) return NOT_AN_INTEGER;
    value = value * powerOfTen(zeros + 1) + (unit - 0x30);
    zeros = 0;
  }
  if (digits == 0) return 0;
  exponent += zeros + parseExponent(text, i + 1);
  if (exponent < 0 || digits + exponent > MAX_SAFE_DIGITS) return NOT_AN_INTEGER;
  value *= powerOfTen(exponent);
  if (value > MAX_SAFE_INTEGER) return NOT_AN_INTEGER;
  return text.charCodeAt(0) == 0x2d ? -value : value;
}

/** `value` in decimal digits; `toString` of an i64 would link the standard library's tables. */
export function formatInteger(value: i64): string {
  if (value < 0) return "-" + formatInteger(-value);
  const last = String.fromCharCode(0x30 + <i32>(value % 10));
  return value < 10 ? last : formatInteger(value / 10) + last;
}

function powerOfTen(exponent: i32): i64 {
  let power: i64 = 1;
  for (let i = 0; i < exponent; i++) power *= 10;
  return power;
}

function parseExponent(text: string, at: i32): i32 {
  if (at >= text.length) return 0;
  const sign = text.charCodeAt(at);
  let exponent = 0;
  for (let i = sign == 0x2b || sign == 0x2d ? at + 1 : at; i < text.length; i++) {
    exponent = min(exponent * 10 + (text.charCodeAt(i) - 0x30), EXPONENT_CAP);
  }
  return sign == 0x2d ? -exponent : exponent;
}

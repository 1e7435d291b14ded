/** Counts and times saturate here, so that no sum of a few of them wraps an i64. */
export const MOST: i64 = 1 << 60;

/** What the last `multiplyDivide` left over. */
export let remainder: i64 = 0;

/** `a * b`, at most `MOST`; neither is negative. */
export function saturatingProduct(a: i64, b: i64): i64 {
  return b != 0 && a > MOST / b ? MOST : a * b;
}

/**
 * `(a * b + c) / divisor`, rounded down and at most `MOST`, exact whatever the size of the product; what is left over is in
 * `remainder`. None is negative or above 2^61, `divisor` is not 0.
 */
export function multiplyDivide(a: i64, b: i64, c: i64, divisor: i64): i64 {
  if (clz(a) + clz(b) >= 66) {
    const sum = a * b + c;
    remainder = sum % divisor;
    return min(sum / divisor, MOST);
  }
  const aLow = (<u64>a) & 0xffffffff;
  const aHigh = (<u64>a) >> 32;
  const bLow = (<u64>b) & 0xffffffff;
  const bHigh = (<u64>b) >> 32;
  const lows = aLow * bLow;
  const middle = aHigh * bLow + (lows >> 32);
  const middle2 = aLow * bHigh + (middle & 0xffffffff);
  let high = aHigh * bHigh + (middle >> 32) + (middle2 >> 32);
  let low = (middle2 << 32) | (lows & 0xffffffff);
  low += <u64>c;
  if (low < <u64>c) high++;
  return divideWide(high, low, <u64>divisor);
}

/** One bit of the quotient a step; `divisor` below 2^63, so the rest never overflows when it is doubled. */
function divideWide(high: u64, low: u64, divisor: u64): i64 {
  if (high >= divisor) {
    remainder = 0;
    return MOST;
  }
  let quotient: u64 = 0;
  let rest = high;
  for (let bit = 63; bit >= 0; bit--) {
    rest = (rest << 1) | ((low >> bit) & 1);
    quotient <<= 1;
    if (rest >= divisor) {
      rest -= divisor;
      quotient |= 1;
    }
  }
  remainder = <i64>rest;
  return quotient > <u64>MOST ? MOST : <i64>quotient;
}

/** `a / b`, rounded up; `a` is not negative. */
export function divideUp(a: i64, b: i64): i64 {
  return (a + b - 1) / b;
}

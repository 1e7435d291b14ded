import { Builtin } from "./builtin";
import { ALPHANUMERIC, isDigit, isOf, LETTER } from "./characters";
import { Sight } from "./sight";

/** Each length, and the countries that have it (SWIFT, IBAN registry; and those that use an IBAN without being in it). */
const LENGTHS =
  "15NO16BE18DKFIFKFOGLNLSD19MKSI20ATBAEEKZLTLUMNXK21CHHRLILV22BGBHCRDEGBGEIEMERSVA23AEGIILIQOMSOTL24ADCZESMDPKROSASESK" +
  "TNVG25AOCVGWLYMZPTST26DZIRISTR27BICFCGCMDJFRGAGQGRITKMMCMGMRSMTD28ALAZBFBJBYCICYDOGTHNHULBMAMLNENIPLSNSVTG29BREGPSQA" +
  "UA30JOKWMUYE31MTSC32LC33RU";

/**
 * An International Bank Account Number (ISO 13616) that begins with the two letters at `start`: whole or in groups of four,
 * in one case, as long as the country's are, with a sum of 1 modulo 97.
 */
export function findIban(sight: Sight, start: i32): void {
  sight.candidate = start;
  const first = sight.before(start);
  const second = sight.before(start + 1);
  const length = lengthIn(first & 0xdf, second & 0xdf);
  if (length == 0 || ((first ^ second) & 0x20) != 0 || !isDigit(sight.at(start + 3))) return;
  let separator: u32 = 0;
  const fifth = sight.at(start + 4);
  if (fifth == 0x20 || fifth == 0x2d) separator = fifth;

  let sum: u32 = 0;
  let at = start + 4;
  for (let i = 4; i < length; i++) {
    if (separator != 0 && (i & 3) == 0 && sight.at(at++) != separator) return;
    const byte = sight.at(at++);
    if (!isOf(byte, ALPHANUMERIC) || (isOf(byte, LETTER) && ((byte ^ first) & 0x20) != 0)) return;
    sum = plus(sum, byte);
  }
  sum = plus(plus(sum, first), second);
  sum = plus(plus(sum, sight.at(start + 2)), sight.at(start + 3));
  if (sum == 1 && sight.endsApart(start, at)) sight.found(Builtin.Iban, start, at);
}

/** The remainder when a digit, or the two that a letter stands for, is written behind what left `sum`. */
function plus(sum: u32, byte: u32): u32 {
  return isDigit(byte) ? (sum * 10 + byte - 0x30) % 97 : (sum * 100 + (byte & 0x1f) + 9) % 97;
}

function lengthIn(first: u32, second: u32): i32 {
  const country = first | (second << 16);
  const end = changetype<usize>(LENGTHS) + <usize>(LENGTHS.length << 1);
  let length = 0;
  for (let at = changetype<usize>(LENGTHS); at < end; at += 4) {
    const pair = load<u32>(at);
    if (pair == country) return length;
    if ((pair & 0xff) < 0x41) length = <i32>((pair & 0xf) * 10 + ((pair >> 16) & 0xf));
  }
  return 0;
}

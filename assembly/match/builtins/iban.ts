import { Builtin } from "./builtin";
import { ALPHANUMERIC, isDigit, isOf, LETTER } from "./characters";
import { Sight } from "./sight";

/** Country and length (SWIFT, IBAN registry, release 99; the last line: countries that use one without being listed). */
const LENGTHS =
  "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21" +
  "HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22" +
  "RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30" +
  "AO25BF28BJ28CF27CG27CI28CM27CV25DZ26GA27GQ27GW25IR26KM27MA28MG27ML28MZ25NE28SN28TD27TG28";

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
  if (sum == 1 && sight.endsNumber(at)) sight.found(Builtin.Iban, start, at);
}

/** The remainder when a digit, or the two that a letter stands for, is written behind what left `sum`. */
function plus(sum: u32, byte: u32): u32 {
  return isDigit(byte) ? (sum * 10 + byte - 0x30) % 97 : (sum * 100 + (byte & 0x1f) + 9) % 97;
}

function lengthIn(first: u32, second: u32): i32 {
  for (let i = 0; i < LENGTHS.length; i += 4) {
    if (LENGTHS.charCodeAt(i) == first && LENGTHS.charCodeAt(i + 1) == second) {
      return (LENGTHS.charCodeAt(i + 2) - 0x30) * 10 + LENGTHS.charCodeAt(i + 3) - 0x30;
    }
  }
  return 0;
}

/** A byte that is in no plain text, for all of them. */
const IN_NO_WORD: u32 = 0xc0;
const FIRST_UNUSED: u8 = 0xf5;

const LETTER: u32 = 1;
const LEAD: u32 = 2;
const CONTINUATION: u32 = 4;
const FIRST_LEAD: u32 = 0xc3;
const LEADS: u32 = 0x14;
/** Where in `SYMBOLS` the kinds of bytes are, and the symbols of beginnings. */
const KINDS_AT: usize = 256;
const BEGINNINGS_AT: usize = 512;

/**
 * Words are looked for as symbols, one for each byte: small and capital letters are one, blanks are one, and a letter or digit
 * that begins a word is another than the same one within a word. So a word that begins with a letter is found only where a
 * word of the text begins, and the automaton leaves its root only there.
 *
 * Letters are those of ASCII with its digits, and the characters of two bytes that `isLetterLead` names: accented Latin that
 * is no ASCII letter, Greek, Cyrillic, Armenian, which write words apart. Hebrew and Arabic put particles before a word, and
 * Chinese, Japanese or Thai have nothing between words: there a word is found anywhere.
 *
 * The symbols of a beginning are bytes that plain text does not have, or has as capitals only.
 */
const SYMBOLS = makeSymbols();

/** What is before a byte: bit 0 says that a letter or digit ends there so far, bit 1 that it is the lead of one. */
export const NO_CONTEXT: u32 = 0;

/** The context behind a byte. */
// @ts-ignore: decorator
@inline
export function contextAfter(byte: u32, context: u32): u32 {
  const kinds = kindsOf(byte);
  return (kinds & (LETTER | LEAD)) | ((kinds >> 2) & (context >> 1));
}

/** The symbol that a byte is in a context. */
// @ts-ignore: decorator
@inline
export function symbolOf(byte: u32, context: u32): u32 {
  const begins = kindsOf(byte) & ~context & LETTER;
  return load<u8>(changetype<usize>(SYMBOLS) + byte + <usize>begins * BEGINNINGS_AT);
}

/** Whether a letter or a digit begins with this byte. */
// @ts-ignore: decorator
@inline
export function isLetter(byte: u32): bool {
  return (kindsOf(byte) & LETTER) != 0;
}

// @ts-ignore: decorator
@inline
export function isLetterLead(byte: u32): bool {
  return byte - FIRST_LEAD < LEADS;
}

// @ts-ignore: decorator
@inline
function kindsOf(byte: u32): u32 {
  return load<u8>(changetype<usize>(SYMBOLS) + byte, KINDS_AT);
}

function makeSymbols(): StaticArray<u8> {
  const all = new StaticArray<u8>(768);
  // From here on there are bytes that plain text has not: controls, then those that are no UTF-8.
  let unused: u8 = 0x0e;
  for (let byte: u32 = 0; byte < 256; byte++) {
    const isCapital = byte - 0x41 < 26;
    const isAlphabetic = (byte | 0x20) - 0x61 < 26;
    const isDigit = byte - 0x30 < 10;
    const isLead = isLetterLead(byte);
    const isBlank = byte == 0x09 || byte == 0x0a || byte == 0x0d;
    const isOfNone = (byte < 0x20 && !isBlank) || byte >= FIRST_UNUSED;
    const symbol = isBlank ? 0x20 : isCapital ? byte | 0x20 : isOfNone ? IN_NO_WORD : byte;
    all[byte] = <u8>symbol;
    let kinds: u32 = 0;
    if (isAlphabetic || isDigit || isLead) kinds |= LETTER;
    if (isLead) kinds |= LEAD;
    if ((byte & 0xc0) == 0x80) kinds |= CONTINUATION;
    all[256 + byte] = <u8>kinds;
    all[512 + byte] = <u8>symbol;
    if (isAlphabetic) all[512 + byte] = <u8>(byte & 0xdf);
    else if (isDigit || isLead) {
      all[512 + byte] = unused++;
      if (unused == 0x20) unused = FIRST_UNUSED;
      else if (unused == 0) unused = 1;
    }
  }
  return all;
}

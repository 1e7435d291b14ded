/** What a character is to the classifier. */
export const enum CharacterKind {
  /** It only separates. */
  Other,
  /** A letter or digit of a word. */
  Letter,
  /** A word for itself: Thai, kana and Han are written without spaces, and Hangul's words take many endings. */
  Ideograph,
}

/** The kind of a character in its plain form, ASCII letters in lower case. */
// @ts-ignore: decorator
@inline
export function kindOf(scalar: u32): CharacterKind {
  if (scalar < 0x80) return scalar - 0x61 < 26 || scalar - 0x30 < 10 ? CharacterKind.Letter : CharacterKind.Other;
  if (scalar < 0xc0) return CharacterKind.Other;
  if (scalar < 0xe00) return CharacterKind.Letter;
  if (scalar < 0xe80) return CharacterKind.Ideograph;
  if (scalar < 0x2000) return CharacterKind.Letter;
  return scalar - 0x3040 < 0xd7b0 - 0x3040 ? CharacterKind.Ideograph : CharacterKind.Other;
}

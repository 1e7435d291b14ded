/** How a text stands in its document. */
export const enum TextForm {
  /** The content of a JSON string. */
  String,
  /** The content of a key. */
  Key,
  /** A number, all of it. */
  Number,
  /** Bytes that are no JSON. */
  Plain,
  /** What stands between two lines that are no JSON: a line feed. */
  Break,
  /** An object or an array that has the text again, in pieces. */
  RepeatObject,
  RepeatArray,
  /** No text after all. */
  None,
}

import { ReplyText } from "./text";
import { TextForm } from "./text-form";

/**
 * Hears about the texts of a document, in its order. A place is an offset in bytes, counted as the reader of the document was told.
 */
export abstract class ReplyListener {
  /** A text begins: its first byte is at `start`. */
  onText(text: ReplyText, start: i32): void {}

  /** More of the text as it stands in the document, with escapes; never empty, gone when the call returns. */
  onRaw(pointer: usize, length: i32): void {}

  onTextEnd(end: i32): void {}

  /** [start, end) is an object or an array that has the text again, in pieces. */
  onRepeat(start: i32, end: i32, isArray: bool): void {}

  /** A string or a number begins that is no text, and is likely to be another one in the next event. */
  onNoise(form: TextForm, start: i32): void {}

  onNoiseEnd(end: i32): void {}

  /** The number that has begun as noise is the event's own in its stream. */
  onSequenceNumber(start: i32): void {}

  /** A part of the answer's id, or of its model's name, as it stands in the document. */
  onName(isModel: bool, pointer: usize, length: i32): void {}
}

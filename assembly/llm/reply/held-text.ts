import { MaskSpans } from "./masks";

/** In place of a stream: a text of its own, or what repeats one. */
export const WHOLE: i32 = -1;
export const REPEAT: i32 = -2;

export const NO_KEY: u32 = 0;
export const HELD_TEXT_BYTES: i32 = 32;

/** A text of an event that is held, or what repeats one. It lies in the memory of `HeldTexts`. */
@final
@unmanaged
export class HeldText {
  /** [start, end), counted from the event's beginning. */
  start: i32;
  end: i32;
  /** Which stream it is a part of, or `WHOLE`, or `REPEAT`. */
  stream: i32;
  /** [offset, offset + length) of the text, decoded; of those of their own, of all that are held. */
  offset: i32;
  length: i32;
  /** The key of the stream that it is all of so far, or `NO_KEY`, and that stream. */
  key: u32;
  restated: i32;
  form: u8;
  nesting: u8;
  unused: u16;
}

/** Whether anything of the text is masked by one of the masks from the `first` on; all before that are before the text. */
export function isMasked(note: HeldText, masks: MaskSpans, first: i32): bool {
  for (let i = first; i < masks.count; i++) {
    const span = masks.at(i);
    if (span.end > note.offset) return span.start < note.offset + note.length;
  }
  return false;
}

/** How many of the masks, of which so many have been passed, are before the text. */
export function passedBy(note: HeldText, masks: MaskSpans, passed: i32): i32 {
  while (passed < masks.count && masks.at(passed).end <= note.offset) passed++;
  return passed;
}

import { EventText } from "./event-text";
import { mix } from "./slots";

/** How many texts of one event may grow. */
const MOST_GROWING: i32 = 256;

/** What there is to say about an event's texts. */
export const enum Apart {
  Yes,
  /** One that grows is there twice under one key. */
  Twice,
  /** More than `MOST_GROWING` grow. */
  TooMany,
}

/**
 * Tells the texts of one event apart that would be more of the same text though they stand in one object: some engines write what they
 * add for clients of two kinds (`text` beside `delta.content`), of which each reads one. The second gets a key of its own, and so on.
 *
 * Elements of a list follow each other. Takes time by the square of how many grow. The texts' `top` must still be their slot.
 */
export function tellApart(texts: usize, count: i32): Apart {
  let growing = 0;
  for (let i = 0; i < count; i++) if (EventText.at(texts, i).grows) growing++;
  if (growing < 2) return Apart.Yes;
  if (growing > MOST_GROWING) return Apart.TooMany;
  let result = Apart.Yes;
  // Backwards, so that the keys of those before are still as they were.
  for (let i = count - 1; i > 0; i--) {
    const text = EventText.at(texts, i);
    if (!text.grows) continue;
    let before: u32 = 0;
    for (let j = 0; j < i; j++) {
      const other = EventText.at(texts, j);
      if (!other.grows) continue;
      if (other.path == text.path) result = Apart.Twice;
      if (other.key == text.key && other.top == text.top && !text.isElement) before++;
    }
    if (before > 0) text.key = mix(text.key, before);
  }
  return result;
}

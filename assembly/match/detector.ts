/**
 * The part of a growing text that detectors can look at: the bytes [start, end) of the text, by offset in the text.
 *
 * Whoever owns the window keeps every byte from the smallest `pending` of its detectors on, and `LOOK_BEHIND_BYTES` before it.
 */
@final
export class TextWindow {
  /** Where the byte at offset `start` lies. */
  pointer: usize = 0;
  start: i32 = 0;
  end: i32 = 0;
  /** The text ends at `end`. */
  isLast: bool = false;

  /** The byte at an offset in [start, end). */
  @inline
  at(offset: i32): u32 {
    return load<u8>(this.pointer + <usize>(offset - this.start));
  }
}

/** How many bytes before `pending` a detector may still look at, to tell where a word begins. */
export const LOOK_BEHIND_BYTES: i32 = 4;

/** The first part of a hit that is told in parts has so many bytes at least: who leaves out short hits leaves out none of those. */
export const LEAST_BEGINNING_BYTES: i32 = 16;

/** Hears what detectors find. */
export abstract class HitListener {
  /**
   * The bytes [start, end) of the text are a hit of `id`, which means what the detector says it does.
   *
   * With `isContinued` they are more of the hit of the same id that ended at `start`: something longer than may be held back
   * is told in parts.
   */
  abstract onHit(id: i32, start: i32, end: i32, isContinued: bool): void;
}

/**
 * Looks for something in a text that arrives in pieces. What it reports depends on the text only, not on how it was cut.
 *
 * A hit is at most as long as the detector was told to hold back, but for those that are recognised by their beginning, of
 * `LEAST_BEGINNING_BYTES` or more, and told in parts. Never allocates while it scans, and takes time linear in the text.
 */
export abstract class Detector {
  /**
   * Every hit that begins before this offset has been reported; `window.end` while nothing that has begun could still become
   * a hit.
   */
  pending: i32 = 0;

  /** Ready for another text. */
  abstract reset(): void;

  /** More of the text is in the window, or the text is over. Called in order; the window holds all from `pending` on. */
  abstract scan(window: TextWindow, hits: HitListener): void;
}

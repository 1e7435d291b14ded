import { Detector, HitListener, LOOK_BEHIND_BYTES, TextWindow } from "../../../assembly/match/detector";

/** No detector may look at what is let go, so it is overwritten. */
const GONE: u8 = 0x58;

/** Shows a detector a text in pieces, and no more of it than a detector may count on. */
@final
export class SlidingScan {
  readonly window: TextWindow = new TextWindow();
  /** The most that the detector has held back. */
  mostHeld: i32 = 0;

  constructor(
    private readonly detector: Detector,
    /** Room for the longest text. */
    bytes: StaticArray<u8>,
  ) {
    this.window.pointer = changetype<usize>(bytes);
  }

  begin(): void {
    this.window.start = 0;
    this.window.end = 0;
    this.window.isLast = false;
    this.mostHeld = 0;
    this.detector.reset();
  }

  get pending(): i32 {
    return this.detector.pending;
  }

  feed(pointer: usize, length: i32, isLast: bool, hits: HitListener): void {
    const window = this.window;
    const start = max(window.start, this.detector.pending - LOOK_BEHIND_BYTES);
    const kept = window.end - start;
    const before = window.end - window.start;
    memory.copy(window.pointer, window.pointer + <usize>(start - window.start), kept);
    memory.fill(window.pointer + <usize>kept, GONE, before - kept);
    memory.copy(window.pointer + <usize>kept, pointer, length);
    window.start = start;
    window.end += length;
    window.isLast = isLast;
    this.detector.scan(window, hits);
    this.mostHeld = max(this.mostHeld, window.end - this.detector.pending);
  }
}

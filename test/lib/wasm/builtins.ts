import { BuiltinDetector } from "../../../assembly/match/builtins/builtin-detector";
import { BUILTIN_NAMES } from "../../../assembly/match/builtins/builtin";
import { HitListener, LOOK_BEHIND_BYTES, TextWindow } from "../../../assembly/match/detector";

const INPUT = new StaticArray<u8>(1 << 22);
const HITS = new StaticArray<i32>(1 << 20);
let count: i32 = 0;


@final
class Recorder extends HitListener {
  override onHit(id: i32, start: i32, end: i32, isContinued: bool): void {
    const at = count * 4;
    count++;
    if (at + 4 > HITS.length) return;
    HITS[at] = id;
    HITS[at + 1] = start;
    HITS[at + 2] = end;
    HITS[at + 3] = i32(isContinued);
  }
}

const RECORDER = new Recorder();
const WINDOW = new TextWindow();
let detector: BuiltinDetector = new BuiltinDetector(0, 0);

export function names(): string {
  return BUILTIN_NAMES.join(",");
}

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function hitsPointer(): usize {
  return changetype<usize>(HITS);
}

export function hits(): i32 {
  return count;
}

export function configure(kinds: u32, maxHoldBytes: i32): void {
  detector = new BuiltinDetector(kinds, maxHoldBytes);
}

export function begin(): void {
  detector.reset();
  WINDOW.start = 0;
  WINDOW.end = 0;
  count = 0;
}

/** The text is in the window from as late as may be to `end`; returns the offset before which all is settled. */
export function scanTo(end: i32, isLast: bool): i32 {
  WINDOW.start = max(0, detector.pending - LOOK_BEHIND_BYTES);
  WINDOW.pointer = changetype<usize>(INPUT) + WINDOW.start;
  WINDOW.end = end;
  WINDOW.isLast = isLast;
  detector.scan(WINDOW, RECORDER);
  return detector.pending;
}

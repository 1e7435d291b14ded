import { FirstBytes } from "../first-bytes";
import { HeadBuckets, usualWeight, USUAL_TOTAL } from "./head-buckets";
import { Heads } from "./heads";
import { Landmarks } from "./landmarks";
import { Program } from "./program";
import { markTaken } from "./reach";

/** A filter that stops more often than once in so many bytes of usual text costs more than it saves. */
const LEAST_DISTANCE: f32 = 6;
/** The same where each stop is paid with a look back and the automaton's work on what is between. */
const LEAST_LANDMARK_DISTANCE: f32 = 64;
/** A look back is short when one in so many bytes of usual text ends it. */
const MOST_LOOKED_BACK: i32 = 48;

/**
 * Passes over what nothing of a set can match, where nothing of it is alive: to the next place that could be a beginning, by what
 * the first three bytes can be, or to the next three bytes that could be what every match has in it, and from there back to where
 * such a match can begin.
 */
@final
export class SetFilter {
  /** Whether it is worth its while. */
  isUseful: bool = false;
  /** It finds what every match has in it, not where it begins. */
  private looksBack: bool = false;
  private readonly heads: FirstBytes = new FirstBytes();
  /** By byte: no pattern goes on with it. */
  private readonly isBreak: StaticArray<bool> = new StaticArray<bool>(256);

  /** For each pattern, the node that it begins with, and how many nodes there were when it had been added. */
  constructor(program: Program, starts: u32[], ends: u32[]) {
    const heads = new Heads(program);
    this.isUseful = this.findsBeginningsOf(starts, heads);
    if (!this.isUseful && this.findBreaks(program)) {
      this.isUseful = this.looksBack = this.findsMiddlesOf(starts, ends, heads, program);
    }
  }

  /** Whether it stops at beginnings. */
  get findsBeginnings(): bool {
    return this.isUseful && !this.looksBack;
  }

  /** The first place from `pointer` on where it has to stop; a place less than 18 before `end` where there was none. */
  @inline
  find(pointer: usize, end: usize): usize {
    return this.heads.find(pointer, end);
  }

  /** From where on something may be alive at a place that was found, at the earliest; nothing is at `least`. */
  @inline
  beginning(place: usize, least: usize): usize {
    if (!this.looksBack) return place;
    const isBreak = changetype<usize>(this.isBreak);
    while (place > least && !load<bool>(isBreak + load<u8>(place - 1))) place--;
    return place;
  }

  private findsBeginningsOf(starts: u32[], heads: Heads): bool {
    const buckets = new HeadBuckets();
    for (let pattern = 0; pattern < starts.length; pattern++) {
      heads.collect(starts[pattern]);
      buckets.add(heads);
    }
    return buckets.giveTo(this.heads, LEAST_DISTANCE);
  }

  private findsMiddlesOf(starts: u32[], ends: u32[], heads: Heads, program: Program): bool {
    const landmarks = new Landmarks(program, heads);
    const buckets = new HeadBuckets();
    for (let pattern = 0; pattern < starts.length; pattern++) {
      if (!landmarks.find(starts[pattern], pattern == 0 ? 0 : ends[pattern - 1], ends[pattern])) return false;
      buckets.add(heads);
    }
    return buckets.giveTo(this.heads, LEAST_LANDMARK_DISTANCE);
  }

  /** False when usual text has too few breaks. */
  private findBreaks(program: Program): bool {
    const isTaken = new StaticArray<bool>(256);
    for (let node = 0; node < program.nodes.length; node++) markTaken(program, node, isTaken);
    let weight = 0;
    for (let byte = 0; byte < 256; byte++) {
      if (isTaken[byte]) continue;
      this.isBreak[byte] = true;
      weight += usualWeight(byte);
    }
    return weight * MOST_LOOKED_BACK >= USUAL_TOTAL;
  }
}

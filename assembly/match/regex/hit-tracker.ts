import { HitListener } from "../detector";
import { BEHIND, Effects, FINAL } from "./effects";
import { PatternSet } from "./pattern-set";
import { GROUP_START, NODE_MASK, ThreadList } from "./thread-list";
import { NO_HIT, WaitingHits } from "./waiting-hits";

/** In a register, beside twice the place: a search began there; without it, a hit that was told ended there and may go on. */
const IS_BEGINNING: i32 = 1;
const NOTHING: i32 = i32.MAX_VALUE;

/**
 * Turns the matches of a `Stepper` into hits: knows where what is alive began, and lets hits wait while there is something
 * that they may lose against, until they are `maxHoldBytes` old.
 */
@final
export class HitTracker {
  private registers: StaticArray<i32>;
  private nextRegisters: StaticArray<i32>;
  private readonly waiting: WaitingHits;
  /** For each pattern with waiting hits, where the first of it that is alive began, or NOTHING. */
  private readonly firstAlive: StaticArray<i32>;

  constructor(
    private readonly set: PatternSet,
    /** More than MAX_DEPTH, so that whatever is as old has a register. */
    private readonly maxHoldBytes: i32,
  ) {
    const patterns = set.ids.length;
    const most = set.automaton.mostAlive;
    this.registers = new StaticArray<i32>(most);
    this.nextRegisters = new StaticArray<i32>(most);
    this.waiting = new WaitingHits(patterns, maxHoldBytes);
    this.firstAlive = new StaticArray<i32>(patterns);
  }

  /** Whether `settle` is due after each byte. */
  @inline
  isWaiting(): bool {
    return this.waiting.count > 0;
  }

  reset(): void {
    this.waiting.clear();
  }

  /** Takes what the step over the byte at `place` has done. */
  apply(effects: Effects, place: i32, hits: HitListener): void {
    for (let event = 0; event < effects.eventCount; event++) {
      const flags = effects.flags(event);
      this.addMatch(
        effects.pattern(event),
        this.beginning(effects.code(event), place),
        place + <i32>(flags & BEHIND),
        (flags & FINAL) != 0,
        hits,
      );
    }
    if (effects.moveCount < 0) return;
    const next = this.nextRegisters;
    for (let i = 0; i < effects.moveCount; i++) unchecked((next[i] = this.beginning(effects.move(i), place)));
    this.nextRegisters = this.registers;
    this.registers = next;
  }

  /** Tells the hits that need not wait any more, when `alive` is what is alive before the byte at `place`. */
  settle(alive: ThreadList, place: i32, hits: HitListener): void {
    const waiting = this.waiting;
    for (let i = 0; i < waiting.count; i++) unchecked((this.firstAlive[waiting.patterns[i]] = NOTHING));
    let owner = -1;
    for (let i = 0, group = 0; i < alive.count; i++) {
      const item = alive.item(i);
      if (!(item & GROUP_START)) continue;
      if (this.ownerOf(item) != owner) {
        owner = this.ownerOf(item);
        unchecked((this.firstAlive[owner] = this.beginning(alive.code(group), place) >> 1));
      }
      group++;
    }
    for (let i = 0; i < waiting.count; i++) this.settlePattern(unchecked(waiting.patterns[i]), alive, place, hits);
    waiting.sweep();
  }

  /** Where the earliest of all that may become a hit or waits began; `place` when there is nothing. */
  earliest(alive: ThreadList, place: i32): i32 {
    let earliest = place;
    for (let group = 0; group < alive.groups; group++) {
      earliest = min(earliest, this.beginning(alive.code(group), place) >> 1);
    }
    earliest = max(earliest, place - this.maxHoldBytes);
    for (let i = 0; i < this.waiting.count; i++) {
      earliest = min(earliest, this.waiting.first(unchecked(this.waiting.patterns[i])));
    }
    return earliest;
  }


  @inline
  private ownerOf(item: u32): i32 {
    return unchecked(this.set.automaton.owners[item & NODE_MASK]);
  }

  /** What a code says before the byte at `place`, as in a register. */
  @inline
  private beginning(code: i32, place: i32): i32 {
    return code >= 0 ? unchecked(this.registers[code]) : ((place + 1 + code) << 1) | IS_BEGINNING;
  }

  private addMatch(pattern: i32, beginning: i32, end: i32, isFinal: bool, hits: HitListener): void {
    let start = beginning >> 1;
    let isContinued = !(beginning & IS_BEGINNING);
    if (start < end - this.maxHoldBytes) {
      start = end - this.maxHoldBytes;
      isContinued = false;
    }
    // The end of what was told is no continuation.
    if (start == end) return;
    if (isFinal && this.waiting.first(pattern) == NO_HIT) {
      hits.onHit(unchecked(this.set.ids[pattern]), start, end, isContinued);
    } else {
      this.waiting.add(pattern, start, end, isContinued);
    }
  }

  private settlePattern(pattern: i32, alive: ThreadList, place: i32, hits: HitListener): void {
    const waiting = this.waiting;
    let first = unchecked(this.firstAlive[pattern]);
    while (waiting.first(pattern) != NO_HIT) {
      const start = waiting.first(pattern);
      const end = waiting.firstEnd(pattern);
      const mayLose = first < end;
      if (mayLose && place - start < this.maxHoldBytes) return;
      const isContinued = waiting.isContinued(pattern);
      waiting.shift(pattern, end);
      hits.onHit(unchecked(this.set.ids[pattern]), start, end, isContinued);
      if (mayLose) {
        this.goOnFrom(end, pattern, alive, place);
        first = end;
      }
    }
  }

  /** A hit up to `end` has been told: what began before can only be more of it. */
  private goOnFrom(end: i32, pattern: i32, alive: ThreadList, place: i32): void {
    for (let i = 0, group = 0; i < alive.count; i++) {
      const item = alive.item(i);
      if (!(item & GROUP_START)) continue;
      const code = alive.code(group++);
      if (this.ownerOf(item) == pattern && this.beginning(code, place) >> 1 < end) {
        unchecked((this.registers[code] = end << 1));
      }
    }
  }
}

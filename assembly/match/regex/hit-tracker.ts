import { HitListener } from "../detector";
import { BEHIND, Effects, FINAL } from "./effects";
import { PatternSet } from "./pattern-set";
import { GROUP_START, LEFT_QUIET, NODE_MASK, ThreadList } from "./thread-list";
import { NO_HIT, WaitingHits } from "./waiting-hits";

const NOTHING: i32 = i32.MAX_VALUE;

/**
 * Turns the matches of a `Stepper` into hits: knows where what is alive began, and lets hits wait while there is something
 * that they may lose against, until they are `maxHoldBytes` old.
 */
@final
export class HitTracker {
  /** Where something came alive after nothing was. */
  leftQuietAt: i32 = 0;
  private readonly owners: StaticArray<u16>;
  private registers: StaticArray<i32>;
  private nextRegisters: StaticArray<i32>;
  private readonly waiting: WaitingHits;
  /** For each pattern with waiting hits, where the first of it that is alive began, or NOTHING. */
  private readonly firstAlive: StaticArray<i32>;
  /** For each pattern the end of a hit that was told before it was certain: what began before it can only be more of it. */
  private readonly toldTo: StaticArray<i32>;

  constructor(
    private readonly set: PatternSet,
    private readonly maxHoldBytes: i32,
  ) {
    const patterns = set.ids.length;
    this.owners = set.automaton.owners;
    const most = set.automaton.mostAlive;
    this.registers = new StaticArray<i32>(most);
    this.nextRegisters = new StaticArray<i32>(most);
    this.waiting = new WaitingHits(patterns, maxHoldBytes);
    this.firstAlive = new StaticArray<i32>(patterns);
    this.toldTo = new StaticArray<i32>(patterns);
  }

  /** Whether `settle` is due after each byte. */
  @inline
  isWaiting(): bool {
    return this.waiting.count > 0;
  }

  reset(): void {
    this.waiting.clear();
    this.toldTo.fill(0);
  }

  /** Takes what the step over the byte at `place` has done. */
  apply(effects: Effects, place: i32, hits: HitListener): void {
    for (let event = 0; event < effects.eventCount; event++) {
      const flags = effects.flags(event);
      this.addMatch(
        effects.pattern(event),
        this.placeOf(effects.code(event), place),
        place + <i32>(flags & BEHIND),
        (flags & FINAL) != 0,
        hits,
      );
    }
    if (effects.moveCount < 0) return;
    const next = this.nextRegisters;
    for (let i = 0; i < effects.moveCount; i++) {
      store<i32>(changetype<usize>(next) + ((<usize>i) << 2), this.placeOf(effects.move(i), place));
    }
    this.nextRegisters = this.registers;
    this.registers = next;
  }

  /** Tells the hits that need not wait any more, when `alive` is what is alive before the byte at `place`. */
  settle(alive: ThreadList, place: i32, hits: HitListener): void {
    const waiting = this.waiting;
    const firstAlive = changetype<usize>(this.firstAlive);
    for (let i = 0; i < waiting.count; i++) store<i32>(firstAlive + ((<usize>waiting.pattern(i)) << 2), NOTHING);
    let owner = -1;
    for (let i = 0, group = 0; i < alive.count; i++) {
      const item = alive.item(i);
      if (!(item & GROUP_START)) continue;
      if (this.ownerOf(item) != owner) {
        owner = this.ownerOf(item);
        store<i32>(firstAlive + ((<usize>owner) << 2), this.beginning(alive.code(group), owner, place));
      }
      group++;
    }
    for (let i = 0; i < waiting.count; i++) this.settlePattern(waiting.pattern(i), place, hits);
    waiting.sweep();
  }

  /** Where the earliest of all that may become a hit or waits began; `place` when there is nothing. */
  earliest(alive: ThreadList, place: i32): i32 {
    let earliest = place;
    for (let i = 0, group = 0; i < alive.count; i++) {
      const item = alive.item(i);
      if (!(item & GROUP_START)) continue;
      earliest = min(earliest, this.beginning(alive.code(group++), this.ownerOf(item), place));
    }
    earliest = max(earliest, place - this.maxHoldBytes);
    for (let i = 0; i < this.waiting.count; i++) {
      earliest = min(earliest, this.waiting.first(unchecked(this.waiting.pattern(i))));
    }
    return earliest;
  }


  @inline
  private ownerOf(item: u32): i32 {
    return load<u16>(changetype<usize>(this.owners) + ((<usize>(item & NODE_MASK)) << 1));
  }

  /** The place that a code means before the byte at `place`. */
  @inline
  private placeOf(code: i32, place: i32): i32 {
    if (code < 0) return place + 1 + code;
    return code == LEFT_QUIET ? this.leftQuietAt : load<i32>(changetype<usize>(this.registers) + ((<usize>code) << 2));
  }

  /** Where what has a code begins, without what was told. */
  private beginning(code: i32, pattern: i32, place: i32): i32 {
    return max(this.placeOf(code, place), load<i32>(changetype<usize>(this.toldTo) + ((<usize>pattern) << 2)));
  }

  private addMatch(pattern: i32, began: i32, end: i32, isFinal: bool, hits: HitListener): void {
    const toldTo = unchecked(this.toldTo[pattern]);
    const start = max(max(began, toldTo), end - this.maxHoldBytes);
    // The end of what was told is no continuation.
    if (start == end) return;
    const isContinued = began < toldTo && start == toldTo;
    if (isFinal && this.waiting.first(pattern) == NO_HIT) {
      hits.onHit(unchecked(this.set.ids[pattern]), start, end, isContinued);
    } else {
      this.waiting.add(pattern, start, end, isContinued);
    }
  }

  private settlePattern(pattern: i32, place: i32, hits: HitListener): void {
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
        unchecked((this.toldTo[pattern] = end));
        first = end;
      }
    }
  }
}

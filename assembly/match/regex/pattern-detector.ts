import { Detector, HitListener, TextWindow } from "../detector";
import { Context, END_OF_TEXT } from "./context";
import { Effects } from "./effects";
import { HitTracker } from "./hit-tracker";
import { PatternSet } from "./pattern-set";
import { FIRST_CLASS, FULL, SLOW, UNKNOWN } from "./state-cache";
import { OwnThreadList, ThreadList } from "./thread-list";

/** The least that `maxHoldBytes` can be. */
export const MIN_HOLD_BYTES: i32 = 32;

/** What it costs to stop the filter, in bytes of its search; how far it may fall behind, and for how long it rests then. */
const FILTER_STOP_BYTES: i32 = 24;
const FILTER_CREDIT: i32 = 1024;
const FILTER_REST_BYTES: i32 = 4096;
const FILTER_LEAST_BYTES: usize = 32;

/** Shorter texts are gone through in one stretch. */
const LEAST_STRETCH_BYTES: usize = 32;
/** How far before the middle a stretch may begin, behind a blank. */
const BLANK_WITHIN_BYTES: usize = 24;

/**
 * A full cache was of no use when more than one in so many bytes had to be computed; then it rests for a while. It is judged
 * by no fewer bytes that were computed than LEAST_COMPUTED.
 */
const CACHED_BYTES: i64 = 8;
const LEAST_COMPUTED: i64 = 256;
const CACHE_REST_BYTES: i32 = 16384;
const NO_GENERATION: i32 = -1;
const BLANK: u8 = 0x20;

/**
 * Looks for the patterns of a set, in time linear in the text and with a bound on what a byte costs (`limits.ts`).
 *
 * The hits of a pattern are the matches that are not empty among those that repeated leftmost-first search finds, as RE2's
 * does: the next search begins where the last match ended. Nothing matches invalid UTF-8. As long as neither a match nor an
 * attempt at one is longer than `maxHoldBytes` that is all. Else:
 *
 * - of a longer match the last `maxHoldBytes` are told;
 * - a hit that may yet lose against a match that began no later is told when `maxHoldBytes` of the text have come since it
 *   began; if there is such a match indeed, the rest of that is told too, as the hit's continuation.
 *
 * So with every match that is not empty ends a hit, and no hit is told that no match covers. At most `maxHoldBytes` of the
 * text are held back, and nothing where no pattern has begun. Looks at each byte of the text once.
 */
@final
export class PatternDetector extends Detector {
  private readonly tracker: HitTracker;
  /** The next byte's place. */
  private position: i32 = 0;
  /** What is alive before it. */
  private readonly own: OwnThreadList;
  /** The cache's state for that, if it was used last and is of this generation. */
  private row: u32 = 0;
  private generation: i32 = NO_GENERATION;
  private cacheRestsTo: i32 = 0;
  private filterRestsTo: i32 = 0;
  private filterCredit: i32 = FILTER_CREDIT;
  /** Bytes that the cache was used for, and how many of them had to be computed, since it was judged. */
  private cached: i64 = 0;
  private computed: i64 = 0;
  private cachedFrom: i32 = 0;
  private readonly state: ThreadList = new ThreadList();
  private readonly effects: Effects = new Effects();

  /** `maxHoldBytes`: how much text may be held back, and how long a hit can be; MIN_HOLD_BYTES if that is more. */
  constructor(
    private readonly set: PatternSet,
    maxHoldBytes: i32,
  ) {
    super();
    this.tracker = new HitTracker(set, max(maxHoldBytes, MIN_HOLD_BYTES));
    this.own = new OwnThreadList(set.automaton.mostAlive);
    this.reset();
  }

  reset(): void {
    this.pending = 0;
    this.position = 0;
    this.tracker.reset();
    this.own.list.clear(this.set.automaton.begin);
    this.generation = NO_GENERATION;
    this.cacheRestsTo = 0;
    this.filterRestsTo = 0;
    this.filterCredit = FILTER_CREDIT;
  }

  scan(window: TextWindow, hits: HitListener): void {
    const origin = window.pointer - <usize>window.start;
    while (this.position < window.end) {
      if (this.position < this.cacheRestsTo) this.scanUncached(origin, window.end, hits);
      else this.scanCached(origin, window.end, hits);
    }
    if (window.isLast) this.stepUncached(END_OF_TEXT, hits);
    this.pending = this.tracker.earliest(this.own.list, this.position);
  }

  /** Scans to `end`, or to where the cache has to rest. */
  private scanCached(origin: usize, end: i32, hits: HitListener): void {
    const cache = this.set.cache;
    const filter = this.set.filter;
    const classes = changetype<usize>(this.set.automaton.classes);
    const contexts = changetype<usize>(this.set.automaton.contexts);
    const transitions = changetype<usize>(cache.transitions) + FIRST_CLASS * sizeof<u32>();
    const stop = origin + <usize>end;
    const quietEnd = cache.quietEnd;
    let left = origin + <usize>this.tracker.leftQuietAt;
    let found: usize = 0;
    let pointer = origin + <usize>this.position;
    this.cachedFrom = this.position;
    let row = this.generation == cache.generation ? this.row : this.rowOf(this.own.list);
    while (pointer < stop) {
      let transition: u32 = 0;
      if (this.tracker.isWaiting()) {
        if (row < quietEnd) left = pointer;
        transition = load<u32>(transitions + row + ((<usize>load<u8>(classes + load<u8>(pointer))) << 2));
      } else if (filter.isUseful && <i32>(pointer - origin) >= this.filterRestsTo) {
        if (row < quietEnd) {
          if (pointer > found && pointer + FILTER_LEAST_BYTES <= stop) {
            found = filter.find(pointer, stop);
            const next = filter.beginning(found, pointer);
            this.countStop(<i32>(next - pointer) - <i32>(found - next), <i32>(next - origin));
            if (next != pointer) row = cache.quietRow(<Context>load<u8>(contexts + load<u8>(next - 1)));
            pointer = next;
          }
          left = pointer;
        }
        do {
          transition = load<u32>(transitions + row + ((<usize>load<u8>(classes + load<u8>(pointer))) << 2));
          if (transition & SLOW) break;
          row = transition;
          pointer++;
        } while (pointer < stop && row >= quietEnd);
        if (!(transition & SLOW)) continue;
      } else {
        // Each byte waits for the one before, so two stretches are gone through at once, the second from what it should begin with.
        const second = secondStretch(pointer, stop);
        const guess = cache.quietRow(<Context>load<u8>(contexts + load<u8>(second - 1)));
        let ahead = second;
        let aheadRow = guess;
        let aheadLeft = second;
        while (pointer < second && ahead < stop) {
          // Selects, since branches would often be guessed wrong.
          left = select(pointer, left, row < quietEnd);
          transition = load<u32>(transitions + row + ((<usize>load<u8>(classes + load<u8>(pointer))) << 2));
          aheadLeft = select(ahead, aheadLeft, aheadRow < quietEnd);
          const next = load<u32>(transitions + aheadRow + ((<usize>load<u8>(classes + load<u8>(ahead))) << 2));
          if ((transition | next) & SLOW) break;
          row = transition;
          aheadRow = next;
          pointer++;
          ahead++;
        }
        while (pointer < second) {
          left = select(pointer, left, row < quietEnd);
          transition = load<u32>(transitions + row + ((<usize>load<u8>(classes + load<u8>(pointer))) << 2));
          if (transition & SLOW) break;
          row = transition;
          pointer++;
        }
        if (pointer == second) {
          if (row == guess) {
            pointer = ahead;
            row = aheadRow;
            left = aheadLeft;
          }
          transition = 0;
          while (pointer < stop) {
            left = select(pointer, left, row < quietEnd);
            transition = load<u32>(transitions + row + ((<usize>load<u8>(classes + load<u8>(pointer))) << 2));
            if (transition & SLOW) break;
            row = transition;
            pointer++;
          }
        }
        if (pointer == stop) break;
      }
      this.tracker.leftQuietAt = <i32>(left - origin);
      this.position = <i32>(pointer - origin);
      row = this.follow(row, transition, load<u8>(pointer++), hits);
      if (row == FULL) break;
    }
    this.tracker.leftQuietAt = <i32>(left - origin);
    this.position = <i32>(pointer - origin);
    this.cached += this.position - this.cachedFrom;
    if (row == FULL) {
      this.cacheRestsTo = this.position + CACHE_REST_BYTES;
      this.generation = NO_GENERATION;
      return;
    }
    this.row = row;
    this.generation = cache.generation;
    cache.read(row, this.state);
    this.own.list.copyFrom(this.state);
  }

  /** Does what a transition says, which may not be known yet. Returns the row behind it; FULL when the cache has to rest. */
  private follow(row: u32, transition: u32, byte: u32, hits: HitListener): u32 {
    const cache = this.set.cache;
    if (transition == UNKNOWN) return this.compute(row, byte, hits);
    let next = transition;
    if (transition & SLOW) {
      next = cache.readEffects(transition, this.effects);
      this.tracker.apply(this.effects, this.position, hits);
    }
    if (this.tracker.isWaiting()) {
      cache.read(next, this.state);
      this.tracker.settle(this.state, this.position + 1, hits);
    }
    return next;
  }

  private compute(row: u32, byte: u32, hits: HitListener): u32 {
    const cache = this.set.cache;
    const stepper = this.set.stepper;
    const effects = stepper.effects.effects;
    cache.read(row, this.state);
    stepper.step(this.state, byte);
    this.tracker.apply(effects, this.position, hits);
    if (this.tracker.isWaiting()) this.tracker.settle(stepper.list, this.position + 1, hits);
    this.computed++;
    const next = cache.find(stepper.list);
    if (next != FULL) {
      cache.connect(row, unchecked(this.set.automaton.classes[byte]), next, effects);
      return next;
    }
    cache.clear();
    if (this.isCacheUseful()) return cache.find(stepper.list);
    this.own.list.copyFrom(stepper.list);
    return FULL;
  }

  /** Judges the cache when it is full. */
  private isCacheUseful(): bool {
    if (this.computed < LEAST_COMPUTED) return true;
    const isUseful = this.computed * CACHED_BYTES < this.cached + (this.position - this.cachedFrom);
    this.computed = 0;
    this.cached = 0;
    this.cachedFrom = this.position;
    return isUseful;
  }

  private rowOf(list: ThreadList): u32 {
    const row = this.set.cache.find(list);
    if (row != FULL) return row;
    this.set.cache.clear();
    return this.set.cache.find(list);
  }

  /** Counts what a stop of the filter at `place` has gained, in bytes. */
  private countStop(gained: i32, place: i32): void {
    this.filterCredit = min(this.filterCredit + gained - FILTER_STOP_BYTES, FILTER_CREDIT);
    if (this.filterCredit >= 0) return;
    this.filterCredit = FILTER_CREDIT;
    this.filterRestsTo = place + FILTER_REST_BYTES;
  }

  /** Scans to `end`, or to where the cache need not rest any more. */
  private scanUncached(origin: usize, end: i32, hits: HitListener): void {
    end = min(end, this.cacheRestsTo);
    for (; this.position < end; this.position++) this.stepUncached(load<u8>(origin + <usize>this.position), hits);
  }

  private stepUncached(byte: u32, hits: HitListener): void {
    const stepper = this.set.stepper;
    if (this.own.list.count == 0) this.tracker.leftQuietAt = this.position;
    stepper.step(this.own.list, byte);
    this.tracker.apply(stepper.effects.effects, this.position, hits);
    this.own.list.copyFrom(stepper.list);
    if (this.tracker.isWaiting()) this.tracker.settle(this.own.list, this.position + 1, hits);
  }
}

/** Where the second of two stretches begins: behind a blank, as nothing is likely to be alive there; `stop` if there is none. */
function secondStretch(pointer: usize, stop: usize): usize {
  const half = (stop - pointer) >> 1;
  if (half < LEAST_STRETCH_BYTES) return stop;
  let place = pointer + half;
  for (const least = place - BLANK_WITHIN_BYTES; place > least; place--) {
    if (load<u8>(place - 1) == BLANK) return place;
  }
  return stop;
}

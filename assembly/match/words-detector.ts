import { Detector, HitListener, TextWindow } from "./detector";
import { NONE, ROOT, WordAutomaton } from "./words-automaton";
import { WordFilter } from "./words-filter";
import { contextAfter, isLetter, NO_CONTEXT, symbolOf } from "./words-symbols";

/** Below that the filter costs more than it saves. */
const LEAST_FILTER_BYTES: i32 = 32;

/** Reports every word of a set that is in a text, overlapping ones too. Holds back no more than the longest word. */
@final
export class WordDetector extends Detector {
  private context: u32 = NO_CONTEXT;
  private state: u32 = ROOT;
  private next: i32 = 0;
  /** Words end at `next`, if no letter follows. */
  private isUndecided: bool = false;

  constructor(
    private readonly automaton: WordAutomaton,
    private readonly filter: WordFilter,
  ) {
    super();
  }

  override reset(): void {
    this.pending = 0;
    this.context = NO_CONTEXT;
    this.state = ROOT;
    this.next = 0;
    this.isUndecided = false;
  }

  override scan(window: TextWindow, hits: HitListener): void {
    const automaton = this.automaton;
    const end = window.end;
    const origin = window.pointer - <usize>window.start;
    const classes = changetype<usize>(automaton.classOf);
    const endings = changetype<usize>(automaton.endings);
    let state = this.state;
    let context = this.context;
    let at = this.next;
    if (this.isUndecided && (at < end || window.isLast)) {
      this.isUndecided = false;
      this.tell(state, at, at < end && isLetter(load<u8>(origin + <usize>at)), hits);
    }
    while (at < end) {
      if (state == ROOT && end - at >= LEAST_FILTER_BYTES) {
        this.filter.context = context;
        at = <i32>(this.filter.find(origin + <usize>at, origin + <usize>end) - origin);
        context = this.filter.context;
        if (at == end) break;
      }
      const byte = load<u8>(origin + <usize>at);
      const symbol = symbolOf(byte, context);
      context = contextAfter(byte, context);
      at++;
      state = automaton.next(state, load<u8>(classes + <usize>symbol));
      if (load<u32>(endings + <usize>state * 4) == NONE) continue;
      if (at < end || window.isLast) this.tell(state, at, at < end && isLetter(load<u8>(origin + <usize>at)), hits);
      else this.isUndecided = true;
    }
    this.next = at;
    this.context = context;
    this.state = state;
    this.pending = this.earliest(state, at, window.isLast);
  }

  /** Where the longest beginning of a word begins that the text ends with. */
  private earliest(state: u32, at: i32, isLast: bool): i32 {
    if (isLast) return at;
    if (!this.isUndecided) {
      // What no word goes on from is as good as its longest end that one does.
      while (state != ROOT && !this.automaton.hasChildren(state)) state = this.automaton.failure(state);
    }
    return state == ROOT ? at : at - this.automaton.depth(state);
  }

  /** Reports the words that end in a state. */
  private tell(state: u32, end: i32, isBeforeLetter: bool, hits: HitListener): void {
    const automaton = this.automaton;
    let ending = unchecked(automaton.endings[state]);
    while (ending != NONE) {
      if (!isBeforeLetter || !unchecked(automaton.endingIsLetter[ending])) {
        const start = end - unchecked(automaton.endingLengths[ending]);
        hits.onHit(unchecked(automaton.endingIds[ending]), start, end, false);
      }
      ending = unchecked(automaton.endingNexts[ending]);
    }
  }
}

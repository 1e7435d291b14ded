import { Detector, HitListener, TextWindow } from "./detector";
import { NONE, ROOT, WordAutomaton } from "./words-automaton";
import { contextAfter, NO_CONTEXT, symbolOf } from "./words-symbols";

/**
 * Reports the words of a set that are in a text of letters which stood apart, so that nothing tells where a word begins or
 * ends: a word is found anywhere. Tries each character as a beginning; the time is that of the text and of how far words
 * reach that have begun.
 */
@final
export class SpacedWordDetector extends Detector {
  /** What ends after it has not been told yet of the words that begin at `pending`. */
  private toldTo: i32 = 0;

  constructor(private readonly automaton: WordAutomaton) {
    super();
  }

  override reset(): void {
    this.pending = 0;
    this.toldTo = 0;
  }

  override scan(window: TextWindow, hits: HitListener): void {
    while (this.pending < window.end) {
      if (this.reachesEnd(window, hits) && !window.isLast) return;
      this.pending++;
      this.toldTo = this.pending;
    }
  }

  /** Tells the words that begin at `pending`; true where another could go on after the window. */
  private reachesEnd(window: TextWindow, hits: HitListener): bool {
    const automaton = this.automaton;
    const start = this.pending;
    let state = ROOT;
    let context = NO_CONTEXT;
    for (let at = start; at < window.end; at++) {
      const byte = window.at(at);
      state = automaton.child(state, unchecked(automaton.classOf[symbolOf(byte, context)]));
      context = contextAfter(byte, context);
      if (state == ROOT) return false;
      if (at < this.toldTo) continue;
      this.toldTo = at + 1;
      for (let ending = unchecked(automaton.endings[state]); ending != NONE;) {
        const length: i32 = unchecked(automaton.endingLengths[ending]);
        if (length == at + 1 - start) hits.onHit(unchecked(automaton.endingIds[ending]), start, at + 1, false);
        ending = unchecked(automaton.endingNexts[ending]);
      }
    }
    return automaton.hasChildren(state);
  }
}

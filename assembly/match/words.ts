import { Detector } from "./detector";
import { ALL_VIEWS, DetectorFactory, View } from "./matcher";
import { WordAutomaton } from "./words-automaton";
import { WordDetector } from "./words-detector";
import { WordFilter } from "./words-filter";
import { WordList } from "./words-list";
import { SpacedWordDetector } from "./words-spaced";

/**
 * Words and phrases that are looked for together, whatever their case, in one pass over a text. Immutable; any number of
 * detectors share one.
 *
 * A word is found as a whole word: where it begins or ends with a letter or digit, none may stand beside it ("project-x" is
 * not in "project-xylophone", but "-x" is in "project-x"). `words-symbols.ts` says what letters are; beside others, as those
 * of Chinese, a word is found anywhere. A blank stands for any single blank. Words are plain text, as the text is.
 * No more than the longest word is held back.
 */
@final
export class WordSet extends DetectorFactory {
  readonly automaton: WordAutomaton;
  readonly filter: WordFilter;

  constructor(list: WordList) {
    const automaton = new WordAutomaton(list);
    super(ALL_VIEWS, automaton.mostBytes);
    this.automaton = automaton;
    this.filter = list.filter;
  }

  override create(view: View, maxHoldBytes: i32): Detector {
    return view == View.Spaced ? new SpacedWordDetector(this.automaton) : new WordDetector(this.automaton, this.filter);
  }
}

import { Detector } from "../match/detector";
import { DetectorFactory, View } from "../match/matcher";

/** Gives texts a score while a scanner looks at them; finds nothing in them. */
export abstract class Classifier extends Detector {
  /** Begins a message; the texts that are scanned from now on belong to it. */
  abstract beginMessage(): void;

  /** The message is over: its score in millionths, 0 to 1,000,000. */
  abstract endMessage(): i32;
}

/** Makes classifiers, of what kind the plugin says. */
export abstract class ClassifierFactory extends DetectorFactory {
  /** The one that was made last: by the scanner that has just been made. */
  latest: Classifier | null = null;

  constructor() {
    super(1 << View.Plain);
  }

  abstract createClassifier(): Classifier;

  create(_view: View, _maxHoldBytes: i32): Detector {
    const classifier = this.createClassifier();
    this.latest = classifier;
    return classifier;
  }
}

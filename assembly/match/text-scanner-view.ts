import { Detector, HitListener, TextWindow } from "./detector";
import { Matcher, View } from "./matcher";

/** Hears the hits of one view's detectors, by offsets in that view. */
export abstract class ViewHits extends HitListener {
  /** What the ids of the detector that is scanning are added to. */
  firstId: i32 = 0;
}

/** The detectors of one view. */
@final
export class ViewDetectors {
  private readonly detectors: Detector[] = [];
  private readonly firstIds: i32[] = [];

  constructor(matcher: Matcher, view: View, maxHoldBytes: i32) {
    for (let i = 0; i < matcher.factories.length; i++) {
      const factory = matcher.factories[i];
      if (((factory.views >> view) & 1) == 0) continue;
      this.detectors.push(factory.create(view, maxHoldBytes));
      this.firstIds.push(matcher.firstIds[i]);
    }
  }

  get isEmpty(): bool {
    return this.detectors.length == 0;
  }

  reset(): void {
    for (let i = 0; i < this.detectors.length; i++) unchecked(this.detectors[i]).reset();
  }

  scan(window: TextWindow, hits: ViewHits): void {
    for (let i = 0; i < this.detectors.length; i++) {
      hits.firstId = unchecked(this.firstIds[i]);
      unchecked(this.detectors[i]).scan(window, hits);
    }
  }

  /** Every hit that begins before this offset has been reported. */
  pending(window: TextWindow): i32 {
    let least = window.end;
    for (let i = 0; i < this.detectors.length; i++) least = min(least, unchecked(this.detectors[i]).pending);
    return least;
  }
}

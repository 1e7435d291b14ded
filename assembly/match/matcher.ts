import { Detector } from "./detector";

/** The ways in which a text is looked at. */
export const enum View {
  /** As a reader reads it: see `Folder`. */
  Plain,
  /** As it is; only where that is something else. */
  Original,
  /** Letters that stood apart, together: see `SpacedRuns`. */
  Spaced,
  /** What was in base64 or in hexadecimal digits, as plain text: see `EncodedRuns`. */
  Decoded,
}

/** Something to be looked for: makes detectors, each of which looks at one view of one text at a time. */
export abstract class DetectorFactory {
  /** `views`: one bit for each `View` that detectors are made for. */
  constructor(readonly views: i32) {}

  /** A detector that holds back at most `maxHoldBytes` and reports no longer hits, but for those told in parts. */
  abstract create(view: View, maxHoldBytes: i32): Detector;
}

/** What is looked for, all together; made at load, shared by all scanners. */
@final
export class Matcher {
  readonly factories: DetectorFactory[] = [];
  readonly firstIds: i32[] = [];

  /** The hits of a factory's detectors are told as `firstId` + their id; ids of different factories must not be the same. */
  add(factory: DetectorFactory, firstId: i32): void {
    this.factories.push(factory);
    this.firstIds.push(firstId);
  }

  has(view: View): bool {
    for (let i = 0; i < this.factories.length; i++) if ((this.factories[i].views >> view) & 1) return true;
    return false;
  }
}

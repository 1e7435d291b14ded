import { Detector } from "./detector";

/** The ways in which a text is looked at. */
export const enum View {
  /** As a reader reads it: see `Folder`. */
  Plain,
  /** As it is; only near where that is something else. */
  Original,
  /** Letters that stood apart, together: see `SpacedRuns`. */
  Spaced,
  /** What is in base64 or in hexadecimal digits, as plain text: see `EncodedRuns`. */
  Decoded,
}

/** All views, as bits. */
export const ALL_VIEWS: i32 = 0b1111;

/** Something to be looked for: makes detectors, each of which looks at one view of one text at a time. */
export abstract class DetectorFactory {
  /**
   * `views`: one bit for each `View` that detectors are made for. `mostBytes`: how much they may hold back although they
   * are allowed less.
   */
  constructor(
    readonly views: i32,
    readonly mostBytes: i32 = 0,
  ) {}

  /** A detector that holds back at most `maxHoldBytes` and reports no longer hits, but for those told in parts. */
  abstract create(view: View, maxHoldBytes: i32): Detector;
}

/** What is looked for, all together; made at load, shared by all scanners. */
@final
export class Matcher {
  readonly factories: DetectorFactory[] = [];
  readonly firstIds: i32[] = [];
  /** What any detector may hold back although it is allowed less. */
  mostBytes: i32 = 0;

  /** The hits of a factory's detectors are told as `firstId` + their id. */
  add(factory: DetectorFactory, firstId: i32): void {
    this.factories.push(factory);
    this.firstIds.push(firstId);
    this.mostBytes = max(this.mostBytes, factory.mostBytes);
  }
}

import { HitListener, TextWindow } from "../../../assembly/match/detector";
import { PatternDetector } from "../../../assembly/match/regex/pattern-detector";
import { PatternSet, PatternSetBuilder } from "../../../assembly/match/regex/pattern-set";
import { Regex } from "../../../assembly/match/regex/regex";

/** Four numbers a hit: the pattern's place in the set, where it begins and ends, 1 when it is continued. */
@final
class HitLog extends HitListener {
  readonly log: i32[] = [];

  onHit(id: i32, start: i32, end: i32, isContinued: bool): void {
    this.log.push(id);
    this.log.push(start);
    this.log.push(end);
    this.log.push(isContinued ? 1 : 0);
  }
}

const NO_ERROR = "";

let builder: PatternSetBuilder = new PatternSetBuilder();
let patterns: i32 = 0;
let set: PatternSet | null = null;
let detector: PatternDetector | null = null;
let other: PatternDetector | null = null;
let hits: HitLog = new HitLog();
let otherHits: HitLog = new HitLog();
const window = new TextWindow();

export function newSet(): void {
  builder = new PatternSetBuilder();
  patterns = 0;
}

/** Adds a pattern to the set that is made; returns what is wrong with it. */
export function add(pattern: string, ignoresCase: bool): string {
  const regex = Regex.parse(pattern, ignoresCase);
  if (regex.error != null) return regex.error!;
  const problem = builder.add(regex, patterns++);
  return problem != null ? problem : NO_ERROR;
}

export function build(maxHoldBytes: i32): void {
  set = builder.build(builder.filter());
  detector = new PatternDetector(set!, maxHoldBytes);
  other = new PatternDetector(set!, maxHoldBytes);
}

/** There are two detectors for the set. */
export function swapDetectors(): void {
  const first = detector;
  detector = other;
  other = first;
  const log = hits;
  hits = otherHits;
  otherHits = log;
}

export function reset(): void {
  detector!.reset();
  hits = new HitLog();
}

/** The window of the text is the bytes at `pointer`, which have the places [start, end). Returns what is pending. */
export function scan(pointer: usize, start: i32, end: i32, isLast: bool): i32 {
  window.pointer = pointer;
  window.start = start;
  window.end = end;
  window.isLast = isLast;
  detector!.scan(window, hits);
  return detector!.pending;
}

export function hitCount(): i32 {
  return hits.log.length / 4;
}

export function hitsSoFar(): Int32Array {
  const log = new Int32Array(hits.log.length);
  for (let i = 0; i < hits.log.length; i++) log[i] = hits.log[i];
  return log;
}

/** How many nodes all scans with the set have looked at, beside those that the cache has spared. */
export function steps(): i64 {
  return set!.stepper.steps();
}

export function nodes(): i32 {
  return set!.automaton.nodes.length;
}

export function mostAlive(): i32 {
  return set!.automaton.mostAlive;
}

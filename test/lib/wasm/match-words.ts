import { HitListener } from "../../../assembly/match/detector";
import { View } from "../../../assembly/match/matcher";
import { WordSet } from "../../../assembly/match/words";
import { WordList } from "../../../assembly/match/words-list";
import { SlidingScan } from "./sliding-scan";

const INPUT = new StaticArray<u8>(1 << 20);
const ROOM = new StaticArray<u8>(1 << 20);
/** Triples of id, start and end. */
const HITS = new StaticArray<i32>(1 << 20);
let hits: i32 = 0;


@final
class Recorder extends HitListener {
  override onHit(id: i32, start: i32, end: i32, isContinued: bool): void {
    HITS[hits++] = id;
    HITS[hits++] = start;
    HITS[hits++] = end;
  }
}

const RECORDER = new Recorder();
let list = new WordList();
let set = new WordSet(list);
let scan = new SlidingScan(set.create(View.Plain, 0), ROOM);

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function hitsPointer(): usize {
  return changetype<usize>(HITS);
}

export function hitsLength(): i32 {
  return hits;
}

export function clear(): void {
  list = new WordList();
}

export function add(word: string, id: i32): bool {
  return list.add(word, id);
}

export function build(view: i32): i32 {
  set = new WordSet(list);
  scan = new SlidingScan(set.create(view, 0), ROOM);
  return set.automaton.states;
}

/** Where new memory is, which is higher up with everything that was allocated before, as long as nothing was freed. */
export function mark(): usize {
  return changetype<usize>(new ArrayBuffer(16));
}

export function begin(): void {
  hits = 0;
  scan.begin();
}

export function feed(start: i32, length: i32, isLast: bool): void {
  scan.feed(inputPointer() + start, length, isLast, RECORDER);
}

export function pending(): i32 {
  return scan.pending;
}

import { InjectionScorer } from "../../../assembly/match/injection/scorer";

const INPUT = new StaticArray<u8>(1 << 20);
const scorer = new InjectionScorer();

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function begin(): void {
  scorer.reset();
}

export function feed(start: i32, length: i32): void {
  scorer.feed(inputPointer() + <usize>start, length);
}

export function finish(): i32 {
  scorer.finish();
  return scorer.score;
}

export function score(): i32 {
  return scorer.score;
}

import { TokenEstimator } from "../../../assembly/llm/tokens/estimator";

const INPUT = new StaticArray<u8>(1 << 22);
const ESTIMATOR = new TokenEstimator();

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function reset(): void {
  ESTIMATOR.reset();
}

export function feed(start: i32, length: i32): void {
  ESTIMATOR.feed(inputPointer() + start, length);
}

export function tokens(): i64 {
  return ESTIMATOR.tokens();
}

import { TokenSampler } from "../../../assembly/llm/tokens/sampler";

const INPUT = new StaticArray<u8>(1 << 22);
let sampler = new TokenSampler(0, 1);

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function create(wholeBytes: i32, periodBytes: i32): void {
  sampler = new TokenSampler(wholeBytes, periodBytes);
}

export function reset(): void {
  sampler.reset();
}

export function feed(start: i32, length: i32): void {
  sampler.feed(inputPointer() + start, length);
}

export function tokens(): i64 {
  return sampler.tokens();
}

export function next(): void {
  sampler.next();
}

export function restart(): void {
  sampler.restart();
}

export function tokensEnded(): i64 {
  return sampler.tokensEnded();
}

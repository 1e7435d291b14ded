/** A test entry that takes bytes in pieces, at `inputPointer`. */
export interface TakesPieces {
  memory: WebAssembly.Memory;
  inputPointer(): number;
  feed(start: number, length: number): number;
}

export function putInput(m: TakesPieces, bytes: Uint8Array): void {
  new Uint8Array(m.memory.buffer, m.inputPointer(), bytes.length).set(bytes);
}

/** Feeds `bytes` in pieces that end at `cuts`; whether all of them were taken. */
export function feedPieces(m: TakesPieces, bytes: Uint8Array, cuts: number[]): boolean {
  let from = 0;
  let isTaken = true;
  for (const cut of [...cuts, bytes.length]) {
    putInput(m, bytes.subarray(from, cut));
    isTaken = m.feed(0, cut - from) === 1 && isTaken;
    from = cut;
  }
  return isTaken;
}

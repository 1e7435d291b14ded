/** One event that a test entry's listener heard. */
export interface Heard {
  letter: string;
  first: number;
  second: number;
  bytes: Uint8Array;
}

/** Reads the events that a test entry wrote with `hear`. */
export function readHeard(memory: WebAssembly.Memory, pointer: number, length: number): Heard[] {
  const view = new DataView(memory.buffer, pointer, length);
  const events: Heard[] = [];
  for (let at = 0; at < length;) {
    const size = view.getInt32(at + 13, true);
    events.push({
      letter: String.fromCharCode(view.getUint8(at)),
      first: Number(view.getBigInt64(at + 1, true)),
      second: view.getInt32(at + 9, true),
      bytes: new Uint8Array(memory.buffer.slice(pointer + at + 17, pointer + at + 17 + size)),
    });
    at += 17 + size;
  }
  return events;
}

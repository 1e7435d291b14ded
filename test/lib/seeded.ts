/** The seed of this run's random inputs, by `npm test` the commit's; a failing test prints it, and `SEED` repeats it. */
export const SEED = Number(process.env.SEED ?? Date.now() % 1e9);

/** A small generator (mulberry32): equal seeds, equal numbers. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

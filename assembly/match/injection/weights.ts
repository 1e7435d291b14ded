/**
 * Where `weights.bin`, written by `training/prompt-injection/train.py`, lies in memory: `scripts/setup/image/weights.mjs` puts it
 * before all other static data of a module that has this source, so it is neither packed nor unpacked at start.
 *
 *     0   f64   the logit of a long window whose weights sum to nothing
 *     8   f64   what one step of a group's weight counts in the logit
 *     16  f64   what a text of no groups loses
 *     24  f64   what one step of a run's weight counts in the logit
 *     32  f64   what a text of no runs loses
 *     40  i8[]  the weights of groups of words, 1 << HASH_BITS of them
 *         i8[]  the weights of runs of characters, as many
 */
export const WEIGHTS: usize = 1024;

export const HASH_BITS: u32 = 18;

const BIAS: usize = 0;
const STEP: usize = 8;
const SHORT: usize = 16;
const RUN_STEP: usize = 24;
const RUN_SHORT: usize = 32;
const TABLE: usize = 40;
const RUN_TABLE: usize = TABLE + (1 << HASH_BITS);

/** The weight of a hashed group, in steps. */
// @ts-ignore: decorator
@inline
export function weightOf(hash: u32): i32 {
  return load<i8>(WEIGHTS + TABLE + <usize>(hash >> (32 - HASH_BITS)));
}

/** The weight of a hashed run, in steps of its own. */
// @ts-ignore: decorator
@inline
export function runWeightOf(hash: u32): i32 {
  return load<i8>(WEIGHTS + RUN_TABLE + <usize>(hash >> (32 - HASH_BITS)));
}

// @ts-ignore: decorator
@inline
export function bias(): f64 {
  return load<f64>(WEIGHTS + BIAS);
}

// @ts-ignore: decorator
@inline
export function step(): f64 {
  return load<f64>(WEIGHTS + STEP);
}

// @ts-ignore: decorator
@inline
export function short(): f64 {
  return load<f64>(WEIGHTS + SHORT);
}

// @ts-ignore: decorator
@inline
export function runStep(): f64 {
  return load<f64>(WEIGHTS + RUN_STEP);
}

// @ts-ignore: decorator
@inline
export function runShort(): f64 {
  return load<f64>(WEIGHTS + RUN_SHORT);
}

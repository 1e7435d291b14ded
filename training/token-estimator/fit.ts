import { PART_LENGTHS, PART_STARTS, piecesOf, LONGEST_TOKEN, WEIGHTS, type Part } from "./features.ts";

/** Distinct pieces: how much each counts, and its exact tokens. */
export type Counted = Map<string, { count: number; tokens: number }>;

/** Parts of the vector with so many weights that rare ones are kept near 0. */
const LARGE: Part[] = ["letters", "punctuation", "others"];
const LARGE_PENALTY = 3e-5;
const PENALTY = 1e-6;
const ROUNDS = 6;
const STEPS = 40;

/** Distinct pieces, each with what it counts, its exact tokens and its weights in one run of `indices`. */
interface Pieces {
  counts: Float64Array;
  tokens: Float64Array;
  floors: Float64Array;
  ends: Int32Array;
  indices: Int32Array;
}

const penalties = new Float64Array(WEIGHTS).fill(PENALTY);
for (const part of LARGE) penalties.fill(LARGE_PENALTY, PART_STARTS[part], PART_STARTS[part] + PART_LENGTHS[part]);

function gather(pieces: Counted): Pieces {
  const size = pieces.size;
  const gathered = {
    counts: new Float64Array(size),
    tokens: new Float64Array(size),
    floors: new Float64Array(size),
    ends: new Int32Array(size + 1),
  };
  const indices: number[] = [];
  let row = 0;
  for (const [text, { count, tokens }] of pieces) {
    const own = piecesOf(text);
    gathered.counts[row] = count;
    gathered.tokens[row] = tokens;
    gathered.floors[row] = own.length;
    for (const piece of own) indices.push(...piece.weights);
    gathered.ends[++row] = indices.length;
  }
  return { ...gathered, indices: Int32Array.from(indices) };
}

/**
 * The weights of least squares over pieces, where a piece below its floor is at its floor. Each round solves for the pieces
 * above, by conjugate gradients, and damps.
 */
export function fit(counted: Counted): Float64Array {
  const pieces = gather(counted);
  const { counts, tokens, floors, ends, indices } = pieces;
  const rows = counts.length;
  const weights = new Float64Array(WEIGHTS);
  const before = new Float64Array(WEIGHTS);
  const sums = new Float64Array(rows);
  const isFree = new Uint8Array(rows);
  const gradient = new Float64Array(WEIGHTS);
  const direction = new Float64Array(WEIGHTS);
  const product = new Float64Array(WEIGHTS);
  const diagonal = new Float64Array(WEIGHTS);

  const add = (row: number, amount: number, to: Float64Array): void => {
    for (let i = ends[row]!; i < ends[row + 1]!; i++) to[indices[i]!]! += amount;
  };
  const sum = (vector: Float64Array): void => {
    for (let row = 0; row < rows; row++) {
      let total = 0;
      for (let i = ends[row]!; i < ends[row + 1]!; i++) total += vector[indices[i]!]!;
      sums[row] = total;
    }
  };
  const multiply = (vector: Float64Array): void => {
    sum(vector);
    for (let k = 0; k < WEIGHTS; k++) product[k] = penalties[k]! * vector[k]!;
    for (let row = 0; row < rows; row++) if (isFree[row]) add(row, counts[row]! * sums[row]!, product);
  };

  for (let round = 0; round < ROUNDS; round++) {
    if (round > 2) for (let k = 0; k < WEIGHTS; k++) weights[k] = (weights[k]! + before[k]!) / 2;
    before.set(weights);
    sum(weights);
    for (let row = 0; row < rows; row++) {
      isFree[row] = round > 0 && sums[row]! < floors[row]! && tokens[row]! <= floors[row]! ? 0 : 1;
    }
    multiply(weights);
    diagonal.set(penalties);
    gradient.fill(0);
    for (let row = 0; row < rows; row++) {
      if (!isFree[row]) continue;
      add(row, counts[row]!, diagonal);
      add(row, counts[row]! * tokens[row]!, gradient);
    }
    for (let k = 0; k < WEIGHTS; k++) gradient[k]! -= product[k]!;
    let norm = 0;
    for (let k = 0; k < WEIGHTS; k++) {
      direction[k] = gradient[k]! / diagonal[k]!;
      norm += gradient[k]! * direction[k]!;
    }
    for (let step = 0; step < STEPS && norm > 1e-16; step++) {
      multiply(direction);
      let curvature = 0;
      for (let k = 0; k < WEIGHTS; k++) curvature += direction[k]! * product[k]!;
      const length = norm / curvature;
      let next = 0;
      for (let k = 0; k < WEIGHTS; k++) {
        weights[k]! += length * direction[k]!;
        gradient[k]! -= length * product[k]!;
        next += gradient[k]! ** 2 / diagonal[k]!;
      }
      for (let k = 0; k < WEIGHTS; k++) {
        direction[k] = gradient[k]! / diagonal[k]! + (next / norm) * direction[k]!;
      }
      norm = next;
    }
  }
  return weights;
}

/** Fractions of a token in the constants: one byte a weight for the large parts, two for the others. */
export const LARGE_UNIT = 8;
export const UNIT = 256;

/** The weights in `UNIT`s, as the constants have them. */
export function quantise(weights: Float64Array): Int32Array {
  const units = Int32Array.from(weights, (weight) => Math.round(weight * UNIT));
  for (const part of LARGE) {
    for (let k = PART_STARTS[part]; k < PART_STARTS[part] + PART_LENGTHS[part]; k++) {
      units[k] = Math.max(-128, Math.min(127, Math.round(weights[k]! * LARGE_UNIT))) * (UNIT / LARGE_UNIT);
    }
  }
  return units;
}

/** The estimate by these weights, in `UNIT`s. */
export function estimate(units: Int32Array, text: string): number {
  let total = 0;
  for (const { weights, length } of piecesOf(text)) {
    let sum = 0;
    for (const weight of weights) sum += units[weight]!;
    total += Math.max(sum, UNIT, Math.floor((length * UNIT) / LONGEST_TOKEN));
  }
  return total;
}

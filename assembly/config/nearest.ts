import { lowerCaseUnit } from "./header-text";

/**
 * The candidate that somebody who wrote `name` most likely meant, or null when none is near: at most a third of the letters
 * (rounded up, but not all) wrong or missing; upper and lower case count as the same.
 */
export function nearest(name: string, candidates: string[]): string | null {
  let best: string | null = null;
  let fewest = i32.MAX_VALUE;
  for (let i = 0; i < candidates.length; i++) {
    const edits = distance(name, candidates[i]);
    const longer = max(name.length, candidates[i].length);
    const allowed = min((longer + 2) / 3, longer - 1);
    if (edits <= allowed && edits < fewest) {
      fewest = edits;
      best = candidates[i];
    }
  }
  return best;
}

const LONGEST: i32 = 64;

/** Levenshtein's distance, with one row of the table. */
function distance(a: string, b: string): i32 {
  if (a.length > LONGEST || b.length > LONGEST) return i32.MAX_VALUE;
  const row = new StaticArray<i32>(b.length + 1);
  for (let j = 0; j <= b.length; j++) unchecked((row[j] = j));
  for (let i = 0; i < a.length; i++) {
    let diagonal = i;
    let left = i + 1;
    for (let j = 0; j < b.length; j++) {
      const above = unchecked(row[j + 1]);
      const substitution = lowerCaseUnit(a.charCodeAt(i)) == lowerCaseUnit(b.charCodeAt(j)) ? diagonal : diagonal + 1;
      unchecked((row[j] = left));
      left = min(substitution, min(above, left) + 1);
      diagonal = above;
    }
    unchecked((row[b.length] = left));
  }
  return unchecked(row[b.length]);
}

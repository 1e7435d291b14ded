/** What becomes of a request, by how long an answer it asks for. */
export const enum Verdict {
  Within,
  /** It gives no cap, and needs none. */
  Uncapped,
  Over,
  /** It gives no cap, and must. */
  Missing,
}

/** Labels of metrics, by `Verdict`. */
export const VERDICT_NAMES: string[] = ["within", "uncapped", "over", "missing"];

/** Judges a request that asks for `asked` tokens, a negative number for no cap, where at most `most` may be asked for. */
export function judge(asked: i64, most: i64, requiresCap: bool): Verdict {
  if (asked < 0) return requiresCap ? Verdict.Missing : Verdict.Uncapped;
  return asked > most ? Verdict.Over : Verdict.Within;
}

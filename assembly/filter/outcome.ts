/** What a plugin decides in a callback. `filter/` turns it into what the host understands. */
export const enum Outcome {
  /** Let what is here by, and go on showing me the rest of this direction: I can still end it. */
  Pass,
  /** Let it by; I need no more of this direction. */
  Leave,
  /** Keep it until I know more. Not at the end of a body, unless a callout's reply will decide. */
  Hold,
  /** The exchange has been answered or closed. Returned by `refuse` and its kin, never made up. */
  Ended,
}

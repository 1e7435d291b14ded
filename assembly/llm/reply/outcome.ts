/** What became of a piece of an answer, or of all of it. */
export const enum ReplyOutcome {
  /** The piece, or the body, goes to the client as it is. */
  Unchanged,
  /** What goes to the client is something else. */
  Changed,
  /** The judge wants nothing more to go out. */
  Rejected,
  /** More would have to be held or noted than there is room for. */
  OverBudget,
  /** The answer is something that cannot be read. */
  Unreadable,
  /** `out` has no room; its content is cut short. */
  NoRoom,
}

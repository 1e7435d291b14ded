/** Why a batch can't be read. */
export const enum BatchProblem {
  None,
  NotJson,
  BadMultipart,
  /** The form says its purpose twice. */
  DuplicatePart,
}

export const enum FailureMode {
  /** What can't be judged is refused. */
  FailClosed,
  /** What can't be judged passes, and is counted. */
  FailOpen,
}

export const FAILURE_MODES: string[] = ["FailClosed", "FailOpen"];

export const enum Mode {
  Enforce,
  /** Decide and record, but let everything pass. */
  Audit,
  Off,
}

export const MODES: string[] = ["Enforce", "Audit", "Off"];

import type { LogLine } from "./log.ts";

/** The module trapped. In Envoy the client gets 503 and, with FAIL_CLOSED, so does every later one on that worker. */
export class TrapError extends Error {
  override name = "TrapError";

  constructor(
    /** The export that was running. */
    readonly callback: string,
    readonly trap: unknown,
    /** What the VM had logged until then, the abort message with it. */
    readonly logs: readonly LogLine[],
  ) {
    const last = logs.slice(-5).map((line) => `\n  ${line.level}: ${line.text}`);
    super(`trap in ${callback}: ${trap instanceof Error ? trap.message : String(trap)}${last.join("")}`, {
      cause: trap,
    });
  }
}

/** The module did what makes Envoy 1.40 itself crash or assert. */
export class HostCrash extends Error {
  override name = "HostCrash";
}

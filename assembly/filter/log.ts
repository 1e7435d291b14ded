import { LogLevel, log } from "../host/log";

/** Writes a line about one exchange to the host's log: what was decided, never a secret or content. */
export function logInfo(text: string): void {
  log(LogLevel.Info, text);
}

/** Writes a line that somebody should look into, likewise. */
export function logWarning(text: string): void {
  log(LogLevel.Warn, text);
}

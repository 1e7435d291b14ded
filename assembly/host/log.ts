import { encodeUtf8 } from "../bytes/text";
import { proxy_log } from "./imports";

export const enum LogLevel {
  Trace = 0,
  Debug = 1,
  Info = 2,
  Warn = 3,
  Error = 4,
  Critical = 5,
}

/** Writes a line to the host's log. Never on the path of every request, never with a secret or content in it. */
export function log(level: LogLevel, text: string): void {
  const bytes = encodeUtf8(text);
  proxy_log(level, changetype<usize>(bytes), bytes.byteLength);
}

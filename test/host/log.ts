const LEVELS = ["trace", "debug", "info", "warn", "error", "critical"] as const;

export type LogLevel = (typeof LEVELS)[number];

/** A line that the module logged. */
export interface LogLine {
  level: LogLevel;
  text: string;
  /** The id of the context that was current, a plugin's or a stream's. */
  context: number;
  /** The id of the plugin that the context belongs to. */
  plugin: number;
}

/** The level of the ABI's number, undefined beyond them. */
export function logLevel(number: number): LogLevel | undefined {
  return LEVELS[number];
}

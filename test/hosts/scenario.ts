/** One feature of one plugin, tried in the same way in every host. */
export interface Scenario {
  /** What the table calls it. */
  feature: string;
  plugin: string;
  /** The module's name where it isn't the plugin's. */
  module?: string;
  settings: object;
  environment?: Record<string, string>;
  /** What callouts to a cluster are answered. */
  clusters?: Record<string, Message>;
  exchanges: Exchange[];
  /** Whether `metrics` of the outcome are wanted. */
  readsMetrics?: boolean;
  /** What is wrong with an outcome whose plugin was loaded, in the table's words; undefined: the feature works. */
  missing(outcome: Outcome): string | undefined;
}

/** Headers, `:status` among them in answers, and a body in pieces; no pieces: no body. */
export interface Message {
  headers: [name: string, value: string][];
  pieces: string[];
}

export interface Exchange {
  request: Message;
  response: Message;
}

/** What became of a scenario in a host. */
export interface Outcome {
  isLoaded: boolean;
  /** Why not, in the host's words. */
  failure?: string;
  /** With the level in front; what the plugin said, at least from `warn` on. */
  logs: string[];
  exchanges: Passed[];
  metrics: Record<string, number>;
}

/** What became of one exchange. */
export interface Passed {
  /** What the upstream got; absent when it got nothing. */
  upstream?: Message;
  /** What the client got; absent when it got nothing. */
  client?: Message;
  /** The details of an answer that the plugin gave itself. */
  details?: string;
  /** What is read of what the plugin published: the names below. */
  properties: Record<string, string>;
}

/** The published values that outcomes have. */
export const PROPERTIES = ["weir.model", "weir.total_tokens", "weir.usage_source", "weir.guard", "weir.audit"] as const;

/** A place that runs scenarios; outcomes come in the order of the scenarios. */
export interface Host {
  /** The heading of its column. */
  name: string;
  run(scenarios: readonly Scenario[]): Promise<Outcome[]>;
}

export function headerOf(message: Message | undefined, name: string): string | undefined {
  return message?.headers.find(([each]) => each.toLowerCase() === name)?.[1];
}

export function bodyOf(message: Message | undefined): string {
  return message?.pieces.join("") ?? "";
}

export function statusOf({ client }: Passed): number {
  return Number(headerOf(client, ":status") ?? 0);
}

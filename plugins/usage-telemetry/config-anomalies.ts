import { formatInteger } from "../../assembly/config/integer";
import { ConfigReader } from "../../assembly/config/reader";
import { formatDuration } from "../../assembly/config/units";
import { MOST_ANOMALOUS_MS } from "../../assembly/filter/anomalous-consumers";
import { AnomalyRules } from "./anomaly-rules";

const SECOND_MS: i64 = 1000;
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;
const MOST_DEVIATIONS: f64 = 100;
const MOST_TOKENS: i64 = 1_000_000_000_000;
const MOST_REQUESTS: i64 = 1_000_000_000;
const MOST_CONSUMERS: i64 = 10_000;

/** What the operator wrote under `anomalies`. Immutable. */
@final
export class AnomalySettings {
  constructor(
    /** Names the settings that change what is found, and what that does. */
    readonly key: string,
    readonly intervalMs: i64,
    readonly rules: AnomalyRules,
    readonly maxConsumers: i32,
    /** How long limits are tighter, in ms; 0: they aren't. */
    readonly tightenMs: i64,
  ) {}
}

/** Null where the key is absent. */
export function readAnomalies(config: ConfigReader): AnomalySettings | null {
  const anomalies = config.object("anomalies");
  if (anomalies == null) return null;
  const intervalMs = anomalies.durationMs("interval", MINUTE_MS, SECOND_MS, HOUR_MS);
  const deviations = anomalies.number("deviations", 4, 1, MOST_DEVIATIONS);
  const minTokens = anomalies.integer("minTokens", 10_000, 1, MOST_TOKENS);
  const minRequests = anomalies.integer("minRequests", 20, 1, MOST_REQUESTS);
  const maxConsumers = <i32>anomalies.integer("maxConsumers", 1000, 1, MOST_CONSUMERS);
  let key = `${formatDuration(intervalMs)}.${formatInteger(<i64>Math.round(deviations * 1000))}.`;
  const tightenMs = readTighten(anomalies);
  key += `${formatInteger(minTokens)}.${formatInteger(minRequests)}.${formatInteger(maxConsumers)}`;
  key += `.${formatInteger(tightenMs)}`;
  const rules = new AnomalyRules(deviations, minTokens, minRequests);
  return new AnomalySettings(key, intervalMs, rules, maxConsumers, tightenMs);
}

function readTighten(anomalies: ConfigReader): i64 {
  const tighten = anomalies.object("tighten");
  if (tighten == null) return 0;
  if (!tighten.has("for")) tighten.reject("for", "is required");
  return tighten.durationMs("for", MINUTE_MS, SECOND_MS, MOST_ANOMALOUS_MS);
}

import { ConfigReader } from "../../assembly/config/reader";
import { readServicePlace, ServicePlace } from "../../assembly/filter/service-place";
import { CommonSettings } from "../../assembly/filter/settings";
import { readLimits } from "./config-limits";
import { Algorithm, CountKind, Limit } from "./limit";
import { LimitKey } from "./limit-key";
import { Limiter } from "./limiter";
import { OnNoConsumer, ReserveSettings, StoreSettings, StoreType } from "./settings";

const SECOND_MS: i64 = 1000;
const HOUR_MS: i64 = 3_600_000;
const MOST_OUTPUT: i64 = 1 << 31;
const MOST_KEYS: i64 = 10_000_000;
const LONGEST_DOMAIN: i32 = 128;
const LONGEST_TIMEOUT_MS: i64 = 10_000;

const RESERVE_INPUT: string[] = ["Estimate", "None"];
const RESERVE_OUTPUT: string[] = ["MaxTokens", "None"];
const STORES: string[] = ["Local", "RateLimitService"];
const ON_NO_CONSUMER: string[] = ["Reject", "Anonymous", "Pass"];

export function readLimiter(config: ConfigReader, common: CommonSettings): Limiter {
  const keys: LimitKey[] = [];
  const limits = readLimits(config, keys, common.consumer.findsGroups);
  const cutsStreams = config.bool("cutStreamsOverLimit", false);
  return new Limiter(
    common,
    limits,
    keys,
    readReserve(config),
    readStore(config, limits, cutsStreams),
    <OnNoConsumer>config.enumValue("onNoConsumer", ON_NO_CONSUMER, 0),
    cutsStreams,
    config.bool("stripAcceptEncoding", true),
    config.bool("includeUsage", true),
  );
}

function readReserve(config: ConfigReader): ReserveSettings {
  const reserve = config.section("reserve");
  return new ReserveSettings(
    reserve.enumValue("input", RESERVE_INPUT, 0) == 0,
    reserve.enumValue("output", RESERVE_OUTPUT, 0) == 0,
    reserve.integer("outputDefault", 1024, 0, MOST_OUTPUT),
    reserve.durationMs("ttl", 120 * SECOND_MS, SECOND_MS, HOUR_MS),
  );
}

function readStore(config: ConfigReader, limits: Limit[], cutsStreams: bool): StoreSettings {
  const store = config.section("store");
  const type = <StoreType>store.enumValue("type", STORES, 0);
  const isLocal = type == StoreType.Local;
  if (isLocal) {
    onlyFor(store, "cluster", "RateLimitService");
    onlyFor(store, "domain", "RateLimitService");
    onlyFor(store, "timeout", "RateLimitService");
  } else {
    onlyFor(store, "maxKeys", "Local");
    if (cutsStreams) config.reject("cutStreamsOverLimit", "is for a Local store: a service isn't asked meanwhile");
    for (let i = 0; i < limits.length; i++) {
      if (limits[i].count.kind == CountKind.Concurrent)
        config.reject("store", "of RateLimitService can't count Concurrent");
      if (limits[i].algorithm == Algorithm.TokenBucket)
        config.reject("store", "of RateLimitService counts in fixed windows: no TokenBucket");
      if (limits[i].tighter != null)
        config.reject("store", "of RateLimitService has amounts of its own: no whenAnomalous");
    }
  }
  return new StoreSettings(
    type,
    <i32>store.integer("maxKeys", 100_000, 1, MOST_KEYS),
    isLocal ? new ServicePlace("", "") : readServicePlace(store),
    store.headerValue("domain", "weir", LONGEST_DOMAIN),
    <i32>store.durationMs("timeout", 50, 1, LONGEST_TIMEOUT_MS),
  );
}

function onlyFor(store: ConfigReader, key: string, type: string): void {
  if (store.has(key)) store.reject(key, `is for ${type} only`);
}

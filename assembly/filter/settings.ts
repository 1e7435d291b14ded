import { ConfigReader } from "../config/reader";
import { ConsumerSettings, readConsumer } from "./consumer";
import { FAILURE_MODES, FailureMode, MODES, Mode } from "./mode";

/** Bounds and default of what may be held before a decision, in bytes. The default is below Envoy's own limit of 1 MiB. */
const LEAST_HELD: i32 = 1024;
const MOST_HELD: i32 = 256 << 20;
const DEFAULT_HELD: i32 = 896 << 10;

export const NO_LIMIT: i32 = -1;

const UNKNOWN_PATHS: string[] = ["Pass", "Reject"];

/** The keys that all plugins share (README, "Common options"). Immutable after load. */
@final
export class CommonSettings {
  constructor(
    readonly failureMode: FailureMode,
    readonly mode: Mode,
    readonly maxHeldBytes: i32,
    /** `NO_LIMIT` where there is none. */
    readonly maxBodyBytes: i32,
    readonly rejectsUnknownPaths: bool,
    readonly consumer: ConsumerSettings,
  ) {}

  static read(config: ConfigReader, modes: string[], failureModes: string[], refuses: bool): CommonSettings {
    const failureMode = failureModes[config.enumValue("failureMode", failureModes, 0)];
    const mode = modes[config.enumValue("mode", modes, 0)];
    return new CommonSettings(
      <FailureMode>FAILURE_MODES.indexOf(failureMode),
      <Mode>MODES.indexOf(mode),
      config.sizeBytes("maxHeldBytes", DEFAULT_HELD, LEAST_HELD, MOST_HELD),
      refuses ? config.optionalSizeBytes("maxBodyBytes", 1, i32.MAX_VALUE) : NO_LIMIT,
      refuses && config.enumValue("unknownPaths", UNKNOWN_PATHS, 0) == 1,
      readConsumer(config),
    );
  }
}

/** One plugin's settings: the shared part, and what the plugin adds. Immutable after load. */
export abstract class Settings {
  constructor(readonly common: CommonSettings) {}

  /** The whole configuration was found valid, for the filter that the host calls `filter`. Once, before any exchange. */
  prepare(_filter: string): void {}

  /** About once a second, in every VM. */
  tick(): void {}

  /** The host has done with this configuration, and with all its exchanges. */
  end(): void {}
}

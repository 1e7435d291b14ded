import { ConfigReader } from "../config/reader";
import { Exchange } from "./exchange";
import { FAILURE_MODES, MODES } from "./mode";
import { PluginRoot } from "./plugin-root";
import { CommonSettings, Settings } from "./settings";

/** What a plugin is, apart from its streams. The name is the folder's, the root id's and the metrics' prefix. */
export abstract class PluginDefinition {
  /** The values of `failureMode` that make sense here; the first is the default. */
  failureModes: string[] = FAILURE_MODES;
  /** The values of `mode` that make sense here; the first is the default. */
  modes: string[] = MODES;
  /** Whether it refuses requests at all: only then `maxBodyBytes` and `unknownPaths` make sense. */
  refuses: bool = true;

  constructor(readonly name: string) {}

  /** Turns a configuration into settings; what is wrong with it becomes issues of the reader, never a failure. */
  abstract readSettings(config: ConfigReader, common: CommonSettings): Settings;

  abstract createExchange(id: u32, root: PluginRoot): Exchange;
}

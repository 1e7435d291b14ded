import { ConfigReader } from "../../assembly/config/reader";
import { PluginDefinition } from "../../assembly/filter/definition";
import { Exchange } from "../../assembly/filter/exchange";
import { PluginRoot } from "../../assembly/filter/plugin-root";
import { CommonSettings, Settings } from "../../assembly/filter/settings";
import { readTelemetrySettings } from "./config";
import { UsageTelemetry } from "./filter";


@final
export class UsageTelemetryDefinition extends PluginDefinition {
  constructor() {
    super("usage-telemetry");
    this.failureModes = ["FailOpen"];
    this.modes = ["Enforce", "Off"];
    this.refuses = false;
  }

  readSettings(config: ConfigReader, common: CommonSettings): Settings {
    return readTelemetrySettings(config, common);
  }

  createExchange(id: u32, root: PluginRoot): Exchange {
    return new UsageTelemetry(id, root);
  }
}

import { ConfigReader } from "../../assembly/config/reader";
import { PluginDefinition } from "../../assembly/filter/definition";
import { Exchange } from "../../assembly/filter/exchange";
import { PluginRoot } from "../../assembly/filter/plugin-root";
import { CommonSettings, Settings } from "../../assembly/filter/settings";
import { readEgressSettings } from "./config";
import { EgressAuth } from "./filter";

// @ts-ignore: decorator
@final
export class EgressAuthDefinition extends PluginDefinition {
  constructor() {
    super("egress-auth");
    this.failureModes = ["FailClosed"];
    this.modes = ["Enforce", "Off"];
  }

  readSettings(config: ConfigReader, common: CommonSettings): Settings {
    return readEgressSettings(config, common);
  }

  createExchange(id: u32, root: PluginRoot): Exchange {
    return new EgressAuth(id, root);
  }
}

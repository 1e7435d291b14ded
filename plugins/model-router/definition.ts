import { ConfigReader } from "../../assembly/config/reader";
import { PluginDefinition } from "../../assembly/filter/definition";
import { Exchange } from "../../assembly/filter/exchange";
import { PluginRoot } from "../../assembly/filter/plugin-root";
import { CommonSettings, Settings } from "../../assembly/filter/settings";
import { readRouterSettings } from "./config";
import { ModelRouter } from "./filter";


@final
export class ModelRouterDefinition extends PluginDefinition {
  constructor() {
    super("model-router");
    this.modes = ["Enforce", "Off"];
  }

  readSettings(config: ConfigReader, common: CommonSettings): Settings {
    return readRouterSettings(config, common);
  }

  createExchange(id: u32, root: PluginRoot): Exchange {
    return new ModelRouter(id, root);
  }
}

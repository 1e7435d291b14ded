import { ConfigReader } from "../../assembly/config/reader";
import { PluginDefinition } from "../../assembly/filter/definition";
import { Exchange } from "../../assembly/filter/exchange";
import { PluginRoot } from "../../assembly/filter/plugin-root";
import { CommonSettings, Settings } from "../../assembly/filter/settings";
import { readMyPluginSettings } from "./config";
import { MyPlugin } from "./filter";


@final
export class MyPluginDefinition extends PluginDefinition {
  constructor() {
    super("my-plugin");
  }

  readSettings(config: ConfigReader, common: CommonSettings): Settings {
    return readMyPluginSettings(config, common);
  }

  createExchange(id: u32, root: PluginRoot): Exchange {
    return new MyPlugin(id, root);
  }
}

import { ConfigReader } from "../../assembly/config/reader";
import { PluginDefinition } from "../../assembly/filter/definition";
import { Exchange } from "../../assembly/filter/exchange";
import { PluginRoot } from "../../assembly/filter/plugin-root";
import { CommonSettings, Settings } from "../../assembly/filter/settings";
import { readResponseGuardSettings } from "./config";
import { ResponseGuard } from "./filter";


@final
export class ResponseGuardDefinition extends PluginDefinition {
  constructor() {
    super("response-guard");
  }

  readSettings(config: ConfigReader, common: CommonSettings): Settings {
    return readResponseGuardSettings(config, common);
  }

  createExchange(id: u32, root: PluginRoot): Exchange {
    return new ResponseGuard(id, root);
  }
}

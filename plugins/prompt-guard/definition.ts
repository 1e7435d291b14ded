import { ConfigReader } from "../../assembly/config/reader";
import { PluginDefinition } from "../../assembly/filter/definition";
import { Exchange } from "../../assembly/filter/exchange";
import { PluginRoot } from "../../assembly/filter/plugin-root";
import { CommonSettings, Settings } from "../../assembly/filter/settings";
import { readPromptGuardSettings } from "./config";
import { PromptGuard } from "./filter";


@final
export class PromptGuardDefinition extends PluginDefinition {
  constructor() {
    super("prompt-guard");
  }

  readSettings(config: ConfigReader, common: CommonSettings): Settings {
    return readPromptGuardSettings(config, common);
  }

  createExchange(id: u32, root: PluginRoot): Exchange {
    return new PromptGuard(id, root);
  }
}

import { ConfigReader } from "../../assembly/config/reader";
import { PluginDefinition } from "../../assembly/filter/definition";
import { Exchange } from "../../assembly/filter/exchange";
import { PluginRoot } from "../../assembly/filter/plugin-root";
import { CommonSettings, Settings } from "../../assembly/filter/settings";
import { readLimiter } from "./config";
import { TokenLimiter } from "./filter";


@final
export class TokenLimiterDefinition extends PluginDefinition {
  constructor() {
    super("token-limiter");
  }

  readSettings(config: ConfigReader, common: CommonSettings): Settings {
    return readLimiter(config, common);
  }

  createExchange(id: u32, root: PluginRoot): Exchange {
    return new TokenLimiter(id, root);
  }
}

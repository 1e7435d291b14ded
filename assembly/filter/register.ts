import { RootContext, RootFactory } from "../host/context";
import { registerRoot } from "../host/registry";
import { PluginDefinition } from "./definition";
import { PluginRoot } from "./plugin-root";


@final
class PluginFactory extends RootFactory {
  constructor(private readonly definition: PluginDefinition) {
    super(definition.name);
  }

  create(id: u32): RootContext {
    return new PluginRoot(id, this.definition);
  }
}

/** Offers a plugin to the host. All that a plugin's `index.ts` does. */
export function register(definition: PluginDefinition): void {
  registerRoot(new PluginFactory(definition));
}

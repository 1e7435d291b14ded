import { chooseByRootId } from "../host/root-id";
import { PluginDefinition } from "./definition";
import { register } from "./register";

/** Offers several plugins of one module to the host: a configuration's root id says which one it is for. */
export function registerSeveral(definitions: PluginDefinition[]): void {
  chooseByRootId();
  for (let i = 0; i < definitions.length; i++) register(definitions[i]);
}

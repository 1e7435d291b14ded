import { RootFactory } from "./context";
import { LogLevel, log } from "./log";
import { PropertyPath } from "./property";
import { FactoryChoice, chooseFactory } from "./registry";

const ROOT_ID = new PropertyPath(["plugin_root_id"]);


@final
class ByRootId extends FactoryChoice {
  override of(factories: RootFactory[]): RootFactory | null {
    const property = ROOT_ID.get();
    const wanted = property == null ? "" : property.toString();
    let known = "";
    for (let i = 0; i < factories.length; i++) {
      if (factories[i].rootId == wanted) return factories[i];
      known += (i == 0 ? "" : ", ") + factories[i].rootId;
    }
    log(LogLevel.Error, `root_id: this module has no plugin "${wanted}"; it has: ${known}`);
    return null;
  }
}

/** In a module with several plugins a configuration's root id says which one it is for. */
export function chooseByRootId(): void {
  chooseFactory(new ByRootId());
}

import { register } from "../../assembly/filter/register";
import { MyPluginDefinition } from "./definition";

export * from "../../assembly/host/exports/lifecycle";
export * from "../../assembly/host/exports/request";

register(new MyPluginDefinition());

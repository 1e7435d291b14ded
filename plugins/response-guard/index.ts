import { register } from "../../assembly/filter/register";
import { ResponseGuardDefinition } from "./definition";

export * from "../../assembly/host/exports/callouts";
export * from "../../assembly/host/exports/lifecycle";
export * from "../../assembly/host/exports/log";
export * from "../../assembly/host/exports/request";
export * from "../../assembly/host/exports/response-body";
export * from "../../assembly/host/exports/response-headers";

register(new ResponseGuardDefinition());

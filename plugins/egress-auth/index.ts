import { register } from "../../assembly/filter/register";
import { EgressAuthDefinition } from "./definition";

export * from "../../assembly/host/exports/callouts";
export * from "../../assembly/host/exports/lifecycle";
export * from "../../assembly/host/exports/request";
export * from "../../assembly/host/exports/response-headers";

register(new EgressAuthDefinition());

/** All plugins in one module, `dist/weir.wasm`: a configuration's root id is the name of the one that it is for. */
import { registerSeveral } from "../assembly/filter/register-several";
import { EgressAuthDefinition } from "./egress-auth/definition";
import { ModelRouterDefinition } from "./model-router/definition";
import { PromptGuardDefinition } from "./prompt-guard/definition";
import { ResponseGuardDefinition } from "./response-guard/definition";
import { TokenLimiterDefinition } from "./token-limiter/definition";
import { UsageTelemetryDefinition } from "./usage-telemetry/definition";

export * from "../assembly/host/exports/callouts";
export * from "../assembly/host/exports/lifecycle";
export * from "../assembly/host/exports/log";
export * from "../assembly/host/exports/request";
export * from "../assembly/host/exports/response";

registerSeveral([
  new EgressAuthDefinition(),
  new ModelRouterDefinition(),
  new PromptGuardDefinition(),
  new ResponseGuardDefinition(),
  new TokenLimiterDefinition(),
  new UsageTelemetryDefinition(),
]);

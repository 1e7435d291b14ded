import type { Link } from "./link.ts";
import { egressAuth } from "./steps/egress-auth.ts";
import { modelRouter } from "./steps/model-router.ts";
import { promptGuard } from "./steps/prompt-guard.ts";
import { responseGuard } from "./steps/response-guard.ts";
import { tokenLimiter } from "./steps/token-limiter.ts";
import { usageTelemetry } from "./steps/usage-telemetry.ts";

/** The demo's chain, in the order that a request passes it. */
export const CHAIN: Link[] = [modelRouter, promptGuard, responseGuard, tokenLimiter, usageTelemetry, egressAuth];

import type { Link } from "./link.ts";
import { modelRouter } from "./steps/model-router.ts";
import { tokenLimiter } from "./steps/token-limiter.ts";

/** The demo's chain, in the order that a request passes it. */
export const CHAIN: Link[] = [modelRouter, tokenLimiter];

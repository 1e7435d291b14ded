import type { Link } from "./link.ts";
import { modelRouter } from "./steps/model-router.ts";

/** The demo's chain, in the order that a request passes it. */
export const CHAIN: Link[] = [modelRouter];

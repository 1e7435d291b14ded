import type { Json } from "../../test/envoy/support/gateway-config.ts";
import type { Step } from "./walk.ts";

/** A plugin of the demo's gateway: its folder in `plugins/`, its configuration there, and what the walk shows of it. */
export interface Link {
  plugin: string;
  configuration: Json;
  steps: Step[];
  /** Requests that `npm start` prints to paste. */
  pastes: Paste[];
}

/** A request to paste: what it shows, its path and JSON body; the key is team A's unless said otherwise. */
export interface Paste {
  shows: string;
  path: string;
  body?: Json;
  key?: string;
}

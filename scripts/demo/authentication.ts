import type { NativeFilter } from "../../test/envoy/support/gateway-config.ts";

/** The API keys that the demo's gateway knows, by team: made up, and good for nothing else. */
export const KEYS = { "team-a": "demo-key-of-team-a", "team-b": "demo-key-of-team-b" };

/** Those that the gateways of `envoy-examples/` know. */
export const EXAMPLE_KEYS = { "team-a": "example-key-of-team-a", "team-b": "example-key-of-team-b" };

/** The operator's authentication: Envoy's own API-key filter, which sets `x-consumer` to the key's team and removes the key. */
export const AUTHENTICATION: NativeFilter = {
  name: "envoy.filters.http.api_key_auth",
  typed_config: {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuth",
    credentials: Object.entries(KEYS).map(([client, key]) => ({ client, key })),
    key_sources: [{ header: "authorization" }, { header: "x-api-key" }],
    forwarding: { header: "x-consumer", hide_credentials: true },
  },
};

import { jsonpatch, jsonpath } from "json-p3";
import type { Json, JsonObject, NativeFilter } from "../envoy/support/gateway-config.ts";
import { at, listAt } from "./files.ts";
import type { Manifest } from "./kinds.ts";
import { clusterOf, routesOf, standIn } from "./stand-in.ts";
import type { Xds } from "./xds.ts";

/** An entry of an EnvoyPatchPolicy. */
export interface Patch {
  type: string;
  name: string;
  operation: { op: string; jsonPath?: string; path?: string; value: Json };
}

/**
 * What a gateway's Envoy gets of a file's EnvoyExtensionPolicy and EnvoyPatchPolicies: a stand-in for what Envoy Gateway makes of
 * them, for tests that have none. `scripts/translate.ts` has the real thing.
 */
export function envoyGatewayXds(manifests: Manifest[]): Xds {
  const policies = manifests.filter(({ kind }) => kind === "EnvoyExtensionPolicy");
  const clusters: JsonObject[] = [];
  const routes = routesOf(manifests, (httpRoute, index) => `httproute/ai/${httpRoute}/rule/${index}`).map((route) => {
    const filters = wasmFilters(policyFor(route.from, policies)).map(({ name }) => [name, ENABLED] as const);
    const retries = retriesOf(route.from, manifests);
    const action: JsonObject = { ...((route.extra?.["route"] ?? {}) as JsonObject), ...retries };
    // A cluster of its own, where one rule has several backends.
    if (Object.keys(retries).length > 0) {
      action["cluster"] = route.name;
      clusters.push(clusterOf(route.name, backendHosts(route.from, manifests)));
    }
    const extra = {
      ...(Object.keys(action).length > 0 ? { route: action } : {}),
      typed_per_filter_config: Object.fromEntries(filters),
    };
    return { ...route, extra };
  });
  const disabled = policies.flatMap(wasmFilters).map((filter) => ({ ...filter, disabled: true }));
  const xds = standIn("ai/ai-gateway/http", disabled, routes);
  xds.Cluster.push(...clusters);
  for (const policy of manifests.filter(({ kind }) => kind === "EnvoyPatchPolicy"))
    for (const patch of listAt<Patch>(policy.spec, "jsonPatches")) apply(xds, patch);
  return xds;
}

const ENABLED: JsonObject = { "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", config: {} };

/** An HTTPRoute's own policy stands in place of its Gateway's. */
function policyFor(httpRoute: string, policies: Manifest[]): Manifest | undefined {
  const targeting = (wanted: string, name?: string): Manifest | undefined =>
    policies.find(({ spec }) => {
      const [target] = listAt<{ kind: string; name: string }>(spec, "targetRefs");
      return target?.kind === wanted && (name === undefined || target.name === name);
    });
  return targeting("HTTPRoute", httpRoute) ?? targeting("Gateway");
}

function wasmFilters(policy: Manifest | undefined): NativeFilter[] {
  return listAt(policy?.spec, "wasm").map((entry, index): NativeFilter => {
    const id = `envoyextensionpolicy/${policy?.metadata.namespace}/${policy?.metadata.name}/wasm/${index}`;
    const keys = at(entry, "env", "hostKeys") as string[] | undefined;
    return {
      name: `envoy.filters.http.wasm/${id}`,
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
        config: {
          name: entry["name"] as string,
          root_id: entry["rootID"] as string,
          vm_config: {
            vm_id: id,
            runtime: "envoy.wasm.runtime.v8",
            code: { remote: { http_uri: { uri: `oci://${String(at(entry, "code", "image", "url"))}` } } },
            ...(keys ? { environment_variables: { host_env_keys: keys } } : {}),
          },
          configuration: {
            "@type": "type.googleapis.com/google.protobuf.StringValue",
            value: JSON.stringify(entry["config"]),
          },
        },
      },
    };
  });
}

/** What a BackendTrafficPolicy says of a route's retries. */
function retriesOf(httpRoute: string, manifests: Manifest[]): JsonObject {
  const policy = manifests.find(
    ({ kind, spec }) =>
      kind === "BackendTrafficPolicy" && listAt<{ name: string }>(spec, "targetRefs")[0]?.name === httpRoute,
  );
  if (!policy) return {};
  const retry = at(policy.spec, "retry") as { numRetries: number; numAttemptsPerPriority: number; retryOn: object };
  return {
    retry_policy: {
      retry_on: listAt<string>(retry.retryOn, "triggers").join(","),
      retriable_status_codes: listAt<number>(retry.retryOn, "httpStatusCodes"),
      num_retries: retry.numRetries,
      retry_priority: {
        name: "envoy.retry_priorities.previous_priorities",
        typed_config: {
          "@type":
            "type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig",
          update_frequency: retry.numAttemptsPerPriority,
        },
      },
    },
  };
}

function backendHosts(httpRoute: string, manifests: Manifest[]): string[] {
  const named = (wanted: string, name: string): Manifest | undefined =>
    manifests.find(({ kind, metadata }) => kind === wanted && metadata.name === name);
  const backends = listAt<{ name: string }>(named("HTTPRoute", httpRoute)?.spec, "rules", 0, "backendRefs");
  return backends.map(({ name }) => String(at(named("Backend", name)?.spec, "endpoints", 0, "fqdn", "hostname")));
}

/** Applies a patch as Envoy Gateway does; throws where it finds nothing to patch. */
function apply(xds: Xds, { type, name, operation }: Patch): void {
  const { op, jsonPath, path = "", value } = operation;
  const resources = xds[type.split(".").at(-1) as "Listener" | "Cluster"];
  if (!jsonPath && path === "") return void resources.push(value as JsonObject);
  const resource = resources.find((one) => one["name"] === name);
  if (!resource) throw new Error(`no ${type} ${name}`);
  const places = jsonPath ? jsonpath.query(jsonPath, resource).nodes.map((node) => String(node.toPointer())) : [""];
  if (places.length === 0) throw new Error(`${jsonPath} finds nothing in ${name}`);
  const operations = places.map((place) => ({ op, path: `${place}/${path.replace(/^\//, "")}`, value }));
  jsonpatch.apply(operations as Parameters<typeof jsonpatch.apply>[0], resource);
}

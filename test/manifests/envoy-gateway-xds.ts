import { jsonpatch, jsonpath } from "json-p3";
import { type Json, type JsonObject, type NativeFilter, visit } from "../envoy/support/gateway-config.ts";
import { at, listAt } from "./files.ts";
import type { Manifest } from "./kinds.ts";
import { clusterOf, standIn } from "./stand-in.ts";
import type { Xds } from "./xds.ts";

/** An entry of an EnvoyPatchPolicy. */
export interface Patch {
  type: string;
  name: string;
  operation: { op: string; jsonPath?: string; path?: string; value: Json };
}

/**
 * What a gateway's Envoy gets of a file's EnvoyExtensionPolicy and EnvoyPatchPolicies: a stand-in for what Envoy Gateway makes of
 * them, for tests that have none.
 */
export function envoyGatewayXds(manifests: Manifest[]): Xds {
  const filters = manifests.filter(({ kind }) => kind === "EnvoyExtensionPolicy").flatMap(wasmFilters);
  const chat = manifests.find(({ kind, metadata }) => kind === "HTTPRoute" && metadata.name === "chat");
  const xds = standIn("ai/ai-gateway/http", filters, chat !== undefined);
  if (chat) {
    const name = "httproute/ai/chat/rule/0";
    xds.Cluster.push(clusterOf(name, backendHosts(chat, manifests)));
    visit(xds.Listener, (node) => {
      if (node["name"] === "chat")
        Object.assign(node["route"] as object, { cluster: name, ...retriesOf(chat, manifests) });
    });
  }
  for (const policy of manifests.filter(({ kind }) => kind === "EnvoyPatchPolicy"))
    for (const patch of listAt<Patch>(policy.spec, "jsonPatches")) apply(xds, patch);
  return xds;
}

function wasmFilters({ spec, metadata }: Manifest): NativeFilter[] {
  return listAt(spec, "wasm").map((entry, index): NativeFilter => {
    const id = `envoyextensionpolicy/${metadata.namespace}/${metadata.name}/wasm/${index}`;
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
function retriesOf({ metadata }: Manifest, manifests: Manifest[]): JsonObject {
  const policy = manifests.find(
    ({ kind, spec }) =>
      kind === "BackendTrafficPolicy" && listAt<{ name: string }>(spec, "targetRefs")[0]?.name === metadata.name,
  );
  const retry = at(policy?.spec, "retry") as { numRetries: number; numAttemptsPerPriority: number; retryOn: object };
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

function backendHosts({ spec }: Manifest, manifests: Manifest[]): string[] {
  return listAt<{ name: string }>(spec, "rules", 0, "backendRefs").map(({ name }) => {
    const backend = manifests.find(({ kind, metadata }) => kind === "Backend" && metadata.name === name);
    return String(at(backend?.spec, "endpoints", 0, "fqdn", "hostname"));
  });
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

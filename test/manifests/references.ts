import { appliedOnBase, at, listAt, type ManifestFile } from "./files.ts";
import type { Manifest } from "./kinds.ts";

/** Secrets that the operator makes: README.md says with which command. */
const MADE_BY_HAND = ["Secret/providers", "ConfigMap/weir"];

interface Reference {
  kind?: string;
  name: string;
}

/** What a file's manifests name that is neither in it nor in its base, such as a Gateway or a Backend. */
export function lostReferences(file: ManifestFile): string[] {
  const all = appliedOnBase(file);
  const there = new Set([...all.map(({ kind, metadata }) => `${kind}/${metadata.name}`), ...MADE_BY_HAND]);
  for (const host of all.flatMap((manifest) => listAt<string>(manifest, "spec", "hosts")))
    there.add(`Hostname/${host}`);
  const lost = (from: Manifest, what: string): string[] =>
    there.has(what) ? [] : [`${from.kind}/${from.metadata.name} names ${what}, which is nowhere`];
  return file.manifests.flatMap((manifest) => [
    ...references(manifest).flatMap(({ kind = "Gateway", name }) => lost(manifest, `${kind}/${name}`)),
    ...namespaceOf(manifest).flatMap((name) => lost(manifest, `Namespace/${name}`)),
    ...patchedResources(manifest, all),
  ]);
}

function references({ spec }: Manifest): Reference[] {
  const rules = listAt(spec, "rules");
  const environment = listAt(spec, "provider", "kubernetes", "envoyDeployment", "container", "env");
  const volumes = listAt(spec, "provider", "kubernetes", "envoyDeployment", "pod", "volumes");
  const single = [at(spec, "targetRef"), at(spec, "parametersRef"), at(spec, "infrastructure", "parametersRef")];
  const gatewayClass = at(spec, "gatewayClassName") as string | undefined;
  return [
    ...listAt<Reference>(spec, "targetRefs"),
    ...listAt<Reference>(spec, "parentRefs"),
    ...rules.flatMap((rule) => listAt<Reference>(rule, "backendRefs")),
    ...(single.filter(Boolean) as Reference[]),
    // Istio brings its own.
    ...(gatewayClass && gatewayClass !== "istio" ? [{ kind: "GatewayClass", name: gatewayClass }] : []),
    ...listAt<Reference>(spec, "apiKeyAuth", "credentialRefs").map(({ name }) => ({ kind: "Secret", name })),
    ...environment.map((entry) => ({ kind: "Secret", name: String(at(entry, "valueFrom", "secretKeyRef", "name")) })),
    ...volumes.map((volume) => ({ kind: "ConfigMap", name: String(at(volume, "configMap", "name")) })),
    ...(typeof at(spec, "host") === "string" ? [{ kind: "Hostname", name: at(spec, "host") as string }] : []),
  ];
}

function namespaceOf({ metadata }: Manifest): string[] {
  return metadata.namespace === undefined ? [] : [metadata.namespace];
}

/** Envoy Gateway names a listener namespace/gateway/listener, and a cluster httproute/namespace/route/rule/index. */
function patchedResources(manifest: Manifest, all: Manifest[]): string[] {
  if (manifest.kind !== "EnvoyPatchPolicy") return [];
  const names = all.flatMap(({ kind, metadata: { name, namespace }, spec }) => {
    if (kind === "Gateway")
      return listAt(spec, "listeners").map((one) => `${namespace}/${name}/${String(one["name"])}`);
    if (kind === "HTTPRoute")
      return listAt(spec, "rules").map((_, index) => `httproute/${namespace}/${name}/rule/${index}`);
    return [];
  });
  const isNew = (patch: object): boolean =>
    at(patch, "operation", "path") === "" && !at(patch, "operation", "jsonPath");
  return listAt(manifest, "spec", "jsonPatches")
    .filter((patch) => !isNew(patch) && !names.includes(String(patch["name"])))
    .map((patch) => `EnvoyPatchPolicy/${manifest.metadata.name} patches ${String(patch["name"])}, which is nowhere`);
}

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { findGo } from "./go.ts";
import { type GoModule, fetchGoModule } from "./go-module.ts";
import { moveWhole } from "./pip.ts";
import { step } from "./progress.ts";
import { ROOT } from "./root.ts";

/** Istio's definitions: what `kubectl apply` of its release checks against. */
export const ISTIO_API: GoModule = {
  path: "istio.io/api",
  version: "v1.32.0",
  sum: "h1:37mJvg9I0biYZAEQF+MATs4FNeCpXEIVO3LFpVb6iNM=",
};

/** Envoy Gateway, whose chart carries its own definitions and the Gateway API's. */
export const ENVOY_GATEWAY: GoModule = {
  path: "github.com/envoyproxy/gateway",
  version: "v1.9.1",
  sum: "h1:vAVp6/AlBXJ1aOhp1mxL7fNEzVEfjADUguUhm2wzxQY=",
};

/** The Prometheus Operator, whose resource for rules has the form of Prometheus' own rule files. */
const PROMETHEUS_OPERATOR: GoModule = {
  path: "github.com/prometheus-operator/prometheus-operator",
  version: "v0.92.0",
  sum: "h1:tAbsod3+9sQsxDeAvLP27dAe9terToht5M+YdDwLGP0=",
};

/** Kubernetes' own resources, as its API server publishes them. */
const KUBERNETES: GoModule = {
  path: "sigs.k8s.io/kubectl-validate",
  version: "v0.0.5-0.20250915070809-d2f2d68fba09",
  sum: "h1:JQbPOwLjSztom+aSDQIi6UZq8V0Gbv7BjAlYQSgycCI=",
};
const KUBERNETES_KINDS: [apiVersion: string, file: string, kinds: string[]][] = [
  ["v1", "pkg/openapiclient/builtins/1.32/api/v1.json", ["Namespace", "Secret", "ConfigMap", "Service"]],
  ["apps/v1", "pkg/openapiclient/builtins/1.32/apis/apps/v1.json", ["Deployment"]],
];

const SOURCES: [module: GoModule, path: string][] = [
  [ISTIO_API, "kubernetes/customresourcedefinitions.gen.yaml"],
  [ENVOY_GATEWAY, "charts/gateway-helm/charts/crds/crds"],
  [PROMETHEUS_OPERATOR, "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml"],
];

const FOLDER = join(
  ROOT,
  ".tools",
  `crds-istio-${ISTIO_API.version}-envoy-gateway-${ENVOY_GATEWAY.version}-kubernetes-1.32`,
);

type Schema = Record<string, unknown>;

/** One served version of a resource, with its schema as Kubernetes has it, the metadata's included. */
export interface ServedKind {
  /** Such as `networking.istio.io/v1`. */
  apiVersion: string;
  kind: string;
  isNamespaced: boolean;
  schema: Schema;
}

/**
 * The resources of Istio, of the Gateway API, of Envoy Gateway, Prometheus' rules, and those of Kubernetes that go with them, out of
 * the pinned Go modules, which are fetched once and kept as JSON in `.tools/`.
 *
 * Throws a `SetupError` when they can't be had.
 */
export async function findCrds(): Promise<ServedKind[]> {
  const file = join(FOLDER, "crds.json");
  if (!existsSync(file)) {
    const go = await findGo();
    await step("Fetching the CRDs of Istio and Envoy Gateway into .tools (once, 30 MB)", () => install(go));
  }
  return JSON.parse(readFileSync(file, "utf8")) as ServedKind[];
}

async function install(go: string): Promise<void> {
  const kubernetes = await fetchGoModule(go, KUBERNETES);
  const kinds = KUBERNETES_KINDS.flatMap(([apiVersion, file, names]) => {
    const schemas = openApiSchemas(join(kubernetes, file));
    const group = apiVersion === "v1" ? "core.v1" : apiVersion.replace("/", ".");
    return names.map((kind): ServedKind => {
      const schema = inlined(schemas, `io.k8s.api.${group}.${kind}`);
      return { apiVersion, kind, isNamespaced: kind !== "Namespace", schema };
    });
  });
  const metadata = (kinds[0]!.schema["properties"] as Record<string, Schema>)["metadata"]!;
  for (const [module, path] of SOURCES) {
    for (const file of yamlFiles(join(await fetchGoModule(go, module), path))) kinds.push(...servedIn(file, metadata));
  }
  const partial = `${FOLDER}.${process.pid}`;
  try {
    mkdirSync(partial, { recursive: true });
    writeFileSync(join(partial, "crds.json"), JSON.stringify(kinds));
    moveWhole(partial, FOLDER);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function openApiSchemas(file: string): Record<string, Schema> {
  const { components } = JSON.parse(readFileSync(file, "utf8")) as { components: { schemas: Record<string, Schema> } };
  return components.schemas;
}

/** A schema of Kubernetes' OpenAPI with what it refers to in place. */
function inlined(schemas: Record<string, Schema>, name: string): Schema {
  const resolve = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(resolve);
    if (typeof node !== "object" || node === null) return node;
    const { $ref, allOf, ...rest } = node as { $ref?: string; allOf?: Schema[] };
    // The only use that it has for `allOf`: to give a reference a description.
    const referred = $ref ?? (allOf?.[0]?.["$ref"] as string | undefined);
    const base = referred === undefined ? {} : inlined(schemas, referred.slice("#/components/schemas/".length));
    return { ...base, ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, resolve(value)])) };
  };
  return resolve(schemas[name]) as Schema;
}

function yamlFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => yamlFiles(join(path, name)));
}

/** As much of a CustomResourceDefinition as is read here. */
interface Definition {
  kind: string;
  spec: {
    group: string;
    scope: "Namespaced" | "Cluster";
    names: { kind: string };
    versions: { name: string; served: boolean; schema: { openAPIV3Schema: Schema } }[];
  };
}

function servedIn(file: string, metadata: Schema): ServedKind[] {
  return parseAllDocuments(readFileSync(file, "utf8")).flatMap((document) => {
    const definition = document.toJS() as Definition | null;
    if (definition?.kind !== "CustomResourceDefinition") return [];
    const { group, scope, names, versions } = definition.spec;
    return versions
      .filter(({ served }) => served)
      .map(({ name, schema: { openAPIV3Schema } }) => {
        const properties = { ...(openAPIV3Schema["properties"] as Schema), metadata, ...OF_ALL };
        const schema = { ...openAPIV3Schema, properties };
        return { apiVersion: `${group}/${name}`, kind: names.kind, isNamespaced: scope === "Namespaced", schema };
      });
  });
}

const OF_ALL = { apiVersion: { type: "string" }, kind: { type: "string" } };

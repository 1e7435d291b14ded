import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ROOT } from "../../scripts/setup/root.ts";
import { loadVm, pluginNames } from "../contract/support/plugins.ts";
import { compileSchema, readSchema } from "../schema/validator.ts";
import { bootstrapsOf, chainStats } from "./bootstraps.ts";
import { BASE, PLATFORMS, at, listAt, manifestFiles } from "./files.ts";
import { DOCUMENTS } from "../commands/documents.ts";
import { dataBlocks, parseBlock } from "../schema/readme.ts";
import { FETCH_TIMEOUT_MS, Kinds, type Manifest } from "./kinds.ts";
import { loadedPlugins, wasmConfigs } from "./plugins.ts";
import { lostReferences } from "./references.ts";
import { misspeltKeys } from "./typos.ts";

const FILES = manifestFiles();
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
/** The one plugin that holds nothing in the way that these examples use it, and one that only strips. */
const HOLDS_NOTHING = ["usage-telemetry", "egress-auth"];

let kinds: Kinds;

beforeAll(async () => {
  kinds = await Kinds.load();
}, FETCH_TIMEOUT_MS);

describe.each(FILES)("$path", (file) => {
  const { manifests, platform } = file;

  test.each(manifests)("$kind $metadata.name is what its definition wants, rules included", (manifest) => {
    expect(kinds.issues(manifest)).toEqual([]);
  });

  test("names nothing that isn't there", () => {
    expect(lostReferences(file)).toEqual([]);
  });

  test("loads images of this version, or mounted files", () => {
    const known = pluginNames();
    for (const { plugin, source } of manifests.flatMap(loadedPlugins)) {
      expect(known).toContain(plugin);
      const image = `registry.example.com/weir/${plugin}:${version}`;
      expect([image, `/var/lib/weir/${plugin}.wasm`]).toContain(source);
    }
  });

  const plugins = manifests.flatMap(loadedPlugins);
  test.runIf(plugins.length > 0).each(plugins)(
    "$name has a configuration that $plugin takes",
    async ({ plugin, config }) => {
      const validate = compileSchema(readSchema(plugin));
      expect(validate(config) ? [] : validate.errors).toEqual([]);
      const environment = { OPENAI_API_KEY: "a", ANTHROPIC_API_KEY: "b", AZURE_API_KEY: "c" };
      const clusters = ["ratelimit", "outbound|8081||ratelimit.ai.svc.cluster.local"];
      const host = await loadVm(plugin, { environment, clusters });
      expect(() => host.createPlugin({ configuration: config })).not.toThrow();
    },
  );

  test("lets every plugin that holds headers do so, and gives a worker a fresh VM after a trap", () => {
    const patches = manifests.filter(({ kind }) => kind === "EnvoyPatchPolicy");
    const paths = patches.flatMap((patch) => listAt<{ operation: { path?: string } }>(patch, "spec", "jsonPatches"));
    const isPatched = ["allow_on_headers_stop_iteration", "failure_policy"].every((field) =>
      paths.some(({ operation }) => operation.path === field),
    );
    for (const manifest of manifests) {
      const loaded = loadedPlugins(manifest);
      for (const config of wasmConfigs(manifest.spec))
        expect(config).toMatchObject({ allow_on_headers_stop_iteration: true, failure_policy: "FAIL_RELOAD" });
      if (manifest.kind === "WasmPlugin") {
        expect(manifest.spec).toMatchObject({ failStrategy: "FAIL_RELOAD" });
        expect(HOLDS_NOTHING).toEqual(expect.arrayContaining(loaded.map(({ plugin }) => plugin)));
      }
      if (platform === "envoy-gateway" && loaded.some(({ plugin }) => !HOLDS_NOTHING.includes(plugin)))
        expect(isPatched).toBe(true);
    }
  });
});

const SHOWN = DOCUMENTS.flatMap((document) =>
  dataBlocks(readFileSync(join(ROOT, document), "utf8"))
    .flatMap(parseBlock)
    .filter((shown): shown is Manifest => at(shown, "apiVersion") !== undefined)
    .map((manifest) => ({ document, manifest })),
);

test("a document shows a manifest", () => {
  expect(SHOWN.map(({ document }) => document)).toContain(join("docs", "operations.md"));
});

test.each(SHOWN)("$manifest.kind in $document is what its definition wants", ({ manifest }) => {
  expect(kinds.issues(manifest)).toEqual([]);
});

test.each(PLATFORMS)("every plugin is in an example for %s", (platform) => {
  const loaded = FILES.filter((file) => file.platform === platform).flatMap(({ manifests }) => manifests);
  const names = loaded.flatMap(loadedPlugins).map(({ plugin }) => plugin);
  expect([...new Set(names)].sort()).toEqual(pluginNames());
});

test.each(PLATFORMS)("metrics have the labels and buckets in %s that the dashboard needs", (platform) => {
  const base = FILES.find((file) => file.platform === platform && file.use === BASE);
  expect(base?.manifests.flatMap(bootstrapsOf)).toEqual([chainStats()]);
});

test("every example for Envoy has manifests for both platforms", () => {
  const uses = (platform: string): string[] => FILES.filter((file) => file.platform === platform).map(({ use }) => use);
  expect(uses("istio")).toEqual(uses("envoy-gateway"));
});

describe("what Istio lays over the gateway's Deployment", () => {
  const base = FILES.find(({ path }) => path === "envoy-examples/kubernetes/istio.yaml")!;
  const overlay = base.manifests.find(({ kind }) => kind === "ConfigMap") as Manifest & {
    data: { deployment: string };
  };
  const { deployment } = overlay.data;

  test("is part of a Deployment", () => {
    expect(kinds.overlayIssues("apps/v1", "Deployment", parse(deployment))).toEqual([]);
  });

  test("is none with any key misspelt", () => {
    const typos = misspeltKeys(deployment);
    expect(typos.length).toBeGreaterThan(10);
    const unnoticed = typos.filter(
      ({ document }) => kinds.overlayIssues("apps/v1", "Deployment", document).length === 0,
    );
    expect(unnoticed.map(({ line, misspelt }) => `${line} ${misspelt}`)).toEqual([]);
  });
});

test("the alerts are what Prometheus wants of a rule file", () => {
  const spec = parse(readFileSync(join(ROOT, "envoy-examples/gateway/alerts.yaml"), "utf8")) as Record<string, unknown>;
  const rules = { apiVersion: "monitoring.coreos.com/v1", kind: "PrometheusRule" };
  expect(kinds.issues({ ...rules, metadata: { name: "alerts", namespace: "ai" }, spec })).toEqual([]);
});

test("the alert that limits refuse much counts what limits refuse, not what is malformed or unauthenticated", () => {
  const { groups } = parse(readFileSync(join(ROOT, "envoy-examples/gateway/alerts.yaml"), "utf8")) as {
    groups: { rules: { alert: string; expr: string }[] }[];
  };
  const alert = groups.flatMap(({ rules }) => rules).find(({ alert }) => alert === "LimitsRefuse");
  const readme = readFileSync(join(ROOT, "plugins/token-limiter/README.md"), "utf8");
  const ofLimits = [...readme.matchAll(/^\| 429 \| `\w+` \| `(\w+)` \|/gm)].map(([, reason]) => reason);
  expect(ofLimits.length).toBeGreaterThan(1);
  expect(alert?.expr).toContain(`weir_token_limiter_refused{reason=~"${ofLimits.join("|")}"}`);
});

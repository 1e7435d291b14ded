import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../../scripts/setup/root.ts";
import { ConfigChecker } from "../envoy/support/config-checker.ts";
import { EnvoyProcess } from "../envoy/support/envoy-process.ts";
import type { Bootstrap } from "../envoy/support/gateway-config.ts";
import { INSTALL_TIMEOUT_MS, RateLimitStack } from "../envoy/support/rate-limit-stack.ts";
import { pluginConfigurations } from "../schema/readme.ts";
import { compileSchema, pluginsWithSchema, readSchema } from "../schema/validator.ts";
import { bootstrapsOf, chainStats } from "./bootstraps.ts";
import { manifestFiles } from "./files.ts";
import { fragmentsOf } from "./fragments.ts";
import { Kinds, type Manifest } from "./kinds.ts";
import { loadedPlugins } from "./plugins.ts";
import { lostReferences } from "./references.ts";
import { type Typo, mentions, misspeltKeys, misspeltNames } from "./typos.ts";

const EXAMPLES = readdirSync(join(ROOT, "envoy-examples"));
const TIMEOUT = { timeout: 300_000 };

/** Under these every key is a name of the operator's own. */
const OWN_KEYS = [
  "labels",
  "annotations",
  "json_format",
  "json",
  "filter_metadata",
  "stringData",
  "data",
  "typed_per_filter_config",
  "selector",
  "modelMapping",
];
/** A key in an endpoint's metadata: requests to the failover example notice it. */
const OWN_METADATA = "operation.value.provider";
/** The values of these are names of the operator's own; of `protocol` only a control plane itself knows which there are. */
const OWN_VALUES = ["protocol", "name", "host_env_keys", "hostKeys", "env", "summary", "providers", "value", "alert"];

const schemas = new Map(pluginsWithSchema.map((plugin) => [plugin, compileSchema(readSchema(plugin))]));

let checker: ConfigChecker;
let kinds: Kinds;

beforeAll(async () => {
  kinds = await Kinds.load();
  checker = await ConfigChecker.start();
}, INSTALL_TIMEOUT_MS);
afterAll(() => checker?.stop());

/** The examples' files of one name. */
function filesNamed(name: string): string[] {
  return EXAMPLES.filter((use) => readdirSync(join(ROOT, "envoy-examples", use)).includes(name)).map((use) =>
    join("envoy-examples", use, name),
  );
}

function typosIn(file: string): Typo[] {
  return typosInText(readFileSync(join(ROOT, file), "utf8"));
}

function typosInText(text: string): Typo[] {
  const keys = misspeltKeys(text).filter(
    ({ path }) => !isOwn(path.slice(0, -1)) && !path.join(".").endsWith(OWN_METADATA),
  );
  const names = misspeltNames(text).filter(({ path }) => !isOwn(path) && !OWN_VALUES.includes(path.at(-1)!));
  return [...keys, ...names];
}

function isOwn(path: string[]): boolean {
  const isStruct = path.includes("transport_socket_matches") && path.at(-1) === "match";
  return isStruct || path.some((key) => OWN_KEYS.includes(key));
}

/** The typos that nothing complains of, by line. */
async function unnoticed(file: string, isNoticed: (typo: Typo) => Promise<boolean>): Promise<string[]> {
  const typos = typosIn(file);
  expect(typos.length).toBeGreaterThan(5);
  const lost: string[] = [];
  for (const typo of typos)
    if (!(await isNoticed(typo))) lost.push(`${file}:${typo.line} ${typo.misspelt} (${typo.path.join(".")})`);
  return lost;
}

/** A resource without its TLS, where that isn't what has the mistake: its certificates are nowhere here. */
function withoutOtherFiles(resource: object, { misspelt }: Typo): object {
  const tls = Object.entries(resource).filter(
    ([key, value]) => key.startsWith("transport_socket") && !mentions({ [key]: value }, misspelt),
  );
  return Object.fromEntries(Object.entries(resource).filter(([key]) => !tls.some(([other]) => other === key)));
}

/** Whether Envoy refuses it and says so by name; of a wrong "@type" it says only that it needs one. */
function names(refusal: string | undefined, { misspelt }: Typo): boolean {
  return refusal !== undefined && (refusal.includes(misspelt) || misspelt.startsWith("@type"));
}

describe("each misspelt key and name of a set is noticed", () => {
  describe("by Envoy", () => {
    /** What of the bootstrap itself was tried, whatever the file. */
    const tried = new Set<string>();

    test.each(filesNamed("envoy.yaml"))("in %s", TIMEOUT, async (file) => {
      const isNoticed = async (typo: Typo): Promise<boolean> => {
        const bootstrap = typo.document as Bootstrap;
        const { listeners = [], clusters = [] } = bootstrap.static_resources ?? {};
        for (const [kind, resources] of [
          ["Listener", listeners],
          ["Cluster", clusters],
        ] as const)
          for (const resource of resources as object[])
            if (mentions(resource, typo.misspelt))
              return names(await checker.refusal(kind, withoutOtherFiles(resource, typo)), typo);
        const place = typo.path.join(".");
        if (tried.has(place)) return true;
        tried.add(place);
        const isNested = typo.path[0] === "static_resources" && bootstrap.static_resources !== undefined;
        const rest = isNested
          ? { ...bootstrap.static_resources, listeners: [], clusters: [] }
          : { listeners: [], clusters: [] };
        const { ok, output } = await EnvoyProcess.validate({ ...bootstrap, static_resources: rest });
        return !ok && names(output, typo);
      };
      expect(await unnoticed(file, isNoticed)).toEqual([]);
    });

    test.each(["envoy-examples/per-route/response-guard.yaml"])("in %s", TIMEOUT, async (file) => {
      const isNoticed = async (typo: Typo): Promise<boolean> =>
        names(await checker.refusalOfAnswer("Listener", typo.document as object), typo);
      expect(await unnoticed(file, isNoticed)).toEqual([]);
    });
  });

  test.each([...filesNamed("istio.yaml"), ...filesNamed("envoy-gateway.yaml")])(
    "by a cluster's definitions, a plugin or Envoy in %s",
    TIMEOUT,
    async (file) => {
      const whole = manifestFiles().find(({ path }) => path === file)!;
      const isNoticed = async (typo: Typo): Promise<boolean> => {
        const manifest = typo.document as Manifest;
        if (kinds.issues(manifest).length > 0) return true;
        const fragment = fragmentsOf(manifest).find(({ resource }) => mentions(resource, typo.misspelt));
        if (fragment) return names(await checker.refusal(fragment.kind, fragment.resource), typo);
        const bootstrap = bootstrapsOf(manifest).find((one) => mentions(one, typo.misspelt));
        if (bootstrap) return !isDeepStrictEqual(bootstrap, chainStats());
        const configured = loadedPlugins(manifest).find(({ config }) => mentions(config, typo.misspelt));
        if (configured) return !schemas.get(configured.plugin)!(configured.config);
        const manifests = whole.manifests.map((one, index) => (index === typo.index ? manifest : one));
        return lostReferences({ ...whole, manifests }).length > 0;
      };
      expect(await unnoticed(file, isNoticed)).toEqual([]);
    },
  );

  test.each(pluginsWithSchema)("by %s in each configuration of it that an example has", (plugin) => {
    const files = ["envoy.yaml", "istio.yaml", "envoy-gateway.yaml", "response-guard.yaml"].flatMap(filesNamed);
    const texts = files.flatMap((file) => {
      const block = { language: "yaml", info: "", text: readFileSync(join(ROOT, file), "utf8") };
      const found = pluginConfigurations(block, []).filter((one) => one.plugin === plugin);
      return found.map(({ config }) => JSON.stringify(config));
    });
    const configurations = [...new Set(texts)];
    expect(configurations.length).toBeGreaterThan(0);
    const lost = configurations.flatMap(typosInText).filter(({ document }) => schemas.get(plugin)!(document));
    expect(lost.map(({ path, misspelt }) => `${path.join(".")} ${misspelt}`)).toEqual([]);
  });

  test("by Prometheus' definition of rules in envoy-examples/gateway/alerts.yaml", async () => {
    const head = {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PrometheusRule",
      metadata: { name: "a", namespace: "a" },
    };
    const isNoticed = async ({ document }: Typo): Promise<boolean> =>
      kinds.issues({ ...head, spec: document as Record<string, unknown> }).length > 0;
    expect(await unnoticed("envoy-examples/gateway/alerts.yaml", isNoticed)).toEqual([]);
  });

  test("by the rate limit service in envoy-examples/global-token-limits/ratelimit.yaml", TIMEOUT, async () => {
    const isNoticed = async ({ document }: Typo): Promise<boolean> => {
      const service = await RateLimitStack.start(JSON.stringify(document));
      try {
        const entry: [string, string][] = [
          ["limit", "minute"],
          ["consumer", "team-b"],
        ];
        const { currentLimit } = await service.balance("weir", entry);
        return currentLimit?.requestsPerUnit !== 5000;
      } catch {
        return true;
      } finally {
        await service.stop();
      }
    };
    expect(await unnoticed("envoy-examples/global-token-limits/ratelimit.yaml", isNoticed)).toEqual([]);
  });
});

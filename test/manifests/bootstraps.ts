import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "../../scripts/setup/root.ts";
import { at, listAt } from "./files.ts";
import type { Manifest } from "./kinds.ts";

/** What the dashboard and the alerts need of a bootstrap: the metrics' labels and buckets of the whole chain in Envoy. */
export function chainStats(): { stats_config: unknown } {
  const text = readFileSync(join(ROOT, "envoy-examples", "gateway", "envoy.yaml"), "utf8");
  const { stats_config } = parse(text) as { stats_config: unknown };
  return { stats_config };
}

/** What a manifest merges into Envoy's bootstrap. */
export function bootstrapsOf({ kind, spec }: Manifest): unknown[] {
  if (kind === "EnvoyProxy")
    return [at(spec, "bootstrap")].filter(Boolean).map((one) => parse(String(at(one, "value"))));
  return listAt(spec, "configPatches")
    .filter(({ applyTo }) => applyTo === "BOOTSTRAP")
    .map((one) => at(one, "patch", "value"));
}

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { ROOT } from "../../scripts/setup/root.ts";
import type { Manifest } from "./kinds.ts";

const FOLDER = join(ROOT, "envoy-examples");
/** The use whose manifests the others stand on. */
export const BASE = "kubernetes";

export type Platform = "istio" | "envoy-gateway";
export const PLATFORMS: Platform[] = ["istio", "envoy-gateway"];

/** A file of manifests: what a use of Weir is on a platform. */
export interface ManifestFile {
  use: string;
  platform: Platform;
  /** From the project's root. */
  path: string;
  manifests: Manifest[];
}

/** Every `istio.yaml` and `envoy-gateway.yaml` of the examples; throws where one doesn't parse. */
export function manifestFiles(): ManifestFile[] {
  return readdirSync(FOLDER).flatMap((use) =>
    PLATFORMS.filter((platform) => existsSync(join(FOLDER, use, `${platform}.yaml`))).map((platform) => {
      const path = join("envoy-examples", use, `${platform}.yaml`);
      return { use, platform, path, manifests: readManifests(path) };
    }),
  );
}

function readManifests(path: string): Manifest[] {
  return parseAllDocuments(readFileSync(join(ROOT, path), "utf8")).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS() as Manifest;
  });
}

/** Files that stand on another use's, beside the base: they say so in their first lines. */
const ALSO_NEEDS: Record<string, string[]> = { "envoy-examples/egress-auth/istio.yaml": ["model-router"] };

/** What is in a cluster once a file was applied on what it stands on: of two of one kind and name the last. */
export function appliedOnBase({ path, platform, manifests }: ManifestFile): Manifest[] {
  const below = [BASE, ...(ALSO_NEEDS[path] ?? [])];
  const all = [...below.flatMap((use) => readManifests(join("envoy-examples", use, `${platform}.yaml`))), ...manifests];
  return [...new Map(all.map((manifest) => [`${manifest.kind}/${manifest.metadata.name}`, manifest])).values()];
}

/** What an object has at a path of keys; undefined where it ends early. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (node, key) => (node as Record<string | number, unknown> | null | undefined)?.[key],
    value,
  );
}

/** What is a list there, else an empty one. */
export function listAt<T = Record<string, unknown>>(value: unknown, ...path: (string | number)[]): T[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? (found as T[]) : [];
}

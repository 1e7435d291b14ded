import { createHash } from "node:crypto";
import { Enums, Models, Serialize, Spec } from "@cyclonedx/cyclonedx-library";
import type { Part } from "./parts.ts";

const { Component } = Models;
const KINDS = {
  library: Enums.ComponentType.Library,
  data: Enums.ComponentType.Data,
  "machine-learning-model": Enums.ComponentType.MachineLearningModel,
};

/** A module, and what its bill of materials says of it. */
export interface Described {
  name: string;
  version: string;
  licence: string;
  wasm: Uint8Array;
  parts: Part[];
  /** What it was made with: name and version of npm packages. */
  tools: [name: string, version: string][];
}

/** A module's bill of materials, CycloneDX 1.6 in JSON: the same text for the same module. */
export function sbomOf({ name, version, licence, wasm, parts, tools }: Described): string {
  const sha256 = createHash("sha256").update(wasm).digest("hex");
  const module = new Component(Enums.ComponentType.Application, name, {
    bomRef: name,
    version,
    licenses: licencesOf(licence),
    hashes: new Models.HashDictionary([[Enums.HashAlgorithm["SHA-256"], sha256]]),
    description: "A proxy-wasm filter, WebAssembly.",
  });
  const components = parts.map(componentOf);
  for (const { bomRef } of components) module.dependencies.add(bomRef);
  const bom = new Models.Bom({
    serialNumber: `urn:uuid:${uuidOf(sha256)}`,
    components: new Models.ComponentRepository(components),
    metadata: new Models.Metadata({
      component: module,
      tools: new Models.Tools({
        components: new Models.ComponentRepository(
          tools.map(
            ([tool, toolVersion]) => new Component(Enums.ComponentType.Application, tool, { version: toolVersion }),
          ),
        ),
      }),
    }),
  });
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function componentOf(part: Part): Models.Component {
  const { name, version, kind, licence, copyright, purl, description, parts = [] } = part;
  return new Component(KINDS[kind], name, {
    bomRef: name,
    version,
    licenses: licencesOf(licence),
    copyright,
    purl,
    description,
    components: new Models.ComponentRepository(parts.map(componentOf)),
  });
}

function licencesOf(expression: string): Models.LicenseRepository {
  return new Models.LicenseRepository([new Models.LicenseExpression(expression)]);
}

/** A UUID of a version of one's own (RFC 9562, version 8) that a module always has. */
function uuidOf(sha256: string): string {
  const variant = ((parseInt(sha256[16]!, 16) & 3) | 8).toString(16);
  const digits = `${sha256.slice(0, 12)}8${sha256.slice(13, 16)}${variant}${sha256.slice(17, 32)}`;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

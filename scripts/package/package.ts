import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { wasmFile } from "../setup/plugins.ts";
import { SetupError } from "../setup/progress.ts";
import { IS_PACKAGE, LIBRARY, ROOT } from "../setup/root.ts";
import { imageOf, writeLayout, type Image, type ImageFile } from "./image.ts";
import { allParts, versionOf, type Part } from "./parts.ts";
import { sbomOf } from "./sbom.ts";
import { librarySourcesOf } from "./sources.ts";

const SUMS = "SHA256SUMS";

/** A module with what goes with it. */
export interface Packaged {
  name: string;
  bytes: number;
  image: Image;
}

/** What the project says of itself. */
export interface Project {
  version: string;
  licence: string;
}

/** Reads the project's `package.json`; throws a `SetupError` where it says no version or no licence. */
export function readProject(): Project {
  const file = join(ROOT, "package.json");
  const { version, license } = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as { version?: string; license?: string })
    : {};
  if (!version || !license)
    throw new SetupError(
      `${file} must have "version" and "license" (an SPDX expression, or UNLICENSED): they go into the images`,
    );
  return { version, licence: license === "UNLICENSED" ? "LicenseRef-UNLICENSED" : license };
}

/**
 * Writes the folder `place` anew: for each module its wasm, its bill of materials and its image in an OCI layout, tagged; the licences; and
 * the sums of all of it. The same modules give the same bytes.
 */
export function writePackage(place: string, modules: string[], project: Project, tag: string): Packaged[] {
  if (existsSync(place) && readdirSync(place).length > 0 && !existsSync(join(place, SUMS)))
    throw new SetupError(`${place} has files that are no package of ours: name a folder that is empty, or not there`);
  const folder = `${place}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    const packaged = fill(folder, modules, project, tag);
    rmSync(place, { recursive: true, force: true });
    renameSync(folder, place);
    return packaged;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function fill(folder: string, modules: string[], project: Project, tag: string): Packaged[] {
  const licences = licenceFiles();
  for (const { name, bytes } of licences) writeFileSync(join(folder, name), bytes);
  const packaged = modules.map((name) => {
    const wasm = readModule(name);
    const sbom = sbomOf({ name, ...project, wasm, parts: partsOf(name), tools: toolsOf() });
    writeFileSync(join(folder, `${name}.wasm`), wasm);
    writeFileSync(join(folder, `${name}.cdx.json`), sbom);
    const image = imageOf([{ name: "plugin.wasm", bytes: wasm }, ...licences], {
      "org.opencontainers.image.title": name,
      "org.opencontainers.image.version": project.version,
      "org.opencontainers.image.licenses": project.licence,
    });
    writeLayout(join(folder, "oci", name), image, tag);
    return { name, bytes: wasm.length, image };
  });
  writeSums(folder);
  return packaged;
}

function readModule(name: string): Uint8Array {
  const file = wasmFile(name);
  if (!existsSync(file)) throw new SetupError(`${file} is not there: leave --no-build out`);
  return new Uint8Array(readFileSync(file));
}

/** The project's licence, and what Weir owes to others. */
function licenceFiles(): ImageFile[] {
  const files: [name: string, file: string][] = [
    ["LICENSE", join(ROOT, "LICENSE")],
    ...(IS_PACKAGE ? [["LICENSE-weir", join(LIBRARY, "LICENSE")] as [string, string]] : []),
    ["THIRD-PARTY.md", join(LIBRARY, "THIRD-PARTY.md")],
  ];
  return files
    .filter(([, file]) => existsSync(file))
    .map(([name, file]) => ({ name, bytes: new Uint8Array(readFileSync(file)) }));
}

/** What of others is in a module. */
export function partsOf(module: string): Part[] {
  const sources = librarySourcesOf(module);
  const parts = allParts().filter((part) => part.sources?.some((source) => sources.includes(source)) ?? true);
  return IS_PACKAGE ? [weir(), ...parts] : parts;
}

function weir(): Part {
  return {
    name: "weir",
    version: versionOfWeir(),
    kind: "library",
    licence: "Apache-2.0",
    description: "The library.",
  };
}

function versionOfWeir(): string {
  return (JSON.parse(readFileSync(join(LIBRARY, "package.json"), "utf8")) as { version: string }).version;
}

function toolsOf(): [name: string, version: string][] {
  return [
    ["weir", versionOfWeir()],
    ["assemblyscript", versionOf("assemblyscript")],
    ["binaryen", versionOf("binaryen")],
  ];
}

/** The sums of all files, as `sha256sum -c` reads them. */
function writeSums(folder: string): void {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
  const lines = files.map((file) => {
    const sum = createHash("sha256")
      .update(readFileSync(join(folder, file)))
      .digest("hex");
    return `${sum}  ${file}\n`;
  });
  writeFileSync(join(folder, SUMS), lines.join(""));
}

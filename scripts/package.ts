/**
 * `npm run package [-- --only NAME]... [--push REGISTRY/PATH [--tag TAG]]`: builds the modules and writes `dist/package`: checksums,
 * bills of materials, licences, OCI images. `--push` takes the images to a registry as REGISTRY/PATH/NAME:TAG; the tag is the
 * project's version unless said otherwise. `--no-build` takes what is in `dist`, `--out` names another folder than `dist/package`.
 */
import { join, resolve } from "node:path";
import { credentialFor } from "./package/credentials.ts";
import { readProject, writePackage, type Packaged } from "./package/package.ts";
import { Registry } from "./package/registry.ts";
import { checkTag, parseRepository, type Repository } from "./package/repository.ts";
import { BUILD, readArguments, usageOf } from "./setup/arguments.ts";
import { build, moduleNames } from "./setup/plugins.ts";
import { main, step } from "./setup/progress.ts";
import { ROOT } from "./setup/root.ts";

const USAGE = usageOf("package", "[--only NAME]... [--push REGISTRY/PATH [--tag TAG]] [--out FOLDER] [--no-build]");

await main(async () => {
  const { values } = readArguments(USAGE, {
    ...BUILD,
    only: { type: "string", multiple: true, default: moduleNames() },
    push: { type: "string" },
    tag: { type: "string" },
    out: { type: "string", default: join("dist", "package") },
  });
  const to = values.push === undefined ? undefined : parseRepository(values.push);
  const project = readProject();
  const tag = values.tag ?? project.version;
  checkTag(tag);
  if (values.build) await build(values.only);
  const packaged = writePackage(resolve(ROOT, values.out), values.only, project, tag);
  const width = Math.max(...packaged.map(({ name }) => name.length));
  for (const { name, bytes, image } of packaged)
    console.log(`${name.padEnd(width)}  ${String(bytes).padStart(8)}  ${image.manifest.digest}`);
  console.log(`${values.out}: sums are in SHA256SUMS, images in oci/`);
  if (to !== undefined) await push(packaged, to, tag);
  return 0;
});

async function push(packaged: Packaged[], to: Repository, tag: string): Promise<void> {
  const credential = credentialFor(to.registry);
  for (const { name, image } of packaged) {
    const path = `${to.path}/${name}`;
    const registry = new Registry({ ...to, path }, credential);
    await step(`Pushing ${to.registry}/${path}:${tag}@${image.manifest.digest}`, () => registry.push(image, tag));
  }
}

#!/usr/bin/env node
/**
 * `npx weir <command>`: makes, builds, tests and packages the plugins of the project in the current folder, where Weir is an
 * npm package. In Weir itself the same scripts are run by npm (`npm run build`).
 */
import { fileURLToPath, pathToFileURL } from "node:url";
import { dirname, join } from "node:path";
import { register } from "tsx/esm/api";

const SCRIPTS = dirname(fileURLToPath(import.meta.url));
const COMMANDS = {
  new: ["new.ts", "new NAME [--description TEXT]         makes plugins/NAME from a template, with its tests"],
  build: ["build.ts", "build [--only NAME]...                 dist/NAME.wasm, and their sizes"],
  test: [
    "test-plugins.ts",
    "test [--only NAME]... [--no-build]     the contract suite, and all tests in test/; takes vitest's arguments too",
  ],
  docs: ["docs.ts", "docs [--check]                         writes option tables from the schemas into the READMEs"],
  package: ["package.ts", "package [--push REGISTRY/PATH]         dist/package: sums, bills of materials, OCI images"],
};

const [name, ...args] = process.argv.slice(2);
const [script] = Object.hasOwn(COMMANDS, name ?? "") ? COMMANDS[name] : [];
if (script === undefined) {
  const lines = Object.values(COMMANDS).map(([, usage]) => `  weir ${usage}`);
  console.error([...(name === undefined ? [] : [`no such command: ${name}`]), "usage:", ...lines].join("\n"));
  process.exit(1);
}

process.env["WEIR_PROJECT"] ??= process.cwd();
register({ tsconfig: join(SCRIPTS, "tsconfig.json") });
const file = join(SCRIPTS, script);
process.argv = [process.argv[0], file, ...args];
await import(pathToFileURL(file).href);

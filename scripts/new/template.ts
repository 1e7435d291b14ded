import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { optionTable, withTable, type Schema } from "../docs/option-table.ts";
import { classNameOf } from "../setup/combined.ts";

const TEMPLATE = join(import.meta.dirname, "template");
/** The plugin that the template is, and its classes. */
const NAME = "my-plugin";
const CLASS = "MyPlugin";
const DESCRIPTION = /^Refuses requests that .*$/m;
const IMPORT = /( from )"(\.\.?\/[^"]+)"/g;

/** A file of a new plugin; the path is from the project's root. */
export interface TemplateFile {
  path: string;
  text: string;
}

/**
 * The files of a new plugin. `description`, one line, is what its README begins with. With `isPackage` they import the library
 * from the npm package `weir`, and link to its documents.
 */
export function filesOf(plugin: string, { description, isPackage }: { description?: string; isPackage: boolean }) {
  const template = readTemplate();
  const paths = template.map(({ path }) => path);
  const files = template.map(({ path, text }): TemplateFile => {
    const imported = isPackage
      ? text.replaceAll(IMPORT, (_, from, to) => `${from}"${packaged(path, to, paths)}"`)
      : text;
    return { path: path.replaceAll(NAME, plugin), text: named(imported, plugin) };
  });
  const schema = JSON.parse(files.find(({ path }) => path.endsWith("schema.json"))!.text) as Schema;
  const readme = files.find(({ path }) => path.endsWith("README.md"))!;
  readme.text = withTable(readme.text, optionTable(schema));
  if (isPackage) readme.text = readme.text.replaceAll("](../../", "](../../node_modules/weir/");
  if (description) readme.text = readme.text.replace(DESCRIPTION, () => description);
  return files;
}

/** The names that the template's AssemblyScript declares and imports, but for those with the plugin's own. */
export function templateNames(): Set<string> {
  const sources = readTemplate().filter(({ path }) => path.startsWith("plugins") && path.endsWith(".ts"));
  const words = sources.flatMap(({ text }) => text.match(/\b[A-Z]\w+/g) ?? []);
  return new Set(words.filter((word) => !word.includes(CLASS)));
}

/** The classes that a plugin of this name gets. */
export function classesOf(plugin: string): string[] {
  return ["", "Definition", "Settings"].map((suffix) => classNameOf(plugin) + suffix);
}

function readTemplate(): TemplateFile[] {
  return readdirSync(TEMPLATE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return { path: relative(TEMPLATE, file), text: readFileSync(file, "utf8") };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function named(text: string, plugin: string): string {
  return text.replaceAll(NAME, plugin).replaceAll(CLASS, classNameOf(plugin));
}

/** What an import of the file at `path` is where only the template's own files are beside it. */
function packaged(path: string, to: string, own: string[]): string {
  const target = join(dirname(path), to);
  return own.includes(target) || own.includes(`${target}.ts`) ? to : `weir/${target}`;
}

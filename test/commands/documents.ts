import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/setup/root.ts";

/** Those that tell to type something, but for docs/writing-a-plugin.md, whose commands `test/new` types. */
const DOCUMENTS = ["", "bench", ...namesIn("envoy-examples"), ...namesIn("plugins")]
  .map((folder) => join(folder, "README.md"))
  .concat(namesIn("docs"))
  .filter((file) => existsSync(join(ROOT, file)) && file !== join("docs", "writing-a-plugin.md"));

function namesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder)).map((name) => join(folder, name));
}

/** Between backticks, over lines too, or indented, before what is said of it. */
const COMMAND = /`((?:npm|npx)\s[^`]+)`|^ {4}((?:npm|npx) .*?)(?= {2}| #|$)/gm;

/** Every command of npm that the documents name, once. */
export function documentedCommands(): string[] {
  const commands = DOCUMENTS.flatMap((file) =>
    [...readFileSync(join(ROOT, file), "utf8").matchAll(COMMAND)].map(([, quoted, indented]) =>
      (quoted ?? indented)!.replaceAll(/\s+/g, " "),
    ),
  );
  return [...new Set(commands)].sort();
}

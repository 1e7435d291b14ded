import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/setup/root.ts";

/** Those that tell to type something, but for docs/writing-a-plugin.md, whose commands `test/new` types. */
export const DOCUMENTS = ["", "bench", ...namesIn("envoy-examples"), ...namesIn("plugins")]
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

/** A line that starts Envoy, or lets it look at a configuration. */
export interface EnvoyLine {
  document: string;
  line: string;
  /** What the document has typed before into the same terminal that changes what Envoy sees: variables and files. */
  before: string[];
}

/** Every line of the documents that begins with `envoy`, but for variables that are set for it alone. */
export function envoyLines(): EnvoyLine[] {
  return DOCUMENTS.flatMap((document) => {
    const before: string[] = [];
    return [...readFileSync(join(ROOT, document), "utf8").matchAll(/^ {4}(.*)$/gm)].flatMap(([, line]) => {
      if (/^export |^sed .* > /.test(line!)) before.push(line!);
      return /^(?:[A-Z_]+=\S+ )*envoy /.test(line!) ? [{ document, line: line!, before: [...before] }] : [];
    });
  });
}

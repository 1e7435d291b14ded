import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/setup/root.ts";

/** A fenced block of docs/writing-a-plugin.md. */
export interface CodeBlock {
  language: string;
  /** What follows the language: the file that it is an excerpt of, or where its commands run. */
  info: string;
  lines: string[];
}

const FENCE = /^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm;

/** The code blocks of docs/writing-a-plugin.md, in order. */
export function blocksOfDocument(): CodeBlock[] {
  const text = readFileSync(join(ROOT, "docs", "writing-a-plugin.md"), "utf8");
  return [...text.matchAll(FENCE)].map(([, language, info, body]) => ({
    language: language!,
    info: info!,
    lines: body!.trimEnd().split("\n"),
  }));
}

/** The commands that it tells to type, in Weir (`""`) or `elsewhere`. */
export function commandsOf(place: string): string[] {
  return blocksOfDocument().flatMap(({ language, info, lines }) => (language === "sh" && info === place ? lines : []));
}

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/setup/root.ts";
import { type FuzzCase, readCase, writeCase } from "./case.ts";
import { type Finding } from "./campaign.ts";

const FOLDER = join(ROOT, "test", "fixtures", "fuzz");

/** Cases that failed once, by file name. */
export function readCorpus(): [name: string, fuzzCase: FuzzCase][] {
  if (!existsSync(FOLDER)) return [];
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => [name.replace(/\.json$/, ""), readCase(readFileSync(join(FOLDER, name), "utf8"))]);
}

/** Keeps a finding's smallest case for all later runs of the tests; returns the file's path from the project's root. */
export function keep({ plugin, index, problem, smallest }: Finding, seed: number): string | undefined {
  if (!smallest) return undefined;
  mkdirSync(FOLDER, { recursive: true });
  const words = problem.what
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, "-")
    .slice(0, 50);
  const name = `${plugin}-${words}-${seed}-${index}.json`;
  writeFileSync(join(FOLDER, name), writeCase(smallest));
  return join("test", "fixtures", "fuzz", name);
}

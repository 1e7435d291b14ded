import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { loadModule, type LoaderExports } from "./load.ts";

/** A folder with labelled texts, `guard/attacks.jsonl` and `guard/benign.jsonl`; without it nothing here runs. */
const FOLDER = join(process.env.WEIR_DATA ?? "", "guard");
const isThere = process.env.WEIR_DATA !== undefined && existsSync(FOLDER);

const THRESHOLD = 900_000;

interface InjectionModule extends LoaderExports {
  inputPointer(): number;
  begin(): void;
  feed(start: number, length: number): void;
  finish(): number;
}

let m: InjectionModule;

/** The share of a file's ASCII texts, which are their own plain form, that are over the threshold. */
function shareOver(file: string): number {
  const lines = readFileSync(join(FOLDER, file), "utf8").trimEnd().split("\n");

  const texts = lines
    .map((line) => (JSON.parse(line) as { text: string }).text)
    .filter((text) => /^[\x00-\x7f]*$/.test(text));
  const over = texts.filter((text) => {
    const bytes = Buffer.from(text);
    new Uint8Array(m.memory.buffer, m.inputPointer(), bytes.length).set(bytes);
    m.begin();
    m.feed(0, bytes.length);
    return m.finish() > THRESHOLD;
  });
  return over.length / texts.length;
}

describe.skipIf(!isThere)("on labelled texts, at a threshold of 0.9", () => {
  beforeAll(async () => {
    m = await loadModule<InjectionModule>("injection");
  });

  test("most attacks are over it", () => {
    expect(shareOver("attacks.jsonl")).toBeGreaterThan(0.7);
  });

  test("hardly a harmless text is", () => {
    expect(shareOver("benign.jsonl")).toBeLessThan(0.01);
  });
});

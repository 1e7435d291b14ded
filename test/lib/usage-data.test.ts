import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { AnswerModule, type Counts } from "./answer-module.ts";
import { SEED, randomFrom } from "./seeded.ts";

/** A folder with recorded answers, `streams/index.jsonl` and the files it names; without it nothing here runs. */
const FOLDER = join(process.env.WEIR_DATA ?? "", "streams");
const INDEX = join(FOLDER, "index.jsonl");
const isThere = process.env.WEIR_DATA !== undefined && existsSync(INDEX);

/** Up to this size an answer is cut at every byte. */
const SMALL = 4000;
const CUTS_OF_LARGE = 25;

interface Recorded {
  file: string;
  dialect: string | null;
  usage: Partial<Record<string, number>> | null;
}

/** What the provider's own numbers mean, normalised. */
function expected({ dialect, usage }: Recorded): Counts {
  if (!usage) return {};
  const { cached, cache_write: written, reasoning, total } = usage;
  let { input, output } = usage;
  if (dialect === "anthropic" || dialect === "bedrock-converse") input = sum(input, cached, written);
  if (dialect === "gemini") output = sum(output, reasoning);
  if (dialect === "cohere") {
    input ??= usage.billed_input;
    output ??= usage.billed_output;
  }
  // A provider whose total has the reasoning beside the output leaves it out there.
  if (reasoning && total !== undefined && total === sum(input, output, reasoning)) output = sum(output, reasoning);
  const counts: Counts = { input, output, cachedInput: cached, cacheCreation: written, reasoning };
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== undefined));
}

function sum(...counts: (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined);
  return known.length === 0 ? undefined : known.reduce((a, b) => a + b, 0);
}

describe.skipIf(!isThere)("a recorded answer", () => {
  let answers: AnswerModule;

  beforeAll(async () => {
    answers = await AnswerModule.load();
  });

  const recorded = isThere
    ? readFileSync(INDEX, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Recorded)
    : [];

  test.each(recorded)("gives the usage that its provider says: $file", (answer) => {
    const bytes = readFileSync(join(FOLDER, answer.file));
    const whole = answers.read(bytes);
    expect(whole.usage).toMatchObject(expected(answer));
    const { input, output, total } = whole.usage;
    if (input !== undefined && output !== undefined) expect(total).toBe(input + output);

    const random = randomFrom(SEED);
    const count = bytes.length <= SMALL ? bytes.length : CUTS_OF_LARGE;
    for (let i = 0; i < count; i++) {
      const cut = bytes.length <= SMALL ? i : random(bytes.length);
      expect(answers.read(bytes, [cut]), `cut at ${cut}, seed ${SEED}`).toEqual(whole);
    }
  });
});

/** Fits the estimator's constants, prints its errors on sources it was not fitted to, and writes the constants. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { constants } from "./constants.ts";
import { estimate, fit, quantise, UNIT, type Counted } from "./fit.ts";
import { countPieces, dataOf, extraTexts, type Text } from "./texts.ts";

const OUT = join(import.meta.dirname, "..", "..", "assembly", "llm", "tokens", "weights.ts");
const FOLDS = 4;
const LONG_BYTES = 200;
/** How much the texts of each kind count. */
const CALIBRATION_SHARE = 1.5;
const PROMPTS_SHARE = 1;
const EXTRA_SHARE = 0.2;

/** Sources that have texts in common count as one. */
const groupOf = ({ source }: Text): string => /^(local|arena-hard)/.exec(source)?.[0] ?? source;

const calibration = dataOf("tokens/texts.jsonl");
const prompts = [...dataOf("guard/attacks.jsonl"), ...dataOf("guard/benign.jsonl")];
const extra = extraTexts();

function trained(isIn: (text: Text) => boolean): Int32Array {
  const pieces: Counted = new Map();
  countPieces(pieces, calibration.filter(isIn), CALIBRATION_SHARE, true);
  countPieces(pieces, prompts.filter(isIn), PROMPTS_SHARE);
  for (const texts of extra) countPieces(pieces, texts, EXTRA_SHARE);
  const weights = fit(pieces);
  const errors = judge(quantise(weights), calibration.filter(isIn)).filter(isLong);
  return quantise(weights.map((weight) => weight / (1 + median(errors.map(({ error }) => error)))));
}

/** Least squares over pieces leaves the typical text a little off. */
function median(errors: number[]): number {
  return errors.sort((a, b) => a - b)[errors.length >> 1]!;
}

/** The sources of each fold, of about as many texts. */
function folds(): Set<string>[] {
  const sizes = new Map<string, number>();
  for (const text of calibration) sizes.set(groupOf(text), (sizes.get(groupOf(text)) ?? 0) + 1);
  const all = Array.from({ length: FOLDS }, () => ({ groups: new Set<string>(), size: 0 }));
  for (const [group, size] of [...sizes].sort((a, b) => b[1] - a[1])) {
    const smallest = all.reduce((a, b) => (b.size < a.size ? b : a));
    smallest.groups.add(group);
    smallest.size += size;
  }
  return all.map(({ groups }) => groups);
}

interface Judged extends Text {
  error: number;
}

function judge(units: Int32Array, texts: Text[]): Judged[] {
  return texts.map((text) => ({ ...text, error: Math.round(estimate(units, text.text) / UNIT) / text.o200k! - 1 }));
}

const isLong = ({ text }: Text): boolean => Buffer.byteLength(text) >= LONG_BYTES;

function print(title: string, judged: Judged[]): void {
  const mean = (errors: number[]): string =>
    ((errors.reduce((sum, error) => sum + error, 0) / errors.length) * 100).toFixed(1).padStart(6);
  const row = (name: string, some: Judged[]): void => {
    const errors = some.map(({ error }) => error);
    console.log(`${name.padEnd(24)}${String(some.length).padStart(5)} ${mean(errors.map(Math.abs))} ${mean(errors)}`);
  };
  const long = judged.filter(isLong);
  const short = judged.filter((text) => !isLong(text));
  console.log(`\n${title}: texts, mean absolute error in %, mean error in %`);
  for (const kind of [...new Set(long.map((text) => text.kind))].sort()) {
    row(
      kind,
      long.filter((text) => text.kind === kind),
    );
  }
  row("all of 200 bytes or more", long);
  row("shorter", short);
}

const judged = folds().flatMap((held) =>
  judge(
    trained((text) => !held.has(groupOf(text))),
    calibration.filter((text) => held.has(groupOf(text))),
  ),
);
print("on sources kept aside from the fit, in turn", judged);

const units = trained(() => true);
print("on the texts of the fit", judge(units, calibration));
writeFileSync(OUT, constants(units));

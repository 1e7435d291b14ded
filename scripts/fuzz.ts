/**
 * `npm run fuzz`: 1,000,000 random configurations, requests and answers (`--runs`) through the plugins (`--plugin`, several
 * times), repeatable by `--seed`, for `--minutes` at most; `--no-build` takes `dist/` as it is. Nothing may trap or hang, the
 * answers may not depend on the pieces that a body comes in, memory may not grow. What fails is made small, printed, and kept in
 * `test/fixtures/fuzz/`, which the tests replay. The exit code is 0 when nothing failed.
 */
import { fuzz, type Finding, type Progress } from "../test/fuzz/campaign.ts";
import { writeCase } from "../test/fuzz/case.ts";
import { keep } from "../test/fuzz/corpus.ts";
import { BUILD, readArguments, usageOf } from "./setup/arguments.ts";
import { build, pluginNames } from "./setup/plugins.ts";
import { main, SetupError } from "./setup/progress.ts";

const USAGE = usageOf("fuzz", "[--runs COUNT] [--seed NUMBER] [--plugin NAME]... [--minutes COUNT] [--no-build]");
/** Of a hang each trial takes a minute. */
const SHRINK_MS = 600_000;
const SAY_EVERY_MS = process.stdout.isTTY ? 500 : 60_000;

await main(async () => {
  const { values } = readArguments(USAGE, {
    ...BUILD,
    runs: { type: "string", default: "1000000" },
    seed: { type: "string", default: String(Date.now() % 1e9) },
    plugin: { type: "string", multiple: true, default: pluginNames() },
    minutes: { type: "string", default: "600" },
  });
  const [runs, seed, minutes] = [values.runs, values.seed, values.minutes].map(Number) as [number, number, number];
  if (!(runs > 0 && minutes > 0 && Number.isInteger(seed)))
    throw new SetupError("--runs and --minutes must be numbers above 0, --seed a whole number");
  const plugins = values.plugin;
  const unknown = plugins.filter((name) => !pluginNames().includes(name));
  if (unknown.length > 0)
    throw new SetupError(`no such plugin: ${unknown.join(", ")} (there is ${pluginNames().join(", ")})`);
  if (values.build) await build(plugins);

  const each = Math.ceil(runs / plugins.length);
  console.log(`${each * plugins.length} runs, seed ${seed}`);
  const report = await fuzz({
    plugins,
    runs: each,
    seed,
    mostMs: minutes * 60_000,
    shrinkMs: SHRINK_MS,
    tell: progress(plugins, each),
    found: (finding) => print(finding, seed),
  });
  console.table(Object.entries(report.ran).map(([plugin, ran]) => ({ plugin, ran })));
  const { plugin, index, milliseconds } = report.slowest;
  console.log(`slowest: ${plugin} ${index}, ${milliseconds.toFixed(0)} ms`);
  console.log(`${report.findings.length} findings`);
  return report.findings.length === 0 ? 0 : 1;
});

function progress(plugins: readonly string[], each: number): (progress: Progress) => void {
  const started = performance.now();
  let said = 0;
  return ({ plugin, done, findings }) => {
    const now = performance.now();
    if (now - said < SAY_EVERY_MS) return;
    said = now;
    const all = plugins.indexOf(plugin) * each + done;
    const perSecond = all / ((now - started) / 1000);
    const minutes = (plugins.length * each - all) / perSecond / 60;
    const line = `${plugin}  ${all} runs  ${perSecond.toFixed(0)}/s  ${findings} findings  ${minutes.toFixed(0)} min left`;
    process.stdout.write(process.stdout.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
  };
}

function print(finding: Finding, seed: number): void {
  const { plugin, index, problem, smallest } = finding;
  console.log(`\n${plugin} ${index} (seed ${seed}): ${problem.what}\n${problem.detail.slice(0, 3000)}`);
  if (!smallest) console.log("only after the cases before it");
  else console.log(`${writeCase(smallest)}kept as ${keep(finding, seed)}`);
}

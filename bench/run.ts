import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { BUILD } from "../scripts/setup/arguments.ts";
import { findEnvoy } from "../scripts/setup/envoy.ts";
import { build, pluginNames } from "../scripts/setup/plugins.ts";
import { SetupError, main } from "../scripts/setup/progress.ts";
import { SIZES, type Position } from "./bodies.ts";
import { chainMemory } from "./chain-memory.ts";
import { check } from "./check.ts";
import { instructions } from "./instructions.ts";
import { measure } from "./measure.ts";
import { SUBJECTS, memory } from "./memory.ts";
import type { Subject } from "./memory-steps.ts";
import { prepare } from "./peers.ts";
import { details, markdown } from "./report.ts";
import { read, save, type Results } from "./results.ts";
import { JOBS, shapesOf, type Job, type Shape } from "./shapes.ts";
import { table } from "./table.ts";
import { BASELINE, VARIANTS, YARDSTICKS, type Variant } from "./variants.ts";
import { verify } from "./verify.ts";

const USAGE = `npm run bench                     measure everything, print the tables, keep the figures in bench/results
npm run bench -- memory           a plugin's memory over many requests, large bodies and reloads
npm run bench -- chain-memory     Envoy's memory with all plugins, by workers
npm run bench -- instructions     what each variant adds in instructions, counted by valgrind
npm run bench -- report [file]    the README's tables again, of the latest run or of that file

  --verify           one request a variant and shape: is the job done?
  --check            compare with what is promised; exit code 1 when something is not met
  --quick            1k and 256k, model last, 2 processes
  --jobs route,usage,limit --sizes 1k,16k,256k,1m --pos last,first --only id,id
  --processes 4 --rounds 2   so many Envoys of each variant, one after another, each in so many rounds
  --no-build         measure dist/ as it is
  memory: --only ${Object.keys(SUBJECTS).join("|")}, --steps with some of its steps`;

const { values: options, positionals } = readArguments();

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      allowNegative: true,
      options: {
        help: { type: "boolean", short: "h" },
        verify: { type: "boolean" },
        check: { type: "boolean" },
        quick: { type: "boolean" },
        ...BUILD,
        jobs: { type: "string", default: JOBS.join(",") },
        sizes: { type: "string" },
        pos: { type: "string" },
        only: { type: "string" },
        processes: { type: "string" },
        rounds: { type: "string", default: "2" },
        steps: { type: "string" },
      },
    });
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

await main(async () => {
  const [what = "measure", file] = positionals;
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  if (what === "report") {
    const results = read(file);
    console.log(markdown(results));
    return options.check ? printCheck(results) : 0;
  }
  if (what === "chain-memory") {
    if (options.build) await build();
    process.env["ENVOY"] = await findEnvoy();
    await chainMemory();
    return 0;
  }
  if (what !== "measure" && what !== "memory" && what !== "instructions")
    throw new SetupError(`no such command: ${what}\n\n${USAGE}`);

  const extent = {
    processes: count("processes", options.processes ?? (options.quick ? "2" : "4")),
    rounds: count("rounds", options.rounds),
  };
  const shapes = chosenShapes();
  const watched = what === "memory" ? chosenSubject() : undefined;
  const only = watched ? undefined : chosenIds();
  const envoy = await findEnvoy();
  await prepare();
  if (watched) return watchMemory(envoy, watched);
  const variants = await chosenVariants(only);
  if (what === "instructions") {
    await instructions(envoy, variants, shapes);
    return 0;
  }
  if (options.verify) return (await verify(envoy, variants, shapes)) === 0 ? 0 : 1;

  const results = await measure(envoy, variants, shapes, extent);
  console.log(`\n${details(results)}\n\nKept in ${save(results)}`);
  return options.check ? printCheck(results) : 0;
});

function printCheck(results: Results): number {
  const promises = check(results);
  const verdict = (met: boolean | undefined): string => (met === undefined ? "not measured" : met ? "met" : "NOT MET");
  console.log(
    `\n${table(
      ["promise", "measured", ""],
      promises.map(({ what, figure, met }) => [what, figure, verdict(met)]),
    )}`,
  );
  return promises.some(({ met }) => met === false) ? 1 : 0;
}

/** Those asked for, with what they are compared with, whose wasm is there after building. */
async function chosenVariants(only: string[] | undefined): Promise<Variant[]> {
  const jobs = list(options.jobs);
  const compared = (id: string, job: Job): boolean =>
    id === BASELINE || YARDSTICKS[job].parts.some((part) => part.id === id);
  const wanted = VARIANTS.filter(
    ({ id, job }) => jobs.includes(job) && (!only || only.includes(id) || compared(id, job)),
  );

  const plugins = [...new Set(wanted.flatMap(({ builds }) => builds ?? []))].filter((name) =>
    pluginNames().includes(name),
  );
  if (options.build && plugins.length > 0) await build(plugins);
  return wanted.filter(({ id, job, plugin }) => {
    const there = !plugin || existsSync(plugin.file);
    if (!there) console.log(`${job} ${id} is skipped: there is no ${plugin.file}`);
    return there;
  });
}

/** The variants that were asked for by id; undefined where all are. */
function chosenIds(): string[] | undefined {
  const only = options.only === undefined ? undefined : list(options.only);
  const unknown = only?.find((wanted) => !VARIANTS.some(({ id }) => id === wanted));
  if (unknown !== undefined) throw new SetupError(`--only: there is no ${unknown} in bench/variants.ts`);
  return only;
}

/** Whose memory is watched, and in which steps. */
interface Watched {
  id: string;
  subject: Subject;
  steps: string[];
}

function chosenSubject(): Watched {
  const id = options.only ?? "model-router";
  const subject = SUBJECTS[id];
  if (!subject) throw new SetupError(`--only: ${id} is none of ${Object.keys(SUBJECTS).join(", ")}`);
  const steps = options.steps === undefined ? subject.steps : list(options.steps);
  for (const name of steps)
    if (!subject.steps.includes(name)) throw new SetupError(`--steps: ${name} is none of ${subject.steps.join(", ")}`);
  return { id, subject, steps };
}

async function watchMemory(envoy: string, { id, subject, steps }: Watched): Promise<number> {
  if (options.build && pluginNames().includes(id)) await build([id]);
  if (!existsSync(subject.plugin.file)) throw new SetupError(`there is no ${subject.plugin.file}`);
  return memory(envoy, subject, steps);
}

function chosenShapes(): Shape[] {
  const sizes = list(options.sizes ?? (options.quick ? "1k,256k" : "1k,16k,256k,1m"));
  const positions = list(options.pos ?? (options.quick ? "last" : "last,first"));
  for (const size of sizes)
    if (!(size in SIZES)) throw new SetupError(`--sizes: ${size} is none of ${Object.keys(SIZES).join(", ")}`);
  for (const position of positions)
    if (position !== "first" && position !== "last")
      throw new SetupError(`--pos: ${position} is neither first nor last`);
  return list(options.jobs).flatMap((job) => shapesOf(oneJob(job), sizes, positions as Position[]));
}

function oneJob(name: string): Job {
  const job = JOBS.find((known) => known === name);
  if (job === undefined) throw new SetupError(`--jobs: ${name} is none of ${JOBS.join(", ")}`);
  return job;
}

function count(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new SetupError(`--${option}: ${text} is not a whole number above 0`);
  return value;
}

function list(text: string): string[] {
  return text.split(",").filter(Boolean);
}

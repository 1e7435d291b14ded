import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "../../scripts/setup/root.ts";
import { cloneInto } from "../new/clone.ts";
import { PATIENCE_MS, Workshop } from "../new/workshop.ts";
import { documentedCommands } from "./documents.ts";

/** How a command is run here, shorter than it is documented, and what it must say. */
interface Run {
  typed: string;
  says: RegExp;
  /** What the machine must have; without one of them the command says which, or this. */
  tools?: string[];
  without?: RegExp;
  /** Whether its exit code is a verdict on memory or CPU: of seconds, beside other tests, it is none. */
  measures?: boolean;
  /** Done before, and looked at after it. */
  before?: () => void;
  after?: () => void;
}

/** A file that a tool must mend. */
const UNTIDY = "plugins/egress-auth/index.ts";
const BENCH_TOOLS = ["wrk", "taskset"];
/** The peer that is the yardstick is built with it. */
const HAS_CARGO = isOnPath("cargo");
const SHORT_BENCH = "--no-build --jobs key --quick --processes 1 --rounds 1";

const RUNS: Record<string, Run> = {
  "npm run demo": {
    typed: "npm run demo -- --no-build",
    says: /^ ✓ What was counted, as a dashboard shows it +4 of 4$/m,
  },
  "npm start": {
    typed: pastingAfter("npm start -- --no-build"),
    says: /^HTTP\/1\.1 200 OK[\s\S]*chat\.completion/m,
    tools: ["curl"],
  },
  "npm run build -- --only NAME": {
    typed: "npm run build -- --only model-router",
    says: /^model-router +\d+ +\d+% +\d+$/m,
    after: () =>
      expect(workshopFile("dist/model-router.wasm").equals(readFileSync(join(ROOT, "dist", "model-router.wasm")))).toBe(
        true,
      ),
  },
  "npm run format": {
    typed: "npm run format -- --only egress-auth",
    says: /^lint: ok$/m,
    before: () => appendFileSync(join(workshop.folder, UNTIDY), "\n\n   ;\n"),
    after: () => expect(workshopFile(UNTIDY).toString()).toBe(readFileSync(join(ROOT, UNTIDY), "utf8")),
  },
  "npm run fuzz": {
    typed: "npm run fuzz -- --no-build --runs 200 --seed 7 --plugin model-router --plugin response-guard",
    says: /^0 findings$/m,
  },
  "npm run soak": {
    measures: true,
    typed: "npm run soak -- --no-build --minutes 0.2",
    says: /^(\d+) requests \(seed \d+\), \1 lines in the log, 0 answers that the mix does not explain$/m,
  },
  "npm run bench -- --verify": {
    typed: "npm run bench -- --verify --no-build --jobs key,limit --sizes 1k",
    says: /^ok +limit token-limiter, /m,
    tools: BENCH_TOOLS,
  },
  "npm run bench -- --quick": {
    typed: `npm run bench -- ${SHORT_BENCH}`,
    says: /^Kept in .*\.json$/m,
    tools: BENCH_TOOLS,
  },
  "npm run bench -- --check": {
    measures: true,
    typed: `npm run bench -- ${SHORT_BENCH} --check`,
    says: HAS_CARGO ? /^\| egress-auth\.wasm at most [^|]*\|[^|]*\| +met \|$/m : /^cargo is missing/m,
    tools: BENCH_TOOLS,
  },
  "npm run bench -- report [file]": {
    typed: "npm run bench -- report",
    says: /egress-auth/,
    tools: BENCH_TOOLS,
    without: /nothing was measured yet/,
  },
  "npm run bench -- chain-memory": {
    typed: "npm run bench -- chain-memory --no-build",
    says: /^\| all plugins in one module +\| +\d+ \| +\d+ \| +\d+ \|$/m,
  },
  "npm run bench -- memory --only token-limiter": {
    measures: true,
    typed: "npm run bench -- memory --only token-limiter --no-build --steps reloads",
    says: /^\| 1000 reloads \| 1100 x 200 \| +met \|/m,
    tools: BENCH_TOOLS,
  },
};

/** Those that others of these are forms of, and those that other tests type, or whose every part they call. */
const ELSEWHERE: Record<string, string> = {
  "npm run build": "npm run build -- --only NAME",
  "npm run bench": "npm run bench -- --quick",
  "npm run bench -- memory": "npm run bench -- memory --only token-limiter",
  "npm run new -- NAME": "test/new/clone.test.ts",
  "npm run new -- my-plugin": "test/new/clone.test.ts",
  "npm run docs": "test/new/clone.test.ts",
  "npm run lint": "test/new/clone.test.ts",
  "npm run package": "test/new/clone.test.ts",
  "npm run package -- --push REGISTRY/PATH": "test/package/push.test.ts",
  "npm test": "test/new/clone.test.ts",
  "npm test -- --only NAME": "test/new/clone.test.ts",
  "npm test -- test/lib": "test/new/arguments.test.ts",
  "npm run hosts": "test/hosts/hosts.test.ts",
};

/** What takes minutes and gigabytes to build, or needs valgrind. */
const BY_HAND = ["npm run translate", "npm run bench -- instructions --jobs usage"];

let workshop: Workshop;

beforeAll(async () => {
  workshop = await Workshop.open();
  await cloneInto(workshop.beside("clone"));
  workshop.enter("clone");
  cpSync(join(ROOT, "dist"), join(workshop.folder, "dist"), { recursive: true });
}, PATIENCE_MS);

afterAll(() => workshop?.remove());

test("every command that a document names is run", () => {
  expect([...Object.keys(RUNS), ...Object.keys(ELSEWHERE), ...BY_HAND].sort()).toEqual(documentedCommands());
  expect(Object.values(ELSEWHERE).filter((where) => !(where in RUNS) && !existsSync(join(ROOT, where)))).toEqual([]);
});

test.each(Object.entries(RUNS))(
  "%s does as it says",
  async (_command, { typed, says, tools = [], without, measures, before, after }) => {
    before?.();
    const { code, output } = await workshop.type(typed);
    const missing = tools.find((tool) => !isOnPath(tool));
    if (missing !== undefined) {
      expect(code).toBe(1);
      return expect(output).toMatch(without ?? `${missing} is missing`);
    }
    expect(output).toMatch(says);
    if (!measures) expect([code, code === 0 ? "" : output]).toEqual([0, ""]);
    after?.();
  },
  PATIENCE_MS,
);

function isOnPath(tool: string): boolean {
  return spawnSync("which", [tool]).status === 0;
}

function workshopFile(file: string): Buffer {
  return readFileSync(join(workshop.folder, file));
}

/** Starts what stays up, types the first request that it prints, and stops it as a person does. */
function pastingAfter(line: string): string {
  return `${line} > started.log & started=$!
until grep -q "^Ctrl-C stops it" started.log; do kill -0 $started || exit 1; sleep 0.2; done
sed -n '/^curl /,/^$/p' started.log | sed '/^$/q' > paste.sh
sh paste.sh; answered=$?
kill -INT $started; wait $started && exit $answered`;
}

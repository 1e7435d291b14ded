import { createHash } from "node:crypto";
import { readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { command } from "../../scripts/setup/command.ts";
import { ROOT } from "../../scripts/setup/root.ts";
import { INSTALL_TIMEOUT_MS } from "../envoy/support/rate-limit-stack.ts";
import { LocalRegistry } from "../package/crane.ts";
import { cloneInto } from "./clone.ts";
import { commandsOf } from "./document.ts";
import { PATIENCE_MS, Workshop } from "./workshop.ts";

/** The suite's longest test sends 100,000 streams, which the plugins of this repository are sent too. */
const WITHOUT_LONG = "--exclude test/contract/memory.test.ts";

const { version: VERSION } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };

let workshop: Workshop;
let registry: LocalRegistry;

beforeAll(async () => {
  registry = await LocalRegistry.start();
  workshop = await Workshop.open({ TZ: "Asia/Kathmandu", LC_ALL: "tr_TR.UTF-8", USER: "somebody" });
  await cloneInto(workshop.beside("clone"));
  workshop.enter("clone");
}, INSTALL_TIMEOUT_MS);

afterAll(async () => {
  await registry?.stop();
  workshop?.remove();
});

function sha256(file: string): string {
  return createHash("sha256")
    .update(readFileSync(join(workshop.folder, file)))
    .digest("hex");
}

/** How each command of the document is run here, and what it must say. */
const RUN: Record<string, { lines?: string[]; says: RegExp }> = {
  'npm run new -- my-plugin --description "Refuses requests that ask for too long an answer."': {
    says: /^Made plugins\/my-plugin, with tests/m,
  },
  "npm test -- --only my-plugin": {
    lines: ["npm run lint -- --only my-plugin", `npm test -- --only my-plugin ${WITHOUT_LONG}`],
    says: /^lint: ok$[\s\S]*^\d{3} passed, 0 failed$/m,
  },
  'npm test -- --only my-plugin --no-build -t "FailOpen"': { says: /^1 passed, 0 failed$/m },
  "npm run docs": { says: /docs\.ts$/m },
  "npm run package -- --only my-plugin --push registry.example.com/weir": {
    says: new RegExp(`^Pushing .*/weir/my-plugin:${VERSION}@sha256:`, "m"),
  },
  "npm pack": { says: new RegExp(`^weir-${VERSION}\\.tgz$`, "m") },
};

test("the commands of docs/writing-a-plugin.md are those below", () => {
  expect(commandsOf("")).toEqual(Object.keys(RUN));
});

let built: string;

async function does(written: string): Promise<void> {
  const { lines = [written], says } = RUN[written]!;
  if (written.includes("package")) moveAway();
  let output = "";
  for (const line of lines) {
    const typed = line.replace("registry.example.com", registry.address);
    const finished = await workshop.type(typed);
    output += finished.output;
    expect([typed, finished.code, finished.code === 0 ? "" : finished.output]).toEqual([typed, 0, ""]);
  }
  expect(output).toMatch(says);
}

test.each(commandsOf(""))("in a clone, %s does as it says", does, PATIENCE_MS);

/** Another place, time zone, language and user: what is built there next must be the same. */
function moveAway(): void {
  built = sha256("dist/my-plugin.wasm");
  rmSync(join(workshop.folder, "dist"), { recursive: true });
  rmSync(join(workshop.folder, "build"), { recursive: true });
  renameSync(workshop.folder, workshop.beside("elsewhere"));
  workshop.enter("elsewhere");
}

test("what was built in another place has the same bytes, and is what the registry has", () => {
  expect(sha256("dist/my-plugin.wasm")).toBe(built);
  expect(sha256("dist/package/my-plugin.wasm")).toBe(built);
  const digest = registry.text("digest", `${registry.address}/weir/my-plugin:${VERSION}`);
  expect(readFileSync(join(workshop.folder, "dist/package/oci/my-plugin/index.json"), "utf8")).toContain(digest);
});

test("the new plugin is in no list: no file of the clone has changed but by what was added", async () => {
  const { output } = await command("diff", ["-rq", ROOT, workshop.folder, ...IGNORED.flatMap((name) => ["-x", name])]);
  const lines = output.trimEnd().split("\n");
  expect(lines.filter((line) => !/^Only in .*: my-plugin$/.test(line))).toEqual([]);
});

const IGNORED = [
  ".git",
  "Cargo.lock",
  "node_modules",
  "dist",
  "build",
  ".tools",
  "*.log",
  "*.tgz",
  "results",
  "target",
];

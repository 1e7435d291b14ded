import { beforeAll, describe, expect, test } from "vitest";
import { SetupError } from "../../scripts/setup/progress.ts";
import { findJavaHost } from "../../scripts/setup/java-host.ts";
import { javaHost } from "./java-host.ts";
import { SCENARIOS } from "./scenarios.ts";
import { type Cell, HOSTS, NODE_HOST, readTableFile, tableOf, tryHost, withHosts } from "./table.ts";
import { type Scenario } from "./scenario.ts";

/** A JVM that interprets, and watchdogs that wait. */
const SLOW_MS = 300_000;

type Column = { scenario: Scenario; cell: Cell }[];

let columns: Column[];

beforeAll(async () => {
  columns = [];
  for (const host of HOSTS) columns.push(await tryHost(host));
}, SLOW_MS);

test("the README's table of hosts is the one that this run makes (npm run hosts)", () => {
  const table = tableOf(columns);
  console.log(table);
  const text = readTableFile();
  expect(text).toBe(withHosts(text, table));
});

test("in Envoy everything works", () => {
  expect(
    columns[0]!.filter(({ cell }) => cell.text !== "works").map(({ scenario, cell }) => [scenario.feature, cell]),
  ).toEqual([]);
});

test("the tests' own host says what Envoy says", async () => {
  const column = await tryHost(NODE_HOST);
  expect(column.map(({ cell }) => cell.text)).toEqual(columns[0]!.map(({ cell }) => cell.text));
});

describe.each(HOSTS.map(({ name }, index) => [name, index] as const))("%s", (_name, index) => {
  test("what doesn't work is refused or said in the log", () => {
    const silent = columns[index]!.filter(({ cell }) => cell.text !== "works" && !isSaid(cell));
    expect(silent.map(({ scenario, cell }) => [scenario.feature, cell])).toEqual([]);
  });
});

/** The load failed, or the plugin warned. */
function isSaid({ outcome }: Cell): boolean {
  return !outcome.isLoaded || outcome.logs.some((line) => /^(warn|warning|error|critical) /.test(line));
}

test(
  "a host without vectors refuses every module at load",
  async () => {
    const modules = new Map(SCENARIOS.map((scenario) => [scenario.module ?? scenario.plugin, scenario]));
    const host = javaHost("", { sendsBodyToHeldHeaders: true, hasVectors: false });
    const outcomes = await host.run([...modules.values()]);
    expect(outcomes.map(({ isLoaded, failure }) => [isLoaded, /V128/.test(failure ?? "")])).toEqual(
      outcomes.map(() => [false, true]),
    );
  },
  SLOW_MS,
);

test("without a JDK the set-up says what to install", async () => {
  const path = process.env["PATH"];
  process.env["PATH"] = "";
  try {
    await expect(findJavaHost()).rejects.toThrow(SetupError);
    await expect(findJavaHost()).rejects.toThrow(/JDK of 17 or newer and Maven/);
  } finally {
    process.env["PATH"] = path;
  }
});

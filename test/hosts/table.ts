import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/setup/root.ts";
import { envoyHost } from "./envoy-host.ts";
import { javaHost } from "./java-host.ts";
import { NODE_HOST } from "./node-host.ts";
import { type Host, type Outcome, type Scenario } from "./scenario.ts";
import { SCENARIOS, WRONG } from "./scenarios.ts";

/** The table's columns. */
export const HOSTS: readonly Host[] = [
  envoyHost("Envoy 1.40", true),
  envoyHost("Envoy without the flag", false),
  javaHost("Java host 0.0.5", { sendsBodyToHeldHeaders: true }),
  javaHost("Java host 0.0.5, body only after headers", { sendsBodyToHeldHeaders: false }),
];

export { NODE_HOST };

/** The file that has the table, between the markers. */
export const TABLE_FILE = join(ROOT, "README.md");
const BEGIN = "<!-- hosts -->";
const END = "<!-- /hosts -->";

const WORKS = "works";
const BODY_ALONE = "goes on with the body alone";

/** How one scenario went in one host. */
export interface Cell {
  text: string;
  outcome: Outcome;
}

/** Runs everything in one host, wrong configurations by themselves. */
export async function tryHost(host: Host): Promise<{ scenario: Scenario; cell: Cell }[]> {
  const outcomes = await host.run(SCENARIOS);
  const [wrong] = await host.run([WRONG]);
  return [...SCENARIOS, WRONG].map((scenario, index) => {
    const outcome = outcomes[index] ?? wrong!;
    return { scenario, cell: { text: textOf(scenario, outcome), outcome } };
  });
}

function textOf(scenario: Scenario, outcome: Outcome): string {
  if (scenario === WRONG) {
    if (outcome.isLoaded) return "taken";
    return outcome.logs.some((line) => line.includes("wieght: unknown key")) ? WORKS : "refused without the reason";
  }
  if (!outcome.isLoaded) return `refused at load: ${reasonOf(outcome)}`;
  const missing = scenario.missing(outcome);
  if (missing !== undefined) return missing;
  return outcome.logs.some((line) => line.includes(BODY_ALONE)) ? `${WORKS}, with the body alone` : WORKS;
}

/** What the plugin said, else the host; without where it stands in the configuration. */
function reasonOf({ logs, failure }: Outcome): string {
  const said = logs.find((line) => /^(error|critical) /.test(line));
  return said?.replace(/^\w+ [\w-]+: /, "").replace(/^config\S*: /, "") ?? failure ?? "without a word";
}

/** The table of what works where, in Markdown. */
export function tableOf(columns: readonly (readonly { scenario: Scenario; cell: Cell }[])[]): string {
  const [first] = columns;
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rows = first!.map(({ scenario }, at) =>
    row([`\`${scenario.plugin}\` ${scenario.feature}`, ...columns.map((column) => column[at]!.cell.text)]),
  );
  return [row(["", ...HOSTS.map(({ name }) => name)]), row(["---", ...HOSTS.map(() => "---")]), ...rows].join("\n");
}

/** The file's text with this table in it. */
export function withHosts(text: string, table: string): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${TABLE_FILE} has no ${BEGIN} ... ${END}`);
  return `${text.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${text.slice(end)}`;
}

export function readTableFile(): string {
  return readFileSync(TABLE_FILE, "utf8");
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import { pipInstall } from "../../../scripts/setup/pip.ts";
import { ROOT } from "../../../scripts/setup/root.ts";
import { spawnSync } from "node:child_process";

const FOLDER = join(ROOT, ".tools", "prometheus-client-0.26.0");
const REQUIREMENTS = join("scripts", "setup", "prometheus-requirements.txt");
// The client writes counters as OpenMetrics does, with a `_total` that the text doesn't have.
const PROGRAM = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families
text = sys.stdin.read()
def name(family, sample):
    return family.name if family.type == "counter" and sample.name + "{" not in text else sample.name
families = list(text_string_to_metric_families(text))
json.dump([[name(family, s), s.labels, s.value] for family in families for s in family.samples], sys.stdout)
`;

/** One series with its value. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Every sample in what Envoy shows Prometheus, as Prometheus' own Python client reads it; throws where that finds a fault. */
export async function samplesOf(text: string): Promise<Sample[]> {
  if (!existsSync(FOLDER)) await pipInstall(FOLDER, REQUIREMENTS, { elsewhere: "or connect to PyPI" });
  const { status, stdout, stderr } = spawnSync("python3", ["-c", PROGRAM], {
    input: text,
    encoding: "utf8",
    env: { ...process.env, PYTHONPATH: FOLDER },
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`no Prometheus text: ${stderr}`);
  return (JSON.parse(stdout) as [string, Record<string, string>, number][]).map(([name, labels, value]) => ({
    name,
    labels,
    value,
  }));
}

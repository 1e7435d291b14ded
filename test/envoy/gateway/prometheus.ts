import { existsSync } from "node:fs";
import { join } from "node:path";
import { pipInstall } from "../../../scripts/setup/pip.ts";
import { ROOT } from "../../../scripts/setup/root.ts";
import { spawnSync } from "node:child_process";

const FOLDER = join(ROOT, ".tools", "prometheus-client-0.26.0");
const REQUIREMENTS = join("scripts", "setup", "prometheus-requirements.txt");
const PROGRAM = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families
json.dump([[s.name, s.labels, s.value] for f in text_string_to_metric_families(sys.stdin.read()) for s in f.samples], sys.stdout)
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

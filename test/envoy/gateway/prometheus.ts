import { runPython } from "../../../scripts/setup/python.ts";

const CLIENT = { folder: "prometheus-client-0.26.0", requirements: "prometheus-requirements.txt" };
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
  const samples = JSON.parse(await runPython(CLIENT, PROGRAM, text)) as [string, Record<string, string>, number][];
  return samples.map(([name, labels, value]) => ({ name, labels, value }));
}

/** What an Envoy shows Prometheus now. */
export async function scrape({ adminUrl }: { adminUrl: string }): Promise<Sample[]> {
  return samplesOf(await (await fetch(`${adminUrl}/stats/prometheus`)).text());
}

/** The sum of all series of this name that have these labels. */
export function sumOf(samples: readonly Sample[], name: string, labels: Record<string, string> = {}): number {
  return samples
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
    .reduce((sum, { value }) => sum + value, 0);
}

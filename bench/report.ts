import type { Results } from "./results.ts";
import type { Job } from "./shapes.ts";
import { summarize, yardstickMs, type Summary } from "./summary.ts";
import { decimal, table } from "./table.ts";
import { BASELINE, YARDSTICKS } from "./variants.ts";

/** Everything that was measured, one table a shape: for the terminal. */
export function details(results: Results): string {
  const header = [
    "variant",
    "req/s",
    "p50 ms",
    "p99 ms",
    "CPU ms/req",
    "added ms",
    "by process",
    "added, best",
    "ratio",
    "ratio, best",
    "RSS MB",
    "wasm kB",
    "errors",
  ];
  return results.shapes
    .map(({ job, name }) => {
      const rows = summarize(results, job, name).map((s) => [
        label(results, job, s.variant),
        decimal(s.requestsPerSecond, 0),
        decimal(s.p50, 2),
        decimal(s.p99, 2),
        decimal(s.cpuMs, 3),
        decimal(s.addedMs, 3),
        s.addedRangeMs.map((ms) => decimal(ms, 3)).join(" to "),
        decimal(s.addedBestMs, 3),
        decimal(s.ratio, 2),
        decimal(s.ratioBest, 2),
        decimal(s.residentBytes / 2 ** 20, 0),
        wasmKilobytes(results, job, s.variant),
        String(s.errors),
      ]);
      if (isSum(job)) {
        rows.push([`bound: ${YARDSTICKS[job].label}`, "", "", "", "", decimal(yardstickMs(results, job, name), 3)]);
      }
      return `${job}: ${name} (${extent(results)}, ${results.connections} connections)\n${table(header, rows)}`;
    })
    .join("\n\n");
}

/** The tables of the README: added CPU and its ratio to the job's yardstick, a column a shape. */
export function markdown(results: Results): string {
  const jobs = [...new Set(results.shapes.map(({ job }) => job))];
  const tables = jobs.map((job) => {
    const shapes = results.shapes.filter((shape) => shape.job === job).map(({ name }) => name);
    const columns = shapes.map(
      (shape) => new Map(summarize(results, job, shape).map((summary) => [summary.variant, summary])),
    );
    const rows = results.variants
      .filter((variant) => variant.job === job)
      .map(({ id, label }) => [
        label,
        ...columns.map((column) => cell(column.get(id))),
        wasmKilobytes(results, job, id),
      ]);
    if (isSum(job)) {
      rows.push([
        `bound: ${YARDSTICKS[job].label}`,
        ...shapes.map((shape) => decimal(yardstickMs(results, job, shape), 3)),
      ]);
    }
    return table([job, ...shapes, "wasm kB"], rows);
  });
  return [
    ...tables,
    `Added CPU in ms a request, ${extent(results)}, and its ratio to Rust with serde_json; "none": CPU in all. ${results.envoy}, ${results.processor}.`,
  ].join("\n\n");
}

function cell(summary: Summary | undefined): string {
  if (!summary) return "-";
  if (summary.variant === BASELINE) return decimal(summary.cpuMs, 3);
  return `${decimal(summary.addedMs, 3)} (${decimal(summary.ratio, 2)})`;
}

/** Whether what the job is compared with is no row by itself. */
function isSum(job: Job): boolean {
  const { parts } = YARDSTICKS[job];
  return parts.length > 1 || parts[0]?.times !== 1;
}

function extent({ samples }: Results): string {
  const processes = new Set(samples.map(({ process }) => process)).size;
  const rounds = new Set(samples.map(({ round }) => round)).size;
  return `median over ${processes} processes, ${rounds} rounds in all`;
}

function label(results: Results, job: Job, id: string): string {
  return results.variants.find((variant) => variant.job === job && variant.id === id)!.label;
}

function wasmKilobytes(results: Results, job: Job, id: string): string {
  const bytes = results.variants.find((variant) => variant.job === job && variant.id === id)!.wasmBytes;
  return bytes === null ? "" : decimal(bytes / 1024, 0);
}

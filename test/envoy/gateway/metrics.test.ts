import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ROOT } from "../../../scripts/setup/root.ts";
import { SEED, randomFrom } from "../../lib/seeded.ts";
import { type AuditRecord, ExampleGateway } from "../support/example-gateway.ts";
import { inOneModule } from "../support/example.ts";
import type { Bootstrap } from "../support/gateway-config.ts";
import { traps } from "../support/plugin-gateway.ts";
import { until } from "../support/until.ts";
import { type Sample, scrape, sumOf } from "./prometheus.ts";
import { isSelected, selectorsIn } from "./promql.ts";
import { Traffic, roomyLimits } from "./traffic.ts";

const FOLDER = join(ROOT, "envoy-examples", "gateway");
const PARALLEL = 200;
const SCRAPE_EVERY_MS = 500;
/** What sums of Envoy's histograms may be off: a value counts as the middle of its bucket, of which there are 90 for a power of ten. */
const MOST_OFF = 0.05;
/** Envoy gathers its workers' histograms every 5 s, plugins hand over every second. */
const GATHERED_MS = 20_000;

const PREFIX = "weir_usage_telemetry";
const TOKENS = "gen_ai_client_token_usage";
const DURATION = "gen_ai_server_request_duration_us";
const FIRST_TOKEN = "gen_ai_server_time_to_first_token_us";
const PER_TOKEN = "gen_ai_server_time_per_output_token_us";

/** Every value that each label may have, whatever clients send: what the example configures, and words of the plugin's own. */
const LABELS: Record<string, RegExp> = {
  gen_ai_operation_name: /^(chat|embeddings|models)$/,
  gen_ai_provider_name: /^(openai|anthropic)$/,
  gen_ai_request_model: /^(gpt-4o|gpt-4o-mini|text-embedding-\*|claude-\*|other|none)$/,
  gen_ai_response_model: /^none$/,
  gen_ai_token_type: /^(input|output|cached_input|cache_creation|reasoning)$/,
  consumer: /^(team-a|team-b|other|none)$/,
  error_type: /^(none|[45]\d\d|client_closed|upstream_reset)$/,
  le: /^(\d+|\+Inf)$/,
};

const MODELS = ["gpt-4o", "gpt-4o-mini", "text-embedding-*", "claude-*"];
const CONSUMERS = ["team-a", "team-b"];

/** The labels that a record's request is counted under. */
function seriesOf(record: AuditRecord): string {
  return seriesName({
    gen_ai_operation_name: String(record["operation"]),
    gen_ai_provider_name: String(record["provider"]),
    gen_ai_request_model: labelOf(record["model"], MODELS),
    gen_ai_response_model: labelOf(record["response_model"], MODELS),
    consumer: labelOf(record["consumer"], CONSUMERS),
    error_type: String(record["error"] ?? "none"),
  });
}

function labelOf(name: unknown, configured: string[]): string {
  if (name === undefined) return "none";
  const matches = (glob: string): boolean =>
    glob.endsWith("*") ? String(name).startsWith(glob.slice(0, -1)) : glob === name;
  return configured.find(matches) ?? "other";
}

function seriesName(labels: Record<string, string>): string {
  const { gen_ai_token_type: _type, ...rest } = labels;
  return Object.entries(rest)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join();
}

type Series = Record<string, number>;

/** Of each series the sum of what its records have. */
function summed(records: AuditRecord[], valueOf: (record: AuditRecord) => number | undefined): Series {
  const sums: Series = {};
  for (const record of records) {
    const value = valueOf(record);
    if (value !== undefined) sums[seriesOf(record)] = (sums[seriesOf(record)] ?? 0) + value;
  }
  return sums;
}

function shown(samples: Sample[], name: string, labels: Record<string, string> = {}): Series {
  const series = samples.filter(
    (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  return Object.fromEntries(series.map((sample) => [seriesName(sample.labels), sample.value]));
}

const field =
  (name: string) =>
  (record: AuditRecord): number | undefined =>
    record[name] as number | undefined;
const positive =
  (name: string) =>
  (record: AuditRecord): number | undefined =>
    (record[name] as number | undefined) || undefined;
const one =
  (isCounted: (record: AuditRecord) => boolean) =>
  (record: AuditRecord): number | undefined =>
    isCounted(record) ? 1 : undefined;
const has = (name: string) => one((record) => record[name] !== undefined);
const always = one(() => true);

describe.each([
  ["a module for each plugin", 10_000, (config: Bootstrap) => config],
  ["all plugins in one module", 1_000, inOneModule],
])("the gateway with %s", (_name, requests, change) => {
  let gateway: ExampleGateway;

  beforeAll(async () => {
    const concurrency = 4;
    gateway = await ExampleGateway.start({ change: (config) => change(roomyLimits(config)), concurrency });
  });

  afterAll(() => gateway?.stop());

  test(`counts what the log says, in each series, of ${requests} mixed requests on 4 workers while it is scraped (seed ${SEED})`, async () => {
    const traffic = new Traffic(gateway, randomFrom(SEED));
    const { tally } = traffic;
    let isOver = false;
    const scraper = async (): Promise<number[]> => {
      const statuses: number[] = [];
      while (!isOver) {
        const answer = await fetch(`${gateway.envoy.adminUrl}/stats/prometheus`);
        await answer.text();
        statuses.push(answer.status);
        await new Promise((next) => setTimeout(next, SCRAPE_EVERY_MS));
      }
      return statuses;
    };
    const scraping = scraper();
    await traffic.send(PARALLEL, () => tally.sent < requests);
    isOver = true;
    traffic.stop();
    expect(new Set(await scraping)).toEqual(new Set([200]));

    // Clients: every request was answered, and as it should be.
    expect(Object.fromEntries(tally.surprises)).toEqual({});
    expect(tally.sent).toBe(requests);
    expect([...tally.statuses.values()].reduce((sum, count) => sum + count, tally.left)).toBe(requests);
    for (const status of [200, 400, 401, 403, 404, 429, 500, 503, 508])
      expect(tally.statuses.get(status)).toBeGreaterThan(0);

    // The log and its records: every request once, with the status that its client saw.
    await gateway.logged(0, requests);
    const records = gateway.records;
    expect([gateway.lines.length, records.length]).toEqual([requests, requests]);
    const statuses = new Map<number, number>();
    for (const { status } of records as { status: number }[]) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    expect(statuses.get(0)).toBe(tally.left);
    statuses.delete(0);
    expect(Object.fromEntries(statuses)).toEqual(Object.fromEntries(tally.statuses));
    const endedBy = (error: string): number => records.filter((record) => record["error"] === error).length;
    expect(tally.brokeOff).toBeGreaterThan(0);
    expect([endedBy("client_closed"), endedBy("upstream_reset")]).toEqual([
      tally.left + tally.leftInAnswer,
      tally.brokeOff,
    ]);

    // Metrics: in each series what its records add up to.
    const samples = await until(
      "all is gathered",
      async () => {
        const now = await scrape(gateway.envoy);
        const isAll = sumOf(now, `${PREFIX}_requests`) >= requests && sumOf(now, `${DURATION}_count`) >= requests;
        return isAll ? now : undefined;
      },
      GATHERED_MS,
    );
    expect(shown(samples, `${PREFIX}_requests`)).toEqual(summed(records, always));
    expect(shown(samples, `${PREFIX}_cost_micros`)).toEqual(summed(records, field("cost_micros")));
    for (const type of ["input", "output", "cached_input", "cache_creation", "reasoning"]) {
      const ofType = { gen_ai_token_type: type };
      expect(shown(samples, `${PREFIX}_tokens`, ofType), type).toEqual(summed(records, positive(`${type}_tokens`)));
    }
    for (const type of ["input", "output"]) {
      const ofType = { gen_ai_token_type: type };
      expect(shown(samples, `${TOKENS}_count`, ofType), type).toEqual(summed(records, has(`${type}_tokens`)));
      expectNear(shown(samples, `${TOKENS}_sum`, ofType), summed(records, field(`${type}_tokens`)), 0);
    }
    expect(shown(samples, `${DURATION}_count`)).toEqual(summed(records, has("duration_ms")));
    expect(shown(samples, `${FIRST_TOKEN}_count`)).toEqual(summed(records, has("ttft_ms")));
    // Records have whole milliseconds.
    for (const [name, of] of [
      [DURATION, "duration_ms"],
      [FIRST_TOKEN, "ttft_ms"],
    ] as const) {
      const micros = summed(records, (record) => (record[of] === undefined ? undefined : Number(record[of]) * 1000));
      expectNear(shown(samples, `${name}_sum`), micros, 1000, summed(records, has(of)));
    }
    const isTimed = (record: AuditRecord): boolean =>
      record["ttft_ms"] !== undefined && Number(record["output_tokens"] ?? 0) >= 2;
    expect(shown(samples, `${PER_TOKEN}_count`)).toEqual(summed(records, one(isTimed)));
    expect(sumOf(samples, `${PREFIX}_in_flight`)).toBe(0);
    expect(sumOf(samples, `${PREFIX}_records_dropped`)).toBe(0);
    expect(traps(gateway.envoy.log)).toEqual([]);
  }, 240_000);

  test("has no label that a client made up, and OpenTelemetry's buckets", async () => {
    const samples = (await scrape(gateway.envoy)).filter(({ name }) => /gen_ai|usage_telemetry/.test(name));
    const strange = samples.flatMap(({ name, labels }) =>
      Object.entries(labels)
        .filter(([key, value]) => !LABELS[key]?.test(value))
        .map((pair) => [name, ...pair]),
    );
    expect(strange).toEqual([]);
    expect(samples.map(({ name }) => name).filter((name) => name.includes("_=_"))).toEqual([]);
    const buckets = samples
      .filter(({ name, labels }) => name === `${TOKENS}_bucket` && labels["gen_ai_token_type"] === "input")
      .map(({ labels }) => labels["le"]);
    expect(buckets).toContain("67108864");
    expect(buckets).not.toContain("0.5");
  });

  test("has every series that the dashboard and the alerts ask for", async () => {
    const dashboard = JSON.parse(readFileSync(join(FOLDER, "grafana-dashboard.json"), "utf8")) as {
      panels: { targets: { expr: string }[] }[];
    };
    const { groups } = parse(readFileSync(join(FOLDER, "alerts.yaml"), "utf8")) as {
      groups: { rules: { expr: string }[] }[];
    };
    const queries = [
      ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
      ...groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
    ];
    expect(queries.length).toBeGreaterThan(15);
    const samples = await scrape(gateway.envoy);
    for (const query of queries) {
      for (const selector of selectorsIn(query)) {
        const isThere = samples.some((sample) => isSelected(sample, selector));
        expect(isThere, `a series of ${selector.name} as in ${query}`).toBe(true);
      }
    }
  });
});

/** Sums of a histogram are near those of the log, which are up to `lost` smaller for each of `counts`. */
function expectNear(sums: Series, logged: Series, lost: number, counts: Series = {}): void {
  expect(Object.keys(sums).sort()).toEqual(Object.keys(logged).sort());
  for (const [series, least] of Object.entries(logged)) {
    const most = least + lost * (counts[series] ?? 0);
    expect(sums[series], series).toBeGreaterThanOrEqual(least * (1 - MOST_OFF));
    expect(sums[series], series).toBeLessThanOrEqual(most * (1 + MOST_OFF));
  }
}

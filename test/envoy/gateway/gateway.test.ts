import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ROOT } from "../../../scripts/setup/root.ts";
import { EnvoyProcess } from "../support/envoy-process.ts";
import { inOneModule, localConfig } from "../support/example.ts";
import type { Bootstrap } from "../support/gateway-config.ts";
import { MockProvider } from "../support/mock-provider.ts";
import { until } from "../support/until.ts";
import { type Sample, samplesOf } from "./prometheus.ts";
import { metricsInQuery } from "./promql.ts";

const FOLDER = join(ROOT, "envoy-examples", "gateway");
const KEYS = { OPENAI_API_KEY: "key-for-openai", ANTHROPIC_API_KEY: "key-for-anthropic" };
const TEAM_A = { authorization: "Bearer example-key-of-team-a" };
const TEAM_B = { "x-api-key": "example-key-of-team-b" };
const CHAT = "/v1/chat/completions";
const PREFIX = "weir_usage_telemetry";
const DURATIONS = "gen_ai_server_request_duration_us_count";
const messages = [{ role: "user", content: "Why do weirs hum?" }];

/** One line of the access log. */
interface Line {
  path: string;
  status: number;
  details: string;
  audit: Record<string, unknown> | undefined;
}

describe.each([
  ["a module for each plugin", (config: Bootstrap) => config],
  ["all plugins in one module", inOneModule],
])("the gateway with %s", (_name, modules) => {
  let mocks: MockProvider[];
  let envoy: EnvoyProcess;

  beforeAll(async () => {
    mocks = await Promise.all([MockProvider.start("openai", "OpenAi"), MockProvider.start("anthropic", "Anthropic")]);
    const addresses = Object.fromEntries(mocks.map(({ name, address }) => [name, address]));
    envoy = await EnvoyProcess.start(modules(localConfig("gateway", addresses)), { env: KEYS, concurrency: 4 });
  });

  afterAll(async () => {
    await envoy?.stop();
    await Promise.all((mocks ?? []).map((mock) => mock.stop()));
  });

  beforeEach(() => mocks.forEach((mock) => mock.reset()));

  function send(body: object, headers: Record<string, string> = TEAM_A, path = CHAT): Promise<Response> {
    return fetch(envoy.url(path), {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  }

  /** All lines that the gateway has logged so far. */
  function lines(): Line[] {
    return envoy.log
      .split("\n")
      .filter((line) => line.startsWith("{") && line.includes('"audit"'))
      .map((line) => JSON.parse(line) as Line & { audit: string | null })
      .map((line) => ({
        ...line,
        audit: line.audit ? (JSON.parse(line.audit as string) as Line["audit"]) : undefined,
      }));
  }

  /** The lines after the first `before`, when there are `count`. */
  function logged(before: number, count: number): Promise<Line[]> {
    return until(`${count} lines are logged`, () => {
      const now = lines().slice(before);
      return Promise.resolve(now.length >= count ? now : undefined);
    });
  }

  async function scrape(): Promise<Sample[]> {
    return samplesOf(await (await fetch(`${envoy.adminUrl}/stats/prometheus`)).text());
  }

  /** The sum of all series of this name that have these labels. */
  function sumOf(samples: Sample[], name: string, labels: Record<string, string> = {}): number {
    return samples
      .filter((sample) => sample.name === name)
      .filter((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
      .reduce((sum, { value }) => sum + value, 0);
  }

  describe("each request is in the log once, with what became of it", () => {
    test("a chat that is answered", async () => {
      const before = lines().length;
      mocks[0]!.behave({ usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 } });
      expect((await send({ model: "gpt-4o", messages })).status).toBe(200);
      const [{ audit }] = (await logged(before, 1)) as [Line];
      expect(audit).toMatchObject({
        consumer: "team-a",
        operation: "chat",
        model: "gpt-4o",
        provider: "openai",
        input_tokens: 100,
        output_tokens: 50,
        usage_source: "reported",
        // 100 x 2.5 + 50 x 10
        cost_micros: 750,
        status: 200,
      });
      expect(audit!["attempts"]).toMatch(/^openai=200\/\d+$/);
      expect(mocks[0]!.only().headers.authorization).toBe("Bearer key-for-openai");
    });

    test.each([
      ["the router", { model: "nope", messages }, 404, /^weir\.model-router\.unknown_model/],
      [
        "the prompt guard",
        { model: "gpt-4o", messages: [{ role: "user", content: "What is p r o j e c t - x?" }] },
        400,
        /^weir\.prompt-guard\./,
      ],
      ["the limiter", { model: "gpt-4o", messages, max_tokens: 10_000_000 }, 400, /^weir\.token-limiter\./],
    ])("one that %s refuses", async (_name, body, status, details) => {
      const before = lines().length;
      const answer = await send(body);
      const [line] = (await logged(before, 1)) as [Line];
      expect([answer.status >= 400, line.audit?.["error"]]).toEqual([true, String(answer.status)]);
      expect(line.audit).toMatchObject({ operation: "chat", status: answer.status });
      expect(line.audit!["details"]).toMatch(details);
      expect(status).toBeGreaterThan(0);
      expect(mocks.flatMap(({ seen }) => seen)).toEqual([]);
    });

    test("one whose client goes away", async () => {
      const before = lines().length;
      const abort = new AbortController();
      mocks[0]!.behave({ delayMs: 2000 });
      const answer = fetch(envoy.url(CHAT), {
        method: "POST",
        headers: { "content-type": "application/json", ...TEAM_A },
        body: JSON.stringify({ model: "gpt-4o", messages }),
        signal: abort.signal,
      });
      await mocks[0]!.next();
      abort.abort();
      await expect(answer).rejects.toThrow();
      const [line] = (await logged(before, 1)) as [Line];
      expect(line.audit).toMatchObject({ error: "client_closed", consumer: "team-a" });
    });

    test("and a page that is no call of a model has no record", async () => {
      const before = lines().length;
      await fetch(envoy.url("/v1/models"), { headers: TEAM_A });
      await fetch(envoy.url("/healthz"), { headers: TEAM_A });
      const found = await logged(before, 2);
      expect(Object.fromEntries(found.map(({ path, audit }) => [path, audit?.["operation"]]))).toEqual({
        "/v1/models": "models",
        "/healthz": undefined,
      });
    });
  });

  test("over 400 mixed requests on 4 workers, with aborts, every counter is the sum of the log, and nothing is under way", async () => {
    const before = lines().length;
    const kinds = [
      () => send({ model: "gpt-4o", messages }),
      () => send({ model: "gpt-4o-mini", messages, stream: true }, TEAM_B),
      () => send({ model: "claude-sonnet-4", max_tokens: 9, messages }, TEAM_B, "/v1/messages"),
      () => send({ model: "claude-sonnet-4", max_tokens: 9, messages, stream: true }, TEAM_A, "/v1/messages"),
      () => send({ model: "made-up", messages }),
      () => send({ model: "gpt-4o", messages: [{ role: "user", content: "project-x" }] }, TEAM_B),
    ];
    const run = async (i: number): Promise<void> => {
      const answer = await kinds[i % kinds.length]!();
      if (i % 7 === 0) await answer.body?.cancel();
      else await answer.text();
    };
    for (let i = 0; i < 400; i += 40) await Promise.all(Array.from({ length: 40 }, (_, k) => run(i + k)));
    expect((await logged(before, 400)).length).toBe(400);
    // What was sent before counts too: all of the log against all of what was counted.
    const records = lines().flatMap(({ audit }) => (audit ? [audit] : []));
    const sum = (key: string): number => records.reduce((total, record) => total + Number(record[key] ?? 0), 0);
    await until(
      "what was gathered is handed over",
      async () => {
        const now = await scrape();
        // Envoy gathers its workers' histograms every 5 s.
        if (sumOf(now, DURATIONS) < records.length || sumOf(now, `${PREFIX}_requests`) < records.length)
          return undefined;
        expect(sumOf(now, `${PREFIX}_requests`)).toBe(records.length);
        for (const type of ["input", "output"])
          expect(sumOf(now, `${PREFIX}_tokens`, { gen_ai_token_type: type })).toBe(sum(`${type}_tokens`));
        expect(sumOf(now, `${PREFIX}_cost_micros`)).toBe(sum("cost_micros"));
        expect(sumOf(now, DURATIONS)).toBe(records.length);
        expect(sumOf(now, `${PREFIX}_in_flight`)).toBe(0);
        return true;
      },
      15_000,
    );
  }, 60_000);

  describe("Prometheus", () => {
    test("shows labels, OpenTelemetry's buckets and no name that a client made up", async () => {
      await send({ model: "invented-by-a-client", messages });
      await send({ model: "gpt-4o", messages });
      const samples = await until("both are counted", async () => {
        const now = await scrape();
        return sumOf(now, `${PREFIX}_requests`, { error_type: "404" }) > 0 ? now : undefined;
      });
      const telemetry = samples.filter(({ name }) => /gen_ai|usage_telemetry/.test(name));
      const values = telemetry.flatMap(({ labels }) => Object.values(labels));
      expect(values.join()).not.toMatch(/invented|=\./);
      expect(telemetry.map(({ name }) => name).join()).not.toContain("_=_");
      const buckets = samples
        .filter(({ name, labels }) => name.endsWith("token_usage_bucket") && labels["gen_ai_token_type"] === "input")
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
      const samples = await scrape();
      const known = new Map<string, Set<string>>();
      for (const { name, labels } of samples) {
        const keys = known.get(name) ?? new Set();
        Object.keys(labels).forEach((key) => keys.add(key));
        known.set(name, keys);
      }
      for (const query of queries) {
        for (const { name, labels } of metricsInQuery(query)) {
          expect([...known.keys()], query).toContain(name);
          for (const label of labels) expect([...known.get(name)!, "le"], query).toContain(label);
        }
      }
    });
  });
});

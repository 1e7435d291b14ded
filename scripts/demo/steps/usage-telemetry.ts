import { taggedMetric } from "../../../test/host/metric-tags.ts";
import { until } from "../../../test/envoy/support/until.ts";
import type { Link } from "../link.ts";
import type { Step, Walk } from "../walk.ts";

const PATH = "/v1/chat/completions";
const MESSAGES = [{ role: "user", content: "Why do weirs hum?" }];
/** What a million tokens of `gpt-4o` cost. */
const PRICE = { input: 2.5, output: 10 };
const COUNTED = "weir.usage-telemetry.";
const HANDED_OVER_MS = 5000;

/** What was counted of one combination of labels. */
interface Row {
  operation: string;
  provider: string;
  model: string;
  consumer: string;
  error: string;
  requests: number;
  input: number;
  output: number;
  "cost, millionths": number;
}

export const usageTelemetry: Link = {
  plugin: "usage-telemetry",
  configuration: {
    usage: "Published",
    audit: { filterState: true },
    models: ["gpt-4o", "gpt-4o-mini", "claude-*"],
    consumers: ["team-a", "team-b"],
    prices: [{ model: "gpt-4o", ...PRICE }],
  },
  steps: [
    {
      title: "Each call leaves one record: who, what, how much",
      async run(walk) {
        const back = await walk.send({ path: PATH, json: { model: "gpt-4o", messages: MESSAGES } });
        const record = JSON.parse(String(back.logged["audit"])) as Record<string, unknown>;
        const { prompt_tokens: input, completion_tokens: output } = back.json["usage"] as Record<string, number>;
        walk.print.note("record", JSON.stringify(record));
        walk.check("it says whose call it was", record["consumer"] === "team-a");
        walk.check(
          "and what the provider reports",
          record["input_tokens"] === input && record["output_tokens"] === output,
        );
        const cost = Math.round(input! * PRICE.input + output! * PRICE.output);
        walk.check(`it cost ${cost} millionths`, record["cost_micros"] === cost);
        walk.check("nothing that was said", !JSON.stringify(record).includes("weirs"));
      },
    },
  ],
  pastes: [],
};

/** The last step: all that the demo's gateway has counted. */
export const dashboard: Step = { title: "What was counted, as a dashboard shows it", run: showCounted };

async function showCounted(walk: Walk): Promise<void> {
  const records = (await walk.gateway.envoy.accessLog()).filter(({ audit }) => typeof audit === "string").length;
  const rows = await until(
    `${records} calls are counted`,
    async () => {
      const counted = await rowsOf(walk);
      return counted.reduce((sum, { requests }) => sum + requests, 0) === records ? counted : undefined;
    },
    HANDED_OVER_MS,
  );
  console.table(rows);
  walk.check(`${records} calls, as many as the log has records`, records > 0);
  walk.check(
    "no name that a client made up",
    rows.every(({ model }) => /^(gpt-4o(-mini)?|claude-\*|other|none)$/.test(model)),
  );
  walk.check(
    "calls that were refused are there, too",
    rows.some(({ error }) => /^4\d\d$/.test(error)),
  );
  walk.check(
    "and what they cost",
    rows.some((row) => row["cost, millionths"] > 0),
  );
}

async function rowsOf(walk: Walk): Promise<Row[]> {
  const rows = new Map<string, Row>();
  for (const [fullName, value] of await walk.gateway.envoy.stats(COUNTED)) {
    const { name, tags } = taggedMetric(fullName);
    if (!("error_type" in tags)) continue;
    const labels = ["gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model", "consumer", "error_type"];
    const [operation, provider, model, consumer, error] = labels.map((label) => tags[label] ?? "") as [
      string,
      string,
      string,
      string,
      string,
    ];
    const key = [operation, provider, model, consumer, error].join();
    const none = { requests: 0, input: 0, output: 0, "cost, millionths": 0 };
    const row = rows.get(key) ?? { operation, provider, model, consumer, error, ...none };
    rows.set(key, row);
    if (name.endsWith(`${COUNTED}requests`)) row.requests += value;
    else if (name.endsWith(`${COUNTED}cost_micros`)) row["cost, millionths"] += value;
    else if (tags["gen_ai_token_type"] === "input") row.input += value;
    else if (tags["gen_ai_token_type"] === "output") row.output += value;
  }
  return [...rows.values()];
}

import { createHash } from "node:crypto";
import { bodyOf, headerOf, statusOf, type Exchange, type Message, type Outcome, type Scenario } from "./scenario.ts";

const JSON_TYPE = "application/json";
const USAGE = { prompt_tokens: 11, completion_tokens: 4, total_tokens: 15 };
const MAIL = "a.weir@example.com";
const MASK_MAIL = [{ id: "pii", detect: { builtin: ["Email"] }, action: "Mask" }];
const LIMIT = { name: "minute", by: ["consumer"], count: "Total", amount: 100_000, per: "1m" };

function request(body: object, headers: [string, string][] = []): Message {
  const text = JSON.stringify(body);
  return {
    headers: [
      [":method", "POST"],
      [":path", "/v1/chat/completions"],
      [":authority", "gateway.example"],
      [":scheme", "http"],
      ["content-type", JSON_TYPE],
      ["content-length", String(Buffer.byteLength(text))],
      ["authorization", "Bearer sk-client"],
      ...headers,
    ],
    pieces: [text.slice(0, 30), text.slice(30)],
  };
}

function chat(model: string, content = "hello", more: object = {}): Message {
  return request({ model, messages: [{ role: "user", content }], ...more });
}

function answer(content = "hi"): Message {
  const body = JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", content } }], usage: USAGE });
  const length = String(Buffer.byteLength(body));
  return {
    headers: [
      [":status", "200"],
      ["content-type", JSON_TYPE],
      ["content-length", length],
    ],
    pieces: [body.slice(0, 40), body.slice(40)],
  };
}

/** An answer as server-sent events, one a piece. */
function stream(...contents: string[]): Message {
  const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;
  return {
    headers: [
      [":status", "200"],
      ["content-type", "text/event-stream"],
    ],
    pieces: [
      ...contents.map((content) => event({ id: "c", choices: [{ index: 0, delta: { content } }] })),
      event({ id: "c", choices: [], usage: USAGE }),
      "data: [DONE]\n\n",
    ],
  };
}

const exchange = (sent: Message, answered: Message = answer()): Exchange => ({ request: sent, response: answered });
const forwarded = ({ exchanges }: Outcome, at = 0): string | undefined =>
  exchanges[at]!.upstream ? undefined : unexpected(exchanges[at]!);

/** What stands in the table where something else came than what works. */
function unexpected(passed: Outcome["exchanges"][number]): string {
  const reason = passed.details?.split(".").slice(2).join(".");
  if (!passed.client) return "no answer";
  return `${statusOf(passed)}${reason ? ` \`${reason}\`` : ""}`;
}

const refused =
  (status: number, reason: string, at = 0) =>
  (outcome: Outcome): string | undefined => {
    const passed = outcome.exchanges[at]!;
    return statusOf(passed) === status && passed.details?.endsWith(`.${reason}`) && !passed.upstream
      ? undefined
      : unexpected(passed);
  };

export const SCENARIOS: readonly Scenario[] = [
  {
    feature: "routes by the model in the body",
    plugin: "model-router",
    settings: { models: [{ name: "gpt-4o", provider: "upstream" }] },
    exchanges: [exchange(chat("gpt-4o"))],
    missing: (outcome) => {
      const { upstream, properties } = outcome.exchanges[0]!;
      if (!upstream) return unexpected(outcome.exchanges[0]!);
      if (headerOf(upstream, "x-gateway-provider-name") !== "upstream") return "no routing header";
      return properties["weir.model"] === "gpt-4o" ? undefined : "nothing published";
    },
  },
  {
    feature: "writes an alias's model into the body",
    plugin: "model-router",
    settings: { models: [{ name: "fast", targets: [{ model: "gpt-4o-mini", provider: "upstream" }] }] },
    exchanges: [exchange(chat("fast"))],
    missing: (outcome) => forwarded(outcome) ?? bodyIs(outcome.exchanges[0]!.upstream, bodyOf(chat("gpt-4o-mini"))),
  },
  {
    feature: "refuses an unknown model",
    plugin: "model-router",
    settings: { models: [{ name: "gpt-4o", provider: "upstream" }] },
    exchanges: [exchange(chat("nobody"))],
    missing: refused(404, "unknown_model"),
  },
  {
    feature: "applies an override by header",
    plugin: "model-router",
    settings: {
      models: [],
      overrides: [{ name: "open", match: { headers: { "x-tier": "gold" } }, config: { unknownModels: "Pass" } }],
    },
    exchanges: [exchange(request({ model: "any", messages: [] }, [["x-tier", "gold"]]))],
    missing: forwarded,
  },
  {
    feature: "refuses what is over a limit",
    plugin: "token-limiter",
    settings: { limits: [{ name: "one", by: ["consumer"], count: "Requests", amount: 1, per: "1h" }] },
    exchanges: [exchange(chat("gpt-4o")), exchange(chat("gpt-4o"))],
    missing: (outcome) => forwarded(outcome) ?? refused(429, "limited", 1)(outcome),
  },
  {
    feature: "settles the usage of a JSON answer",
    plugin: "token-limiter",
    settings: { limits: [LIMIT] },
    exchanges: [exchange(chat("gpt-4o")), exchange(chat("gpt-4o", "hello", { max_tokens: 1 }))],
    missing: settled,
  },
  {
    feature: "settles the usage of a stream",
    plugin: "token-limiter",
    settings: { limits: [LIMIT] },
    exchanges: [
      exchange(chat("gpt-4o", "hello", { stream: true }), stream("h", "i")),
      exchange(chat("gpt-4o", "hello", { max_tokens: 1 })),
    ],
    missing: settled,
  },
  {
    feature: "masks in a prompt",
    plugin: "prompt-guard",
    settings: { rules: MASK_MAIL, mask: "[gone]" },
    exchanges: [exchange(chat("gpt-4o", `write to ${MAIL}`))],
    missing: (outcome) =>
      forwarded(outcome) ?? bodyIs(outcome.exchanges[0]!.upstream, bodyOf(chat("gpt-4o", "write to [gone]"))),
  },
  {
    feature: "refuses a prompt",
    plugin: "prompt-guard",
    settings: { rules: [{ id: "words", detect: { words: ["project-x"] }, action: "Reject" }] },
    exchanges: [exchange(chat("gpt-4o", "what is project-x?"))],
    missing: (outcome) => {
      const { client, details, upstream } = outcome.exchanges[0]!;
      if (details !== "weir.prompt-guard.rule.words" || !client) return unexpected(outcome.exchanges[0]!);
      return bodyOf(upstream) === "" ? undefined : "the prompt went on";
    },
  },
  {
    feature: "asks a guard service about a prompt",
    plugin: "prompt-guard",
    settings: {
      rules: [
        {
          id: "service",
          detect: { service: { cluster: "guard", path: "/check", protocol: "Webhook", timeout: "5s" } },
          action: "Reject",
        },
      ],
    },
    clusters: {
      guard: {
        headers: [
          [":status", "200"],
          ["content-type", JSON_TYPE],
        ],
        pieces: ['{"action":{"body":"no","status_code":403}}'],
      },
    },
    exchanges: [exchange(chat("gpt-4o"))],
    missing: (outcome) =>
      outcome.exchanges[0]!.details === "weir.prompt-guard.rule.service"
        ? undefined
        : unexpected(outcome.exchanges[0]!),
  },
  {
    feature: "masks in a JSON answer",
    plugin: "response-guard",
    settings: { rules: MASK_MAIL, mask: "[gone]" },
    exchanges: [exchange(chat("gpt-4o"), answer(`write to ${MAIL}`))],
    missing: (outcome) => forwarded(outcome) ?? bodyIs(outcome.exchanges[0]!.client, bodyOf(answer("write to [gone]"))),
  },
  {
    feature: "masks in a stream",
    plugin: "response-guard",
    settings: { rules: MASK_MAIL, mask: "[gone]" },
    exchanges: [exchange(chat("gpt-4o", "hello", { stream: true }), stream("write to a.we", "ir@example.com now"))],
    missing: (outcome) => {
      const missing = forwarded(outcome);
      if (missing) return missing;
      const body = bodyOf(outcome.exchanges[0]!.client);
      if (body.includes("example.com")) return "not masked";
      return body.includes("[gone]") && body.endsWith("data: [DONE]\n\n") ? undefined : "a broken stream";
    },
  },
  {
    feature: "puts on a credential of the configuration",
    plugin: "egress-auth",
    settings: egress({ type: "Bearer", from: { value: "sk-provider" } }),
    exchanges: [exchange(routed())],
    missing: (outcome) => forwarded(outcome) ?? authorizationIs(outcome, "Bearer sk-provider"),
  },
  {
    feature: "puts on a credential of the environment",
    plugin: "egress-auth",
    settings: egress({ type: "Bearer", from: { env: "PROVIDER_KEY" } }),
    environment: { PROVIDER_KEY: "sk-provider" },
    exchanges: [exchange(routed())],
    missing: (outcome) => forwarded(outcome) ?? authorizationIs(outcome, "Bearer sk-provider"),
  },
  {
    feature: "takes the client's credential away",
    plugin: "egress-auth",
    settings: { unknownProvider: "Strip" },
    exchanges: [exchange(routed())],
    missing: (outcome) => forwarded(outcome) ?? authorizationIs(outcome, undefined),
  },
  {
    feature: "signs with SigV4, the model mapped",
    plugin: "egress-auth",
    settings: {
      ...egress({
        type: "AwsSigV4",
        region: "us-east-1",
        service: "bedrock",
        accessKeyId: { value: "AKIDEXAMPLE" },
        secretAccessKey: { value: "secret" },
      }),
      modelMapping: { upstream: { "gpt-4o": "claude-sonnet" } },
    },
    exchanges: [exchange(routed())],
    missing: (outcome) => {
      const { upstream } = outcome.exchanges[0]!;
      if (!upstream) return unexpected(outcome.exchanges[0]!);
      const date = headerOf(upstream, "x-amz-date") ?? "";
      const at = Date.parse(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, "$1-$2-$3:$4:$5"));
      if (Math.abs(Date.now() - at) > 300_000 || Number.isNaN(at)) return `signed for ${date}`;
      const digest = createHash("sha256").update(bodyOf(upstream)).digest("hex");
      if (headerOf(upstream, "x-amz-content-sha256") !== digest) return "the hash of another body";
      return headerOf(upstream, "authorization")?.startsWith("AWS4-HMAC-SHA256 ") ? undefined : "not signed";
    },
  },
  {
    feature: "records a call",
    plugin: "usage-telemetry",
    settings: { models: ["gpt-4o"], audit: { filterState: true } },
    exchanges: [exchange(chat("gpt-4o", "hello", { stream: true }), stream("h", "i"))],
    missing: (outcome) => {
      const missing = forwarded(outcome);
      if (missing) return missing;
      const record = outcome.exchanges[0]!.properties["weir.audit"];
      if (!record) return "no record";
      const { model, input_tokens, output_tokens, status } = JSON.parse(record) as Record<string, unknown>;
      return model === "gpt-4o" && input_tokens === 11 && output_tokens === 4 && status === 200
        ? undefined
        : "another record";
    },
  },
  {
    feature: "counts calls in metrics",
    plugin: "usage-telemetry",
    settings: { models: ["counted"] },
    exchanges: [exchange(chat("counted"))],
    readsMetrics: true,
    missing: ({ metrics }) => {
      const counters = Object.entries(metrics).filter(([name]) => /usage-telemetry\.requests.*=\.counted\./.test(name));
      return counters.reduce((sum, [, value]) => sum + value, 0) >= 1 ? undefined : "not counted";
    },
  },
  {
    feature: "`weir.wasm`: one plugin of it by its root id",
    plugin: "model-router",
    module: "weir",
    settings: { models: [{ name: "gpt-4o", provider: "upstream" }] },
    exchanges: [exchange(chat("nobody"))],
    missing: refused(404, "unknown_model"),
  },
];

/** Refused by every host at load, with the key's name in the log. */
export const WRONG: Scenario = {
  feature: "refuses a wrong configuration at load",
  plugin: "model-router",
  settings: { models: [{ name: "gpt-4o", provider: "openai", wieght: 1 }] },
  exchanges: [],
  missing: () => "taken",
};

function egress(credential: object): object {
  return { select: { header: "x-gateway-provider-name" }, providers: [{ name: "upstream", credential }] };
}

function routed(): Message {
  return request({ model: "gpt-4o", messages: [] }, [["x-gateway-provider-name", "upstream"]]);
}

function authorizationIs({ exchanges }: Outcome, value: string | undefined): string | undefined {
  const found = headerOf(exchanges[0]!.upstream, "authorization");
  if (found === value) return undefined;
  return found === "Bearer sk-client" ? "the client's own goes on" : "another credential";
}

function bodyIs(message: Message | undefined, body: string): string | undefined {
  if (bodyOf(message) !== body) return "another body";
  const length = headerOf(message, "content-length");
  return length === undefined || Number(length) === Buffer.byteLength(body) ? undefined : "a wrong content-length";
}

/** The first exchange used 15 tokens; what the second sees as left says so. */
function settled(outcome: Outcome): string | undefined {
  const missing = forwarded(outcome) ?? forwarded(outcome, 1);
  if (missing) return missing;
  const [first, second] = outcome.exchanges;
  if (first!.properties["weir.total_tokens"] !== "15" || first!.properties["weir.usage_source"] !== "reported")
    return "usage not read";
  const left = Number(headerOf(second!.client, "x-ratelimit-remaining-tokens"));
  return left <= LIMIT.amount - 15 && left > LIMIT.amount - 100 ? undefined : `${left} tokens left`;
}

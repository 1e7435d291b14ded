import { wasmFile } from "../scripts/setup/plugins.ts";
import {
  awsRequestSigning,
  credentialInjector,
  jsonToMetadata,
  sseToMetadata,
  wasm,
  type HttpFilter,
  type MetadataRule,
  type WasmPlugin,
} from "./filters.ts";
import { RUST_PEER } from "./peers.ts";
import type { Job } from "./shapes.ts";

/**
 * How the route proves that the job was done. `plain`: it doesn't. `header`: the only route matches the model in
 * `x-gateway-model-name`, everything else is answered 421. `metadata`: the same with a value of dynamic metadata.
 */
export type RouteStyle = { kind: "plain" } | { kind: "header" } | { kind: "metadata"; namespace: string; key: string };

/** One line of the comparison. */
export interface Variant {
  id: string;
  job: Job;
  label: string;
  filters: HttpFilter[];
  route: RouteStyle;
  /** Skipped when the file is not there; its size is reported. */
  plugin?: WasmPlugin;
  /** The plugin of this project that it measures: built before the run. */
  builds?: string;
  /** Where `--verify` finds the total of tokens, as an access log format. */
  tokens?: string;
  /** Its answers say what is left: `--verify` sends each request twice and looks whether the tokens were taken off. */
  limits?: boolean;
}

/** What added CPU is counted from. */
export const BASELINE = "none";

/** The filter in Rust that does the job of `route` or `usage`. */
export const REFERENCE = "rust-serde";

/** What the ratios of a job are taken to: the sum of what these variants add, each so many times. */
export interface Yardstick {
  label: string;
  parts: readonly { id: string; times: number }[];
}

const RUST: Yardstick = { label: "Rust wasm, serde_json", parts: [{ id: REFERENCE, times: 1 }] };

/** A limiter reads what a router and a usage filter read; what it asks the host beside that is allowed 1.5 empty filters. */
export const YARDSTICKS: Readonly<Record<Job, Yardstick>> = {
  route: RUST,
  usage: RUST,
  limit: {
    label: "Rust routing + usage + 1.5 x no-op",
    parts: [
      { id: "rust-route", times: 1 },
      { id: "rust-usage", times: 1 },
      { id: "rust-noop", times: 1.5 },
    ],
  },
  prompt: { ...RUST, label: "Rust wasm, serde_json, routing" },
  reply: { ...RUST, label: "Rust wasm, serde_json, usage" },
  key: { label: "Rust wasm, no-op filter", parts: [{ id: "rust-noop", times: 1 }] },
  sign: { label: "Envoy's aws_request_signing", parts: [{ id: "native-aws", times: 1 }] },
  telemetry: { ...RUST, label: "Rust wasm, serde_json, usage" },
  // Measured elsewhere, where Envoy's router alone took 0.076 ms a request: its external processor added 0.65 ms.
  chain: { label: "half of what Envoy AI Gateway adds", parts: [{ id: BASELINE, times: (0.65 / 0.076) * 0.5 }] },
};

/** The settings of `model-router` that every benchmark of it starts from. */
export const ROUTER_SETTINGS = { models: [{ name: "gpt-4o*", provider: "openai" }] };

/** Only reads the usage, as the peer does. */
const METERING = { limits: [], includeUsage: false };

/** The settings of `token-limiter` as a limiter: three limits that are never reached. */
export const LIMITER_SETTINGS = {
  consumer: [{ header: "x-consumer" }],
  limits: [
    { name: "minute", by: ["consumer"], count: "Total", amount: 1e12, per: "1m", algorithm: "SlidingWindow" },
    { name: "hour", by: ["consumer", "model"], count: "Total", amount: 1e13, per: "1h", algorithm: "TokenBucket" },
    { name: "parallel", by: ["consumer"], count: "Concurrent", amount: 1e6 },
  ],
};

/** The provider is named by a header that every request has: of the load it is the one name, of a single request the other. */
function egressSettings(credential: object): object {
  return {
    select: { header: "x-consumer" },
    maxHeldBytes: "32MiB",
    providers: ["consumer-1", "bench"].map((name) => ({ name, credential })),
  };
}

/** Made up. */
const AWS_KEYS = { id: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };

const SIGNING = {
  type: "AwsSigV4",
  region: "us-east-1",
  service: "bedrock",
  accessKeyId: { value: AWS_KEYS.id },
  secretAccessKey: { value: AWS_KEYS.secret },
};

/** Words, patterns and what the guards know by themselves; nothing of it is in the bodies. */
const LOCAL_RULES = [
  {
    id: "pii",
    detect: { builtin: ["CreditCard", "Iban", "Email", "PhoneNumber", "UsSsn", "IpAddress"] },
    action: "Mask",
  },
  {
    id: "secrets",
    detect: {
      builtin: [
        ...["AwsAccessKey", "GitHubToken", "OpenAiKey", "AnthropicKey", "SlackToken"],
        ...["GoogleApiKey", "StripeKey", "PrivateKey", "Jwt", "ConnectionString"],
      ],
    },
    action: "Reject",
  },
  { id: "words", detect: { words: Array.from({ length: 1000 }, (_, i) => `project-${i}x`) }, action: "Reject" },
  { id: "marks", detect: { pattern: "(?i)internal[- ]only|top[- ]secret" }, action: "Reject" },
  { id: "ids", detect: { pattern: "\\bEMP-\\d{6}\\b" }, action: "Mask" },
  { id: "hosts", detect: { pattern: "[a-z0-9.-]+\\.corp\\.example\\.com" }, action: "Mask" },
];

/** The settings of the guards that every benchmark of them starts from. */
export const GUARD_SETTINGS = { maxHeldBytes: "32MiB", rules: LOCAL_RULES };

const INJECTION = { id: "injection", detect: { classifier: "PromptInjection", threshold: 0.9 }, action: "Audit" };

const TELEMETRY_SETTINGS = { models: ["gpt-4o*"], prices: [{ model: "gpt-4o*", input: 2.5, output: 10 }] };

/** The whole chain, in the order of `envoy-examples/gateway`. */
const CHAIN = [
  plugin("model-router", ROUTER_SETTINGS),
  plugin("prompt-guard", { rules: LOCAL_RULES }),
  plugin("response-guard", { rules: LOCAL_RULES }),
  plugin("token-limiter", LIMITER_SETTINGS),
  plugin("usage-telemetry", { ...TELEMETRY_SETTINGS, usage: "Published" }),
  plugin("egress-auth", { unknownProvider: "Strip" }),
];

const PLAIN: RouteStyle = { kind: "plain" };
const HEADER: RouteStyle = { kind: "header" };

const MODEL_RULE: MetadataRule = { path: ["model"], namespace: "bench", key: "model", type: "STRING" };
const TOTAL_RULE: MetadataRule = {
  path: ["usage", "total_tokens"],
  namespace: "bench.usage",
  key: "total",
  type: "NUMBER",
};

/** The Rust peer with one of its jobs. */
export function rust(job: string): WasmPlugin {
  return { file: RUST_PEER, rootId: "", settings: { job } };
}

/** A plugin of this project. */
export function plugin(name: string, settings: object): WasmPlugin {
  return { file: wasmFile(name), rootId: name, settings };
}

function wasmVariant(variant: Omit<Variant, "filters"> & { plugin: WasmPlugin }): Variant {
  return { ...variant, filters: [wasm(variant.plugin)] };
}

const RUST_TOKENS = "%FILTER_STATE(wasm.usage_total:PLAIN)%";
const WEIR_TOKENS = "%FILTER_STATE(wasm.weir.total_tokens:PLAIN)%";

/** Everything that is compared. A new plugin is one entry; an id stands once a job. */
export const VARIANTS: readonly Variant[] = [
  { id: BASELINE, job: "route", label: "none (Envoy's router only)", filters: [], route: PLAIN },
  wasmVariant({ id: "rust-noop", job: "route", label: "Rust wasm, no-op filter", plugin: rust("noop"), route: PLAIN }),
  wasmVariant({
    id: "rust-copy",
    job: "route",
    label: "Rust wasm, body held and copied in, not read",
    plugin: rust("copy"),
    route: HEADER,
  }),
  wasmVariant({ id: REFERENCE, job: "route", label: "Rust wasm, serde_json", plugin: rust("route"), route: HEADER }),
  {
    id: "native-json",
    job: "route",
    label: "Envoy's json_to_metadata",
    filters: [jsonToMetadata("request_rules", [MODEL_RULE])],
    route: { kind: "metadata", namespace: MODEL_RULE.namespace, key: MODEL_RULE.key },
  },
  wasmVariant({
    id: "model-router",
    job: "route",
    label: "**Weir model-router**",
    plugin: plugin("model-router", { ...ROUTER_SETTINGS, maxHeldBytes: "32MiB" }),
    builds: "model-router",
    route: HEADER,
  }),

  { id: BASELINE, job: "usage", label: "none (Envoy's router only)", filters: [], route: PLAIN },
  wasmVariant({ id: "rust-noop", job: "usage", label: "Rust wasm, no-op filter", plugin: rust("noop"), route: PLAIN }),
  wasmVariant({
    id: REFERENCE,
    job: "usage",
    label: "Rust wasm, serde_json",
    plugin: rust("usage"),
    route: PLAIN,
    tokens: RUST_TOKENS,
  }),
  {
    id: "native-json",
    job: "usage",
    label: "Envoy's json_to_metadata and sse_to_metadata",
    filters: [jsonToMetadata("response_rules", [TOTAL_RULE]), sseToMetadata([TOTAL_RULE])],
    route: PLAIN,
    tokens: "%DYNAMIC_METADATA(bench.usage:total)%",
  },
  wasmVariant({
    id: "token-limiter",
    job: "usage",
    label: "**Weir token-limiter**, only metering",
    plugin: plugin("token-limiter", METERING),
    builds: "token-limiter",
    route: PLAIN,
    tokens: WEIR_TOKENS,
  }),

  { id: BASELINE, job: "limit", label: "none (Envoy's router only)", filters: [], route: PLAIN },
  wasmVariant({ id: "rust-noop", job: "limit", label: "Rust wasm, no-op filter", plugin: rust("noop"), route: PLAIN }),
  wasmVariant({
    id: "rust-route",
    job: "limit",
    label: "Rust wasm, serde_json, routing",
    plugin: rust("route"),
    route: HEADER,
  }),
  wasmVariant({
    id: "rust-usage",
    job: "limit",
    label: "Rust wasm, serde_json, usage",
    plugin: rust("usage"),
    route: PLAIN,
    tokens: RUST_TOKENS,
  }),
  wasmVariant({
    id: "token-limiter",
    job: "limit",
    label: "**Weir token-limiter**, 3 limits",
    plugin: plugin("token-limiter", LIMITER_SETTINGS),
    builds: "token-limiter",
    route: PLAIN,
    tokens: WEIR_TOKENS,
    limits: true,
  }),

  { id: BASELINE, job: "prompt", label: "none (Envoy's router only)", filters: [], route: PLAIN },
  wasmVariant({
    id: REFERENCE,
    job: "prompt",
    label: "Rust wasm, serde_json, routing",
    plugin: rust("route"),
    route: HEADER,
  }),
  wasmVariant({
    id: "prompt-guard",
    job: "prompt",
    label: "**Weir prompt-guard**, words, patterns, builtins",
    plugin: plugin("prompt-guard", GUARD_SETTINGS),
    builds: "prompt-guard",
    route: PLAIN,
  }),
  wasmVariant({
    id: "prompt-guard-classifier",
    job: "prompt",
    label: "**Weir prompt-guard**, the classifier, too",
    plugin: plugin("prompt-guard", { ...GUARD_SETTINGS, rules: [...LOCAL_RULES, INJECTION] }),
    builds: "prompt-guard",
    route: PLAIN,
  }),

  { id: BASELINE, job: "reply", label: "none (Envoy's router only)", filters: [], route: PLAIN },
  wasmVariant({
    id: REFERENCE,
    job: "reply",
    label: "Rust wasm, serde_json, usage",
    plugin: rust("usage"),
    route: PLAIN,
    tokens: RUST_TOKENS,
  }),
  wasmVariant({
    id: "response-guard",
    job: "reply",
    label: "**Weir response-guard**",
    plugin: plugin("response-guard", GUARD_SETTINGS),
    builds: "response-guard",
    route: PLAIN,
  }),

  { id: BASELINE, job: "key", label: "none (Envoy's router only)", filters: [], route: PLAIN },
  wasmVariant({ id: "rust-noop", job: "key", label: "Rust wasm, no-op filter", plugin: rust("noop"), route: PLAIN }),
  {
    id: "native-injector",
    job: "key",
    label: "Envoy's credential_injector",
    filters: [credentialInjector()],
    route: PLAIN,
  },
  wasmVariant({
    id: "egress-auth",
    job: "key",
    label: "**Weir egress-auth**, an API key",
    plugin: plugin("egress-auth", egressSettings({ type: "Bearer", from: { value: "bench-key" } })),
    builds: "egress-auth",
    route: PLAIN,
  }),

  { id: BASELINE, job: "sign", label: "none (Envoy's router only)", filters: [], route: PLAIN },
  {
    id: "native-aws",
    job: "sign",
    label: "Envoy's aws_request_signing",
    filters: [awsRequestSigning(AWS_KEYS.id, AWS_KEYS.secret)],
    route: PLAIN,
  },
  wasmVariant({
    id: "egress-auth",
    job: "sign",
    label: "**Weir egress-auth**, SigV4",
    plugin: plugin("egress-auth", egressSettings(SIGNING)),
    builds: "egress-auth",
    route: PLAIN,
  }),

  { id: BASELINE, job: "telemetry", label: "none (Envoy's router only)", filters: [], route: PLAIN },
  wasmVariant({
    id: REFERENCE,
    job: "telemetry",
    label: "Rust wasm, serde_json, usage",
    plugin: rust("usage"),
    route: PLAIN,
    tokens: RUST_TOKENS,
  }),
  wasmVariant({
    id: "usage-telemetry",
    job: "telemetry",
    label: "**Weir usage-telemetry**, alone",
    plugin: plugin("usage-telemetry", TELEMETRY_SETTINGS),
    builds: "usage-telemetry",
    route: PLAIN,
    tokens: WEIR_TOKENS,
  }),

  { id: BASELINE, job: "chain", label: "none (Envoy's router only)", filters: [], route: PLAIN },
  {
    id: "gateway",
    job: "chain",
    label: "**Weir**, all plugins",
    filters: CHAIN.map(wasm),
    route: HEADER,
    tokens: WEIR_TOKENS,
  },
];

/**
 * `npm run soak`: mixed traffic through the whole chain for 30 minutes (`--minutes`; `--no-build` takes `dist/` as it is), with clients that leave, providers that reset
 * and another configuration every 10 s. Exits 0 when the memory of no VM grew after the first 5 minutes (of shorter runs: the first
 * third), every request is in the log once, and no answer is one that the mix does not explain.
 */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { EnvoyProcess } from "../test/envoy/support/envoy-process.ts";
import { localConfig } from "../test/envoy/support/example.ts";
import type { Bootstrap, Json } from "../test/envoy/support/gateway-config.ts";
import { MockProvider } from "../test/envoy/support/mock-provider.ts";
import { findEnvoy } from "./setup/envoy.ts";
import { build } from "./setup/plugins.ts";
import { SetupError, main } from "./setup/progress.ts";

const RELOAD_EVERY_MS = 10_000;
const LOOK_EVERY_MS = 10_000;
/** So that at most a few configurations are there at once. */
const DRAIN_SECONDS = 15;
const CLIENTS = 8;
const KEYS = { OPENAI_API_KEY: "key-for-openai", ANTHROPIC_API_KEY: "key-for-anthropic" };
const TEAMS: readonly Record<string, string>[] = [
  { authorization: "Bearer example-key-of-team-a" },
  { "x-api-key": "example-key-of-team-b" },
];
const MESSAGES = [{ role: "user", content: "Why do weirs hum?" }];

/** One kind of request of the mix, with the answers that it may have. */
interface Kind {
  path: string;
  body: object;
  /** How often, of 20. */
  share: number;
  answers: readonly number[];
}

/** Limits and resets can meet any request that reaches a provider. */
const PASSED = [200, 429, 503];
const CHAT = "/v1/chat/completions";
const KINDS: readonly Kind[] = [
  { path: CHAT, body: { model: "gpt-4o", messages: MESSAGES }, share: 6, answers: PASSED },
  { path: CHAT, body: { model: "gpt-4o-mini", messages: MESSAGES, stream: true }, share: 6, answers: PASSED },
  {
    path: "/v1/messages",
    body: { model: "claude-sonnet-4", max_tokens: 9, messages: MESSAGES },
    share: 3,
    answers: PASSED,
  },
  { path: CHAT, body: { model: "made-up", messages: MESSAGES }, share: 1, answers: [404] },
  {
    path: CHAT,
    body: { model: "gpt-4o", messages: [{ role: "user", content: "What is project-x?" }] },
    share: 2,
    answers: [400, 403],
  },
  {
    path: CHAT,
    body: { model: "gpt-4o", messages: [{ role: "user", content: "x".repeat(100_000) }] },
    share: 2,
    answers: [...PASSED, 400, 413],
  },
];
const MIX = KINDS.flatMap((kind) => Array<Kind>(kind.share).fill(kind));

/** The gateway example with its listener in a file, which Envoy watches. */
class SoakGateway {
  envoy: EnvoyProcess | undefined;
  reloads = 0;

  constructor(
    private readonly file: string,
    readonly mocks: MockProvider[],
  ) {}

  async start(): Promise<EnvoyProcess> {
    const bootstrap = this.write();
    const dynamic_resources: Json = {
      lds_config: { path_config_source: { path: this.file }, resource_api_version: "V3" },
    };
    const config = {
      ...bootstrap,
      node: { id: "gateway", cluster: "gateway" },
      static_resources: { ...bootstrap.static_resources, listeners: [] },
      dynamic_resources,
    };
    this.envoy = await EnvoyProcess.start(config as Bootstrap, {
      env: KEYS,
      concurrency: 2,
      logLevel: "warning",
      drainSeconds: DRAIN_SECONDS,
    });
    return this.envoy;
  }

  /** Another configuration of every plugin: the same but for a number in a limit. */
  write(): Bootstrap {
    const bootstrap = localConfig(
      "gateway",
      Object.fromEntries(this.mocks.map(({ name, address }) => [name, address])),
    );
    const text = JSON.stringify(bootstrap.static_resources.listeners[0]).replaceAll(
      '\\"amount\\": 5000000',
      `\\"amount\\": ${5_000_000 + ++this.reloads}`,
    );
    const listener = {
      "@type": "type.googleapis.com/envoy.config.listener.v3.Listener",
      ...(JSON.parse(text) as object),
    };
    writeFileSync(`${this.file}.new`, JSON.stringify({ resources: [listener] }));
    renameSync(`${this.file}.new`, this.file);
    return bootstrap;
  }

  async stop(): Promise<void> {
    await this.envoy?.stop();
    await Promise.all(this.mocks.map((mock) => mock.stop()));
  }
}

async function soak(gateway: SoakGateway, lengthMs: number): Promise<boolean> {
  const envoy = await gateway.start();
  const tally = new Tally();
  const start = performance.now();
  const left = (): number => lengthMs - (performance.now() - start);
  const warmUpMs = Math.min(300_000, lengthMs / 3);
  const pages = new Map<string, { warm: number; most: number }>();
  const every = async (periodMs: number, act: () => Promise<void> | void): Promise<void> => {
    while (left() > 0) {
      await act();
      await sleep(Math.max(0, Math.min(periodMs, left())));
    }
  };
  const look = async (): Promise<void> => {
    for (const [name, value] of await envoy.stats("vm_pages")) {
      const seen = pages.get(name) ?? { warm: 0, most: 0 };
      if (lengthMs - left() < warmUpMs) seen.warm = Math.max(seen.warm, value);
      else seen.most = Math.max(seen.most, value);
      pages.set(name, seen);
    }
    const minutes = ((lengthMs - left()) / 60_000).toFixed(1);
    console.log(`${minutes} min  ${tally.sent} requests  ${gateway.reloads} configurations  ${tally.summary()}`);
  };
  await Promise.all([
    every(RELOAD_EVERY_MS, () => void gateway.write()),
    every(LOOK_EVERY_MS, look),
    every(1000, () => gateway.mocks.forEach((mock) => mock.behave(Math.random() < 0.1 ? { resetAfterPieces: 0 } : {}))),
    ...Array.from({ length: CLIENTS }, () => client(envoy, tally, left)),
  ]);
  await sleep(2000);
  console.table([...pages].map(([vm, { warm, most }]) => ({ vm, "pages after warm-up": warm, "most since": most })));
  const grown = [...pages].filter(([, { warm, most }]) => most > warm).map(([vm]) => vm);
  const logged = envoy.log.split("\n").filter((line) => line.startsWith("{") && line.includes('"audit"')).length;
  console.log(
    `${tally.sent} requests, ${logged} lines in the log, ${tally.surprises.size} answers that the mix does not explain`,
  );
  for (const [what, count] of tally.surprises) console.log(`  ${count} x ${what}`);
  if (grown.length > 0) console.log(`grew: ${grown.join(", ")}`);
  return grown.length === 0 && tally.surprises.size === 0 && logged === tally.sent;
}

/** One client after another: most read their answer, some leave before or in it. */
async function client(envoy: EnvoyProcess, tally: Tally, left: () => number): Promise<void> {
  while (left() > 0) {
    const kind = MIX[Math.floor(Math.random() * MIX.length)]!;
    const team = TEAMS[Math.floor(Math.random() * TEAMS.length)]!;
    const abort = new AbortController();
    const leaves = Math.random() < 0.1;
    tally.sent++;
    try {
      const answer = await fetch(envoy.url(kind.path), {
        method: "POST",
        headers: { "content-type": "application/json", ...team },
        body: JSON.stringify(kind.body),
        signal: abort.signal,
      });
      if (!kind.answers.includes(answer.status))
        tally.surprise(`${answer.status} for ${JSON.stringify(kind.body).slice(0, 80)}`);
      tally.answered(answer.status);
      if (leaves) abort.abort();
      else await answer.text();
    } catch (error) {
      if (!leaves) tally.broken(error);
    }
  }
}

/** What came back. */
class Tally {
  sent = 0;
  readonly surprises = new Map<string, number>();
  private readonly statuses = new Map<number, number>();

  answered(status: number): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
  }

  surprise(what: string): void {
    this.surprises.set(what, (this.surprises.get(what) ?? 0) + 1);
  }

  /** A stream that a provider resets breaks off; nothing else may. */
  broken(error: unknown): void {
    const words = String((error as { cause?: unknown }).cause ?? error);
    if (!/other side closed|terminated|ECONNRESET/.test(words)) this.surprise(words);
  }

  summary(): string {
    return [...this.statuses]
      .sort(([a], [b]) => a - b)
      .map(([status, count]) => `${status}: ${count}`)
      .join("  ");
  }
}

await main(async () => {
  const { values } = parseArgs({
    allowNegative: true,
    options: { minutes: { type: "string", default: "30" }, build: { type: "boolean", default: true } },
  });
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new SetupError("--minutes must be a number above 0");
  if (values.build) await build();
  process.env["ENVOY"] = await findEnvoy();
  const folder = mkdtempSync(join(tmpdir(), "weir-soak-"));
  const mocks = await Promise.all([
    MockProvider.start("openai", "OpenAi"),
    MockProvider.start("anthropic", "Anthropic"),
  ]);
  const gateway = new SoakGateway(join(folder, "listeners.json"), mocks);
  try {
    return (await soak(gateway, minutes * 60_000)) ? 0 : 1;
  } finally {
    await gateway.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { wasmFile } from "../../../scripts/setup/plugins.ts";
import { OpenRequest, send } from "../support/client.ts";
import { EnvoyProcess } from "../support/envoy-process.ts";
import { PROVIDER_KEYS, TEAM_A } from "../support/example-gateway.ts";
import { localConfig, watchedFiles } from "../support/example.ts";
import { Gate } from "../support/gate.ts";
import { MockProvider } from "../support/mock-provider.ts";
import { sseAnswer } from "../support/mock-shape.ts";
import { traps } from "../support/plugin-gateway.ts";
import { until } from "../support/until.ts";

const IN_FLIGHT = 50;
/** The provider says it, and every generation of the configuration puts its own name in its place. */
const WORD = "weirword";

let json: MockProvider;
let stream: MockProvider;
let file: string;
let envoy: EnvoyProcess;
const builds = mkdtempSync(join(tmpdir(), "weir-builds-"));

/** Gives Envoy another configuration of the plugin, whose masks have this name, in place of the one that it has. */
function swap(generation: string, { wasm = wasmFile("response-guard"), configuration = {} } = {}): void {
  const resources = structuredClone(written) as { resources: [{ typed_config: { config: Filter } }] };
  const { config } = resources.resources[0].typed_config;
  config.vm_config.code.local.filename = wasm;
  const rules = [{ id: generation, detect: { words: [WORD] }, action: "Mask" }];
  config.configuration.value = JSON.stringify({ rules, ...configuration });
  writeFileSync(`${file}.new`, JSON.stringify(resources));
  renameSync(`${file}.new`, file);
}

interface Filter {
  vm_config: { code: { local: { filename: string } } };
  configuration: { value: string };
}

let written: unknown;

/** The same plugin in other bytes: a module of another hash, which gets VMs of its own. */
function anotherBuild(name: string): string {
  const copy = join(builds, `${name}.wasm`);
  copyFileSync(wasmFile("response-guard"), copy);
  const section = Buffer.from(name);
  appendFileSync(copy, Buffer.concat([Buffer.from([0, section.length + 1, section.length]), section]));
  return copy;
}

function delta(content: string): { data: unknown } {
  return { data: { object: "chat.completion.chunk", choices: [{ index: 0, delta: { content } }] } };
}

const STREAM = sseAnswer([delta(`say ${WORD} `), delta(`and ${WORD} again.`), { data: "[DONE]" }]);
const WHOLE = {
  pieces: [
    JSON.stringify({
      object: "chat.completion",
      choices: [{ index: 0, message: { role: "assistant", content: `say ${WORD} and ${WORD} again.` } }],
    }),
  ],
};

function request(path: string): { path: string; headers: Record<string, string>; body: string } {
  const body = JSON.stringify({ model: "gpt-4o", stream: path.startsWith("/lab"), messages: [] });
  return { path: `${path}/v1/chat/completions`, headers: TEAM_A, body };
}

/** Which generations have masked an answer; WORD itself where none has. */
function generations(text: string): string[] {
  return [...text.matchAll(/\[(gen-\d+)\]|weirword/g)].map(([found, generation]) => generation ?? found);
}

async function current(): Promise<string[]> {
  return generations((await send(envoy.address(), request(""))).text);
}

/** Waits long: the module is compiled once more for each worker, on whatever machine this is. */
async function takesEffect(generation: string): Promise<void> {
  const isThere = async (): Promise<true | undefined> => (await current())[0] === generation || undefined;
  await until(`${generation} has taken effect`, isThere, 60_000);
}

beforeAll(async () => {
  json = await MockProvider.start("openai", "OpenAi");
  stream = await MockProvider.start("stream", "OpenAi");
  json.behave({ answer: WHOLE });
  stream.behave({ answer: STREAM });
  const config = localConfig("per-route", { openai: json.address });
  [file] = watchedFiles(config) as [string];
  written = JSON.parse(readFileSync(file, "utf8"));
  const lab = localConfig("per-route", { openai: stream.address }).static_resources.clusters[0] as object;
  config.static_resources.clusters.push({ ...lab, name: "stream" });
  toStreams(config);
  swap("gen-0");
  envoy = await EnvoyProcess.start(config, { env: PROVIDER_KEYS, concurrency: 2 });
});

/** Lets the route `lab` lead to the provider that streams. */
function toStreams(config: unknown): void {
  const text = JSON.stringify(config);
  const routes = JSON.parse(text, (_key, value: { name?: string; route?: object } | undefined) =>
    value?.name === "lab" ? { ...value, route: { ...value.route, cluster: "stream" } } : (value as unknown),
  ) as object;
  Object.assign(config as object, routes);
}

afterAll(async () => {
  await envoy?.stop();
  await json?.stop();
  await stream?.stop();
  rmSync(builds, { recursive: true, force: true });
});

test(
  `a swap of configuration or module fails none of ${IN_FLIGHT} requests in flight`,
  { timeout: 300_000 },
  async () => {
    await takesEffect("gen-0");
    const answers: { status: number; text: string }[] = [];
    let isOver = false;
    const client = async (to: string): Promise<void> => {
      const { path, ...init } = request(to);
      while (!isOver) {
        const answer = await fetch(envoy.url(path), { method: "POST", ...init });
        answers.push({ status: answer.status, text: await answer.text() });
      }
    };
    const clients = Array.from({ length: IN_FLIGHT }, (_, index) => client(index % 2 === 0 ? "" : "/lab"));
    const isAnswering = (generation: string) => (): true | undefined =>
      answers.some(({ text }) => text.includes(generation)) || undefined;
    try {
      await until("requests are in flight", isAnswering("gen-0"));
      for (const generation of [1, 2, 3, 4]) {
        const name = `gen-${generation}`;
        swap(name, generation % 2 === 0 ? { wasm: anotherBuild(name) } : {});
        await takesEffect(name);
      }
    } finally {
      isOver = true;
      // A connection that was cut rejects here.
      await Promise.all(clients);
    }
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    // Each answer is one generation's, from its beginning to its end, and each generation had some.
    const seen = answers.map(({ text }) => generations(text));
    expect(seen.filter(([first, second, ...more]) => first !== second || more.length > 0 || first === WORD)).toEqual(
      [],
    );
    expect([...new Set(seen.flat())].sort()).toEqual(["gen-0", "gen-1", "gen-2", "gen-3", "gen-4"]);
    expect(traps(envoy.log)).toEqual([]);
  },
);

test("a stream that has begun ends under the configuration that it began with", async () => {
  swap("gen-7");
  await takesEffect("gen-7");
  const gate = new Gate();
  stream.behave({ answer: STREAM, beforePiece: (index) => (index === 1 ? gate.opened : undefined) });
  const { body, ...head } = request("/lab");
  const old = new OpenRequest(envoy.address(), {
    ...head,
    headers: { ...TEAM_A, "content-length": String(body.length) },
  });
  const ending = old.end(body);
  await old.received("[gen-7]");
  swap("gen-8", { wasm: anotherBuild("gen-8") });
  await takesEffect("gen-8");
  gate.release();
  const answer = await ending;
  expect([answer.status, answer.isWhole, generations(answer.text)]).toEqual([200, true, ["gen-7", "gen-7"]]);
});

test("a configuration that the plugin refuses leaves the old one serving, and the log says why", async () => {
  swap("gen-9");
  await takesEffect("gen-9");
  swap("gen-10", { configuration: { mode: "Enfroce" } });
  await envoy.logged(/response-guard: config\.mode: .*Enfroce/);
  await until("Envoy has refused it", async () => {
    const refused = await envoy.stats("response-guard.config_fail");
    return [...refused.values()].some((count) => count > 0) || undefined;
  });
  expect(await current()).toEqual(["gen-9", "gen-9"]);
});

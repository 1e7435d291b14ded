/**
 * `node scripts/run.mjs test/host/recording/record.ts`: plays the scenarios on a real Envoy and writes down what it did, in
 * `envoy-1.40.json`. To be run when a scenario or the probe changes. HTTP/1.1 on loopback, one worker, about 40 s.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { format, resolveConfig } from "prettier";
import { findEnvoy } from "../../../scripts/setup/envoy.ts";
import { compileProbe } from "../probe.ts";
import { envoyConfiguration, LISTENERS, listenerOf } from "./envoy-configuration.ts";
import type { Recorded } from "./replay.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";

/** Pieces further apart than this arrive one by one, and what hangs for `PATIENCE` hangs. Both in milliseconds. */
const APART = 40;
const PATIENCE = 450;

let scenario: Scenario = { do: "" };
let upstreamBody: string | null = null;

async function upstream(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === "/callout") return void response.end("called");
  upstreamBody = "";
  request.setEncoding("utf8");
  request.on("error", () => undefined);
  response.on("error", () => undefined);
  request.on("data", (text: string) => (upstreamBody += text));
  await new Promise((resolve) => request.once("end", resolve));
  const { headers = [["x-up", "1"]], pieces = ["up"], trailers } = scenario.upstream ?? {};
  response.writeHead(200, [...headers.flat(), ...(trailers ? ["trailer", Object.keys(trailers).join()] : [])]);
  for (const piece of pieces) {
    response.write(piece);
    await sleep(APART);
  }
  if (trailers) response.addTrailers(trailers);
  response.end();
}

/** Sends the scenario's request and gives the bytes that came back. */
async function client(port: number, { do: script, headers = [], pieces, trailers, method }: Scenario): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  socket.setEncoding("latin1").on("data", (text: string) => (received += text));
  socket.on("error", () => undefined);
  const all = [
    ["host", "h.example"],
    ["x-do", script],
    ...headers,
    ...(pieces ? [["transfer-encoding", "chunked"]] : []),
  ];
  const lines = (pairs: string[][]): string => pairs.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.write(`${method ?? (pieces ? "POST" : "GET")} /p?q=1 HTTP/1.1\r\n${lines(all)}\r\n`);
  for (const piece of pieces ?? []) {
    await sleep(APART);
    socket.write(`${piece.length.toString(16)}\r\n${piece}\r\n`);
  }
  if (pieces) {
    await sleep(APART);
    socket.write(`0\r\n${lines(Object.entries(trailers ?? {}))}\r\n`);
  }
  await sleep(PATIENCE);
  socket.destroy();
  await sleep(4 * APART);
  return received;
}

/** The status and body of an HTTP/1.1 response as far as it came. */
function parse(response: string): { status: number; body: string } {
  const status = Number(/^HTTP\/1.1 (\d+)/.exec(response)?.[1] ?? 0);
  const [head = ""] = response.split("\r\n\r\n", 1);
  let rest = response.slice(head.length + 4);
  if (!/transfer-encoding: chunked/.test(head)) return { status, body: rest };
  let body = "";
  for (let match = /^([0-9a-f]+)\r\n/.exec(rest); match; match = /^([0-9a-f]+)\r\n/.exec(rest)) {
    const size = Number.parseInt(match[1] as string, 16);
    body += rest.slice(match[0].length, match[0].length + size);
    rest = rest.slice(match[0].length + size + 2);
  }
  return { status, body };
}

/** The probe's own lines, what is Envoy's invention left out. */
function probeLines(log: string): string[] {
  return [...log.matchAll(/wasm log[^:]*: (.*)$/gm)].map(([, line = ""]) =>
    line.replace(/x-request-id=[0-9a-f-]{36} |x-forwarded-proto=http /g, ""),
  );
}

const folder = mkdtempSync(join(tmpdir(), "probe-"));
const server = createServer((request, response) => void upstream(request, response));
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
writeFileSync(
  join(folder, "envoy.json"),
  envoyConfiguration(await compileProbe(), (server.address() as AddressInfo).port),
);
let log = "";
const envoy = spawn(
  await findEnvoy(),
  [
    "-c",
    join(folder, "envoy.json"),
    "--concurrency",
    "1",
    "--use-dynamic-base-id",
    "-l",
    "warning",
    "--component-log-level",
    "wasm:info,main:info",
  ],
  { stdio: ["ignore", "ignore", "pipe"] },
);
envoy.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
try {
  while (!log.includes("starting main dispatch loop")) {
    if (envoy.exitCode !== null) throw new Error(`Envoy did not start:\n${log}`);
    await sleep(APART);
  }
  await sleep(PATIENCE);
  const recorded: Record<string, Recorded> = {};
  for (const [name, each] of Object.entries(SCENARIOS)) {
    scenario = each;
    upstreamBody = null;
    const before = log.length;
    const answer = parse(await client(LISTENERS[listenerOf(each)], each));
    recorded[name] = { lines: probeLines(log.slice(before)), ...answer, upstream: upstreamBody };
    process.stdout.write(`${name}\n`);
  }
  const file = join(import.meta.dirname, "envoy-1.40.json");
  writeFileSync(file, await format(JSON.stringify(recorded), { ...(await resolveConfig(file)), filepath: file }));
} finally {
  envoy.kill();
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
}

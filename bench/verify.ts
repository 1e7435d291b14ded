import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MODEL } from "./bodies.ts";
import { headersFor } from "./client.ts";
import { Gateway, startUpstream } from "./gateway.ts";
import { stopAll } from "./processes.ts";
import type { Shape } from "./shapes.ts";
import type { Variant } from "./variants.ts";
import { WORKSPACE, folder } from "./workspace.ts";

/** What the upstream's answers say they used. */
const TOTAL_TOKENS = 1801;

const LOG_TIMEOUT_MS = 5000;

const REMAINING = "x-ratelimit-remaining-tokens";

/**
 * Sends one request a variant and shape and prints whether the job was done: the upstream saw the model and every byte of the
 * body, the answer arrived whole, the usage was published; a second one to a limiter, whose limit must have less left by
 * exactly what the first used. Returns how many did not.
 */
export async function verify(envoy: string, variants: Variant[], shapes: Shape[]): Promise<number> {
  let failures = 0;
  try {
    const upstreamPort = await startUpstream();
    for (const variant of variants) {
      const file = join(folder(WORKSPACE, "run"), `${variant.job}-${variant.id}.access`);
      rmSync(file, { force: true });
      const accessLog = variant.tokens ? { file, tokens: variant.tokens } : undefined;
      const gateway = await Gateway.start(envoy, `${variant.job}-${variant.id}`, upstreamPort, {
        filters: variant.filters,
        route: variant.route,
        ...(accessLog && { accessLog }),
      });
      const mine = shapes.filter(({ job }) => job === variant.job);
      let sent = 0;
      for (const shape of mine) {
        const first = await ask(gateway.port, variant, shape);
        const problems = first.problems;
        if (accessLog) problems.push(...(await tokenProblems(file, ++sent)));
        if (variant.limits) {
          const second = await ask(gateway.port, variant, shape);
          sent++;
          problems.push(...second.problems, ...limitProblems(first.remaining, second.remaining));
        }
        console.log(
          `${problems.length === 0 ? "ok    " : "wrong "} ${variant.job} ${variant.id}, ${shape.name}${problems.map((problem) => `: ${problem}`).join("")}`,
        );
        failures += problems.length > 0 ? 1 : 0;
      }
      gateway.server.stop();
    }
  } finally {
    stopAll();
  }
  return failures;
}

interface Answered {
  problems: string[];
  /** The tokens that are left, as the answer says. */
  remaining: string | null;
}

async function ask(port: number, variant: Variant, shape: Shape): Promise<Answered> {
  const body = readFileSync(shape.body);
  const headers = { ...headersFor(shape.answer), "x-bench-digest": "1" };
  const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, { method: "POST", headers, body });
  const answer = await response.text();
  const end = shape.answer === "sse" ? "data: [DONE]\n\n" : "}";
  const problems: string[] = [];
  if (response.status !== 200) problems.push(`status ${response.status}: ${answer.slice(0, 200)}`);
  else if (response.headers.get("x-seen-sha256") !== createHash("sha256").update(body).digest("hex"))
    problems.push("the upstream got another body");
  if (variant.route.kind !== "plain" && response.headers.get("x-seen-model") !== MODEL)
    problems.push(`the upstream saw the model "${response.headers.get("x-seen-model")}"`);
  if (response.status === 200 && !answer.endsWith(end)) problems.push("the answer is cut");
  return { problems, remaining: response.headers.get(REMAINING) };
}

/** Both had the same reserved, so the difference is what the first was charged. */
function limitProblems(first: string | null, second: string | null): string[] {
  return Number(first) - Number(second) === TOTAL_TOKENS
    ? []
    : [`${REMAINING} went from ${first} to ${second}, not down by ${TOTAL_TOKENS}`];
}

async function tokenProblems(file: string, requests: number): Promise<string[]> {
  const lines = (): string[] => (existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : []);
  const deadline = Date.now() + LOG_TIMEOUT_MS;
  while (lines().length < requests) {
    if (Date.now() > deadline) return ["the access log has no line for it"];
    await sleep(20);
  }
  const { tokens } = JSON.parse(lines()[requests - 1]!) as { tokens: unknown };
  return Number(tokens) === TOTAL_TOKENS
    ? []
    : [`the total of tokens is ${JSON.stringify(tokens)}, not ${TOTAL_TOKENS}`];
}

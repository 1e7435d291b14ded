import { join } from "node:path";
import { command } from "../scripts/setup/command.ts";
import { LOAD_CORE } from "./processes.ts";
import type { Shape } from "./shapes.ts";
import { BENCH } from "./workspace.ts";

/** What one run of the load generator saw; latencies in milliseconds. Errors: an answer that isn't 2xx or 3xx, or none. */
export interface Load {
  requests: number;
  seconds: number;
  p50: number;
  p99: number;
  errors: number;
}

/** Sends the shape's request again and again over that many connections for whole `seconds`, of `consumers` in turn. */
export async function load(
  port: number,
  shape: Shape,
  seconds: number,
  connections: number,
  consumers = 1,
): Promise<Load> {
  const { output } = await command(
    "taskset",
    [
      "-c",
      String(LOAD_CORE),
      "wrk",
      "-t1",
      `-c${connections}`,
      `-d${seconds}s`,
      "--timeout",
      "30s",
      "-s",
      join(BENCH, "wrk.lua"),
      `http://127.0.0.1:${port}/`,
    ],
    { env: { ...process.env, BODY: shape.body, ANSWER: shape.answer, CONSUMERS: String(consumers) } },
  );
  const summary = /^SUMMARY(\{.*\})$/m.exec(output);
  if (!summary) throw new Error(`wrk failed:\n${output}`);
  const { requests, duration, p50, p99, errors } = JSON.parse(summary[1]!) as Record<
    "requests" | "duration" | "p50" | "p99" | "errors",
    number
  >;
  return { requests, seconds: duration / 1e6, p50: p50 / 1e3, p99: p99 / 1e3, errors };
}

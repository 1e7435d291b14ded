import { SIZES, bodyFile, type Position } from "./bodies.ts";

/** What a plugin is asked to do; see README.md. */
export type Job = "route" | "usage" | "limit" | "prompt" | "reply" | "key" | "sign" | "telemetry" | "chain";

export const JOBS: readonly Job[] = ["route", "usage", "limit", "prompt", "reply", "key", "sign", "telemetry", "chain"];

/** What the upstream sends back; see `upstream/main.go`. */
export type Answer = "json" | "json16" | "sse";

/** One kind of request and answer that all variants of a job are measured with. */
export interface Shape {
  job: Job;
  name: string;
  body: string;
  answer: Answer;
}

/** The shapes of a job; sizes and positions are those of the request of job `route`. */
export function shapesOf(job: Job, sizes: string[], positions: Position[]): Shape[] {
  if (job === "limit") return [{ job, name: "1k", body: bodyFile("1k", "last"), answer: "json" }];
  if (job === "prompt") return [{ job, name: "16k", body: bodyFile("16k", "last"), answer: "json" }];
  if (job === "reply") return [{ job, name: "sse burst", body: bodyFile("1k", "last", true), answer: "sse" }];
  if (job === "chain") return [{ job, name: "1k", body: bodyFile("1k", "last"), answer: "json" }];
  if (job === "telemetry") {
    return [
      { job, name: "json 1k", body: bodyFile("1k", "last"), answer: "json" },
      { job, name: "sse burst", body: bodyFile("1k", "last", true), answer: "sse" },
    ];
  }
  if (job === "key") return [{ job, name: "1k", body: bodyFile("1k", "last"), answer: "json" }];
  if (job === "sign") {
    return ["16k", "1m"].map((size): Shape => ({ job, name: size, body: bodyFile(size, "last"), answer: "json" }));
  }
  if (job === "usage") {
    const body = bodyFile("1k", "last");
    return [
      { job, name: "json 1k", body, answer: "json" },
      { job, name: "json 16k", body, answer: "json16" },
      { job, name: "sse burst", body: bodyFile("1k", "last", true), answer: "sse" },
    ];
  }
  return positions.flatMap((position) =>
    sizes
      .filter((size) => size in SIZES)
      .map((size): Shape => ({ job, name: `${size} ${position}`, body: bodyFile(size, position), answer: "json" })),
  );
}

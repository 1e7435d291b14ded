import { request, type Agent } from "node:http";
import type { Answer } from "./shapes.ts";

const TIMEOUT_MS = 60_000;

/** Those of a chat completion of the consumer `bench` that asks the upstream for `answer`. */
export function headersFor(answer: Answer): Record<string, string> {
  return { "content-type": "application/json", "x-consumer": "bench", "x-bench-answer": answer };
}

/**
 * Posts the body as a chat completion of the consumer `bench`, asking the upstream for `answer`, and returns the status: on a connection
 * of its own, or one of `agent`. Head and body go out in one piece. An answer that comes before the body is sent counts; the rest of the
 * body is then not sent. Rejects when the connection ends without an answer.
 */
export function post(
  port: number,
  body: Buffer,
  answer: Answer = "json",
  agent: Agent | false = false,
): Promise<number> {
  return new Promise((done, failed) => {
    const headers = { ...headersFor(answer), "content-length": body.length };
    const exchange = request({
      host: "127.0.0.1",
      port,
      method: "POST",
      path: "/v1/chat/completions",
      headers,
      agent,
      timeout: TIMEOUT_MS,
    });
    exchange.on("response", (response) => {
      response.resume();
      response.on("close", () => {
        if (!response.complete) exchange.destroy();
        done(response.statusCode!);
      });
    });
    exchange.on("timeout", () => exchange.destroy(new Error("no answer in time")));
    exchange.on("error", failed);
    exchange.end(body);
  });
}

import { readFileSync } from "node:fs";
import { request } from "node:http";
import type { Shape } from "./shapes.ts";

const TIMEOUT_MS = 60_000;

/**
 * Posts the body as a chat completion of the consumer `bench` on a connection of its own and returns the status. An answer that comes before the
 * body is sent counts; the rest of the body is then not sent. Rejects when the connection ends without an answer.
 */
export function post(port: number, body: Buffer): Promise<number> {
  return new Promise((done, failed) => {
    const headers = { "content-type": "application/json", "content-length": body.length, "x-consumer": "bench" };
    const exchange = request({
      host: "127.0.0.1",
      port,
      method: "POST",
      path: "/v1/chat/completions",
      headers,
      agent: false,
      timeout: TIMEOUT_MS,
    });
    exchange.on("response", (response) => {
      response.resume();
      response.on("close", () => {
        exchange.destroy();
        done(response.statusCode!);
      });
    });
    exchange.on("timeout", () => exchange.destroy(new Error("no answer in time")));
    exchange.on("error", failed);
    exchange.end(body);
  });
}

/** Sends one request of a shape, of the consumer `bench`, on any idle connection, and waits for the head of its answer. */
export function ask(port: number, shape: Shape, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-consumer": "bench",
      "x-bench-answer": shape.answer,
      ...headers,
    },
    body: readFileSync(shape.body),
  });
}

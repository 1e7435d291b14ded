import { beforeEach, describe, expect, test } from "vitest";
import { type Outcome, type ResponseSpec } from "../host/exchange.ts";
import { type PluginContext } from "../host/plugin-context.ts";
import { type WasmHost } from "../host/wasm-host.ts";
import { randomFrom, SEED } from "../lib/seeded.ts";
import { ANSWERS } from "./support/answers.ts";
import { timeless } from "./support/visible.ts";
import { DETERMINISTIC, examplesOf, loadVm, moduleOf, pluginNames } from "./support/plugins.ts";
import { bodyOf, fromCaller, randomSplit, REQUESTS } from "./support/traffic.ts";

const request = REQUESTS["a chat that ends with its model, streamed"]!;
const answers = Object.entries(ANSWERS);
/** What a host may answer to a call of the response phase; BadArgument is what Envoy says to a call that comes too late. */
const STATUSES = [2, 10];
const LATER = 1000;

const twoWay = pluginNames().filter((plugin) => moduleOf(plugin).exports.includes("proxy_on_response_headers"));

if (twoWay.length === 0) test("no plugin of these reads answers", () => expect(pluginNames()).not.toEqual([]));

describe.each(twoWay)("%s reading answers", (plugin) => {
  describe.each(examplesOf(plugin, true))("with $name", ({ config }) => {
    let host: WasmHost;
    let context: PluginContext;
    let callers = 0;
    beforeEach(async () => {
      host = await loadVm(plugin, DETERMINISTIC);
      context = host.createPlugin({ configuration: config });
    });

    /** One exchange of somebody who has not asked before. */
    function exchange(answer: ResponseSpec): Outcome {
      const consumer = { "x-consumer": `team-${callers}` };
      const { request: own, options } = fromCaller(callers++, request);
      const headers = { ...(own.headers as object), ...consumer };
      const outcome = context.send({ ...own, headers }, answer, options);
      outcome.stream.finish();
      return outcome;
    }

    test.each(answers)(`%s comes to the same, however it is cut (SEED=${SEED})`, (_name, answer) => {
      const length = bodyOf(answer).length;
      const random = randomFrom(SEED);
      const whole = seen(exchange(answer));
      for (let at = 1; at < length; at++) {
        expect({ at, ...seen(exchange({ ...answer, split: [at] })) }).toEqual({ at, ...whole });
      }
      for (let round = 0; round < 20; round++) {
        const split = randomSplit(random, length, 2 + random(6));
        expect({ split, ...seen(exchange({ ...answer, split })) }).toEqual({ split, ...whole });
        expect(seen(exchange({ ...answer, split, protocol: "HTTP/2" }))).toEqual(whole);
        const ended = seen(exchange({ ...answer, split, trailers: { "x-end": "1" } }));
        expect({ ...ended, body: "" }).toEqual({ ...whole, body: "" });
        expect(whole.body.startsWith(beginning(ended.body))).toBe(true);
        expect(eventsOf(ended.body)).toBeGreaterThanOrEqual(eventsOf(whole.body) - MOST_KEPT_EVENTS);
      }
    });

    test.each(answers)("%s may be reset at any moment", (_name, answer) => {
      const body = bodyOf(answer);
      for (let at = 0; at <= body.length; at += 7) {
        const stream = context.stream();
        stream.request(request);
        if (!stream.upstream.complete) return;
        stream.onResponseHeaders({ ":status": "200", ...(answer.headers as object) }, false);
        stream.onResponseBody(body.subarray(0, at), false);
        stream.reset();
        stream.onResponseBody(body.subarray(at), true);
        expect(stream.isClosed).toBe(true);
      }
      exchange(answer);
      expect(host.trap).toBeUndefined();
    });

    test.each(answers)("%s may end twice", (_name, answer) => {
      const stream = context.stream();
      stream.request(request);
      if (!stream.upstream.complete) return;
      stream.onResponseHeaders({ ":status": "200", ...(answer.headers as object) }, false);
      stream.onResponseBody(bodyOf(answer), false);
      host.call(stream, "proxy_on_response_trailers", stream.id, 0);
      for (let round = 0; round < 2; round++) {
        host.call(stream, "proxy_on_response_body", stream.id, 0, 1);
        host.call(stream, "proxy_on_response_trailers", stream.id, 0);
        host.call(stream, "proxy_on_response_headers", stream.id, 1, 1);
      }
      stream.finish();
      for (const name of ["proxy_on_log", "proxy_on_done", "proxy_on_delete"]) host.call(stream, name, stream.id);
      exchange(answer);
      expect(host.trap).toBeUndefined();
    });

    test.each(moduleOf(plugin).imports.map((name) => name.split(".")[1]!))(
      "%s failing from the answer on cuts it or lets it by, and the next one is fine",
      (call) => {
        for (const [, answer] of answers) {
          const good = seen(exchange(answer));
          for (const status of STATUSES) {
            const stream = context.stream(fromCaller(callers++, request).options);
            stream.request(request);
            host.fail = { [call]: status };
            if (stream.upstream.complete) stream.respond({ ...answer, split: [9, 60, 90] });
            host.tick(LATER);
            expect(!stream.upstream.complete || stream.client.complete || stream.wasReset).toBe(true);
            expect(stream.client.isFramed).toBe(true);
            stream.finish();
            host.fail = {};
          }
          expect(seen(exchange(answer))).toEqual(good);
        }
      },
    );
  });
});

/**
 * Hosts let nobody write a body once its trailers are there, so what was kept back is lost then: an unfinished event, which
 * clients discard (WHATWG HTML, "Interpreting an event stream"), and events whose last words could be the beginning of a match.
 */
function beginning(body: string): string {
  return body.slice(0, body.lastIndexOf("\n\n") + 1);
}

const MOST_KEPT_EVENTS = 2;

function eventsOf(body: string): number {
  return body.split("\n\n").length - 1;
}

/** What a client gets of an answer, and what is said about it afterwards; who asked, and when, is another one each time. */
function seen({ client, filterState }: Outcome) {
  const published = Object.entries(timeless(filterState)).filter(([name]) => name !== "weir.consumer");
  return {
    status: client.status,
    body: client.body,
    complete: client.complete,
    published: Object.fromEntries(published),
  };
}

import { beforeEach, describe, expect, test } from "vitest";
import { outcomeOf, type RequestSpec } from "../host/exchange.ts";
import { type PluginContext } from "../host/plugin-context.ts";
import { type Stream } from "../host/stream.ts";
import { type WasmHost } from "../host/wasm-host.ts";
import { randomFrom, SEED } from "../lib/seeded.ts";
import { readSchema } from "../schema/validator.ts";
import { expectDefinedEnd } from "./support/ending.ts";
import { DETERMINISTIC, examplesOf, loadVm, moduleOf, pluginNames } from "./support/plugins.ts";
import { bodyOf, fromCaller, randomSplit, REQUESTS, RESPONSES } from "./support/traffic.ts";
import { visible } from "./support/visible.ts";

const requests = Object.entries(REQUESTS);
const NO_SUCH_CONTEXT = 4242;

describe.each(pluginNames())("%s", (plugin) => {
  describe.each(examplesOf(plugin, true))("with $name", ({ config }) => {
    let host: WasmHost;
    let context: PluginContext;
    beforeEach(async () => {
      host = await loadVm(plugin);
      context = host.createPlugin({ configuration: config });
    });

    /** The configuration in a VM and a process of its own, where nothing has been used yet. */
    async function start(): Promise<PluginContext> {
      return (await loadVm(plugin, DETERMINISTIC)).createPlugin({ configuration: config });
    }

    test.each(requests)("%s comes to an end, whatever is answered", (_name, request) => {
      for (const response of RESPONSES) expectDefinedEnd(host, plugin, context.send(request, response));
    });

    test.each(requests)("%s comes to an end over HTTP/2 and in any pieces", (_name, request) => {
      const random = randomFrom(SEED);
      for (let round = 0; round < 10; round++) {
        const split = randomSplit(random, bodyOf(request).length, round);
        expectDefinedEnd(host, plugin, context.send({ ...request, protocol: "HTTP/2", split }, RESPONSES[round % 4]));
      }
    });

    test.each(requests)("%s comes to an end when trailers end it", (_name, request) => {
      const trailers = { "x-checksum": "1" };
      expectDefinedEnd(host, plugin, context.send({ ...request, trailers }));
      expectDefinedEnd(host, plugin, context.send({ ...request, trailers, split: [1, 5] }, RESPONSES[3]));
    });

    test.each(requests)("%s may be reset at any moment", (_name, request) => {
      const steps = stepsOf(request);
      for (let moment = 0; moment <= steps.length; moment++) {
        const stream = context.stream();
        steps.slice(0, moment).forEach((step) => step(stream));
        stream.reset();
        steps.slice(moment).forEach((step) => step(stream));
        expect(stream.isClosed).toBe(true);
      }
      expectDefinedEnd(host, plugin, context.send(request));
    });

    test.each(requests)("%s may end twice", (_name, request) => {
      const outcome = context.send(request);
      for (const name of ["proxy_on_log", "proxy_on_done", "proxy_on_delete"]) {
        host.call(outcome.stream, name, outcome.stream.id);
      }
      const stream = context.stream();
      stream.request(request);
      const { exports } = moduleOf(plugin);
      for (let round = 0; round < 2 && !stream.isClosed; round++) {
        if (exports.includes("proxy_on_request_body")) host.call(stream, "proxy_on_request_body", stream.id, 0, 1);
        if (exports.includes("proxy_on_request_trailers")) host.call(stream, "proxy_on_request_trailers", stream.id, 0);
      }
      stream.finish();
      expectDefinedEnd(host, plugin, context.send(request));
    });

    test(`many at once do not mix (SEED=${SEED})`, async () => {
      const random = randomFrom(SEED);
      for (let round = 0; round < 20; round++) {
        const [mixed, apart] = await Promise.all([start(), start()]);
        const running = requests.map(([name, request], caller) => {
          const { request: own, options } = fromCaller(caller, request);
          return { name, own, options, stream: mixed.stream(options), steps: stepsOf(own) };
        });
        for (let left = running; left.length > 0; left = left.filter(({ steps }) => steps.length > 0)) {
          const { stream, steps } = left[random(left.length)]!;
          steps.shift()!(stream);
        }
        for (const { name, own, options, stream } of running) {
          const alone = apart.stream(options);
          stepsOf(own).forEach((step) => step(alone));
          expect({ name, ...visible(outcomeOf(stream)) }).toEqual({ name, ...visible(outcomeOf(alone)) });
          for (const each of [stream, alone]) each.finish();
        }
      }
    });

    test("callbacks for contexts that are not there do nothing", () => {
      const deleted = context.send(requests[0]![1]).stream.id;
      const before = visible(context.send(requests[0]![1]));
      const callbacks = moduleOf(plugin).exports.filter(
        (name) => name.startsWith("proxy_on_") && !/memory_allocate|vm_start|configure/.test(name),
      );
      for (const name of callbacks) {
        for (const id of [NO_SUCH_CONTEXT, deleted]) host.call(context, name, id, 1, 0, 0, 0);
      }
      host.call(context, "proxy_on_context_create", NO_SUCH_CONTEXT, NO_SUCH_CONTEXT + 1);
      host.call(context, "proxy_on_request_headers", NO_SUCH_CONTEXT, 1, 1);
      expect(visible(context.send(requests[0]![1])).status).toBe(before.status);
    });

    test.runIf(moduleOf(plugin).exports.includes("proxy_on_http_call_response"))(
      "answers to callouts of streams that are gone do nothing",
      () => {
        for (const [, request] of requests) {
          const stream = context.stream();
          stream.request(request);
          stream.reset();
          for (const callout of host.callouts) callout.timeOut();
        }
        host.call(context, "proxy_on_http_call_response", context.id, NO_SUCH_CONTEXT, 1, 0, 0);
        expectDefinedEnd(host, plugin, context.send(requests[0]![1]));
      },
    );

    test.runIf("maxHeldBytes" in (readSchema(plugin)["properties"] as object))(
      "a body over maxHeldBytes streams by or is refused, in any pieces",
      async () => {
        const vm = await loadVm(plugin);
        const small = vm.createPlugin({ configuration: { ...(config as object), maxHeldBytes: 1024 } });
        expect(small.ok).toBe(true);
        for (const [, request] of requests) {
          if (request.body === undefined) continue;
          const body = `{"padding":"${"x".repeat(5000)}",${(request.body as string).slice(1)}`;
          for (const split of [[], [100], [1023, 1024, 1025], [4000], [...Array(50).keys()].map((i) => i * 100)]) {
            const outcome = small.send({ ...request, body, split });
            expectDefinedEnd(vm, plugin, outcome);
            expect(outcome.localReply?.details).not.toBe("request_payload_too_large");
            // What says when to come back is about a service that the plugin depends on, not about the body.
            const isAboutBody = outcome.localReply?.headers.has("retry-after") === false;
            if (isAboutBody) expect(outcome.localReply?.status).toBeLessThan(500);
          }
        }
      },
    );
  });
});

/** A request and its answer, callback by callback. */
function stepsOf(request: RequestSpec): ((stream: Stream) => void)[] {
  const body = bodyOf(request);
  const pieces = [body.subarray(0, 9), body.subarray(9, body.length >> 1), body.subarray(body.length >> 1)];
  const hasBody = request.body !== undefined;
  const headers = { ":method": request.method!, ":path": request.path!, ...(request.headers as object) };
  const answers = (step: (stream: Stream) => void) => (stream: Stream) => {
    if (stream.upstream.headers && !stream.isClosed) step(stream);
  };
  return [
    (stream) => stream.onRequestHeaders(headers, !hasBody),
    ...(hasBody ? pieces.map((piece) => (stream: Stream) => stream.onRequestBody(piece, false)) : []),
    ...(hasBody ? [(stream: Stream) => stream.onRequestTrailers({ "x-end": "1" })] : []),
    answers((stream) => stream.onResponseHeaders({ ":status": "200" }, false)),
    answers((stream) => stream.onResponseBody('data: {"choices":[', false)),
    answers((stream) => stream.onResponseBody("]}\n\n", false)),
    answers((stream) => stream.onResponseBody("data: [DONE]\n\n", true)),
  ];
}

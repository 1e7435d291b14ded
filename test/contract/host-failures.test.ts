import { describe, expect, test } from "vitest";
import { expectDefinedEnd } from "./support/ending.ts";
import { examplesOf, loadVm, moduleOf, pluginNames } from "./support/plugins.ts";
import { REQUESTS, RESPONSES } from "./support/traffic.ts";

/** What a request that waits for a callout can't be let go without. */
const RESUMING = ["proxy_set_effective_context", "proxy_continue_stream"];

/** NotFound, BadArgument, InternalFailure, Unimplemented: what hosts answer for what they don't have. */
const STATUSES = [1, 2, 10, 12];

describe.each(pluginNames())("%s on a host where", (plugin) => {
  const calls = moduleOf(plugin).imports.map((name) => name.split(".")[1]!);
  const examples = examplesOf(plugin, true);

  test.each(calls)("%s fails at configuration starts or says why not, and serves", async (call) => {
    for (const status of STATUSES) {
      const host = await loadVm(plugin, { fail: { [call]: status } });
      for (const { config } of examples) {
        const context = host.createPlugin({ configuration: config });
        if (!context.ok) {
          expect(call === "proxy_log" || context.logs.length > 0).toBe(true);
          continue;
        }
        host.fail = {};
        for (const request of Object.values(REQUESTS)) expectDefinedEnd(host, plugin, context.send(request));
        host.fail = { [call]: status };
      }
    }
  });

  test.each(calls)("%s fails while requests are served ends every one of them", async (call) => {
    const host = await loadVm(plugin);
    for (const { config } of examples) {
      const context = host.createPlugin({ configuration: config });
      for (const [index, request] of Object.values(REQUESTS).entries()) {
        for (const status of STATUSES) {
          host.fail = { [call]: status };
          const outcome = context.send({ ...request, split: [20] }, RESPONSES[index % 4]);
          if (host.callouts.length > 0 && RESUMING.includes(call)) outcome.stream.reset();
          expectDefinedEnd(host, plugin, outcome);
          host.fail = {};
        }
      }
      for (const request of Object.values(REQUESTS)) expectDefinedEnd(host, plugin, context.send(request));
    }
  });

  test("nothing works at all still ends every request", async () => {
    const host = await loadVm(plugin);
    const context = host.createPlugin({ configuration: examples[0]!.config });
    const answering = ["proxy_send_local_response", "proxy_close_stream"];
    for (const request of Object.values(REQUESTS)) {
      host.fail = Object.fromEntries(calls.filter((call) => !answering.includes(call)).map((call) => [call, 12]));
      expectDefinedEnd(host, plugin, context.send(request));
    }
    expect(host.trap).toBeUndefined();
  });

  test("a configuration can't be read is refused, not taken for an empty one", async () => {
    for (const status of STATUSES) {
      const host = await loadVm(plugin, { fail: { proxy_get_buffer_bytes: status } });
      const { config } = examples.find((example) => Object.keys(example.config as object).length > 0)!;
      expect(host.createPlugin({ configuration: config }).ok).toBe(false);
    }
  });
});

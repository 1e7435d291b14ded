import { describe, expect, test } from "vitest";
import { type Outcome } from "../host/exchange.ts";
import { expectDefinedEnd } from "./support/ending.ts";
import { examplesOf, loadVm, pluginNames } from "./support/plugins.ts";
import { REQUESTS } from "./support/traffic.ts";

/** How long a request may hang on a host that never sends the body it is held for, in milliseconds. */
const PATIENCE = 5000;
const LATER = 600_000;

describe.each(pluginNames())("%s holding a request", (plugin) => {
  describe.each(examplesOf(plugin, true))("with $name", ({ config }) => {
    test("on a host without the pausing flag answers 500 in time, or does without, and says what to set", async () => {
      const host = await loadVm(plugin, { allowOnHeadersStopIteration: false });
      const context = host.createPlugin({ configuration: config });
      for (const request of Object.values(REQUESTS)) {
        host.logs.length = 0;
        const outcome: Outcome = context.send(request);
        const { stream, status } = outcome;
        if (status !== "held") continue;
        const awaitsCallout = host.callouts.length > 0;
        host.tick(PATIENCE);
        if (awaitsCallout) {
          expectDefinedEnd(host, plugin, outcome);
          continue;
        }
        const lines = host.logs.filter(({ level }) => ["warn", "error", "critical"].includes(level));
        const said = lines.map(({ text }) => text).join("\n");
        expect(said).toContain("allow_on_headers_stop_iteration");
        if (said.includes("goes on with the body alone")) expectDefinedEnd(host, plugin, outcome);
        else expect(stream.localReply).toMatchObject({ status: 500, details: `weir.${plugin}.pausing_off` });
      }
    });

    test("waits for a slow client where the host has shown the flag", async () => {
      const host = await loadVm(plugin);
      const context = host.createPlugin({ configuration: config });
      for (const request of Object.values(REQUESTS)) context.send(request);
      const stream = context.stream();
      stream.onRequestHeaders({ ":method": "POST", ":path": "/v1/chat/completions" }, false);
      const isAnswered = stream.localReply !== undefined;
      host.tick(LATER);
      stream.onRequestBody('{"messages":[', false);
      host.tick(LATER);
      expect(stream.localReply !== undefined).toBe(isAnswered);
      expect(host.logs.filter(({ text }) => text.includes("allow_on_headers_stop_iteration"))).toEqual([]);
    });
  });
});

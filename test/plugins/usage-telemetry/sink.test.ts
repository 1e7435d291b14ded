import { describe, expect, test } from "vitest";
import { type WasmHost } from "../../host/wasm-host.ts";
import { answer, chat, startTelemetry } from "./support/telemetry.ts";

const USAGE = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };
const TICK = 1000;
const callout = { cluster: "audit", path: "/records", timeout: "500ms" };

function dropped(host: WasmHost): number {
  return host.process.metrics.counter("weir.usage-telemetry.records_dropped");
}

describe("records that are sent to a service", () => {
  test("go in one batch a second, one object a line", async () => {
    const { host, telemetry } = await startTelemetry({ audit: { callout } }, { clusters: ["audit"] });
    for (let i = 0; i < 3; i++) telemetry.send(chat({}, { "x-request-id": `r-${i}` }), answer(USAGE));
    expect(host.callouts).toEqual([]);
    host.tick(TICK);
    const [sent] = host.callouts;
    expect(sent!.headers.get(":path")).toBe("/records");
    const lines = sent!.text.trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(["r-0", "r-1", "r-2"]);
  });

  test("go to the service's host where Istio named the cluster", async () => {
    const cluster = "outbound|8080||audit.ai.svc.cluster.local";
    const { host, telemetry } = await startTelemetry({ audit: { callout: { cluster } } }, { clusters: [cluster] });
    telemetry.send(chat(), answer(USAGE));
    host.tick(TICK);
    expect(host.callouts[0]!.headers.get(":authority")).toBe("audit.ai.svc.cluster.local");
  });

  test("that isn't there are sent three times, then dropped and counted", async () => {
    const { host, telemetry } = await startTelemetry({ audit: { callout } }, { clusters: ["audit"] });
    telemetry.send(chat(), answer(USAGE));
    for (let i = 0; i < 3; i++) {
      host.tick(TICK);
      expect(host.callouts.length).toBe(1);
      host.callouts[0]!.timeOut();
    }
    host.tick(TICK);
    expect([host.callouts.length, dropped(host)]).toEqual([0, 1]);
  });

  test("whose cluster is not there are dropped and counted, and the log says so once", async () => {
    const { host, telemetry } = await startTelemetry({ audit: { callout } }, { clusters: [] });
    for (let record = 0; record < 2; record++) {
      telemetry.send(chat(), answer(USAGE));
      for (let i = 0; i < 4; i++) host.tick(TICK);
    }
    expect(dropped(host)).toBe(2);
    expect(host.logs.map(({ level, text }) => `${level} ${text}`)).toEqual([
      "warn usage-telemetry: config.audit.callout.cluster: audit can't be asked",
    ]);
  });

  test("that there is no room for are dropped and counted", async () => {
    const audit = { callout: { ...callout, maxBufferedBytes: "4KiB" } };
    const { host, telemetry } = await startTelemetry({ audit }, { clusters: ["audit"] });
    for (let i = 0; i < 100; i++) telemetry.send(chat(), answer(USAGE));
    host.tick(TICK);
    const sent = host.callouts[0]!.text.trimEnd().split("\n").length;
    expect(sent).toBeGreaterThan(5);
    expect(dropped(host)).toBe(100 - sent);
  });
});

import { describe, expect, test } from "vitest";
import { visible } from "./support/visible.ts";
import { DETERMINISTIC, examplesOf, loadVm, pluginNames, type Example } from "./support/plugins.ts";
import { REQUESTS, RESPONSES } from "./support/traffic.ts";
import { type PluginContext } from "../host/plugin-context.ts";

describe.each(pluginNames())("%s", (plugin) => {
  const valid = examplesOf(plugin, true);

  test.each(valid)("takes $name without a word", async ({ config }) => {
    const host = await loadVm(plugin);
    const { ok, logs } = host.createPlugin({ configuration: config });
    expect({ ok, logs }).toEqual({ ok: true, logs: [] });
  });

  test.each(examplesOf(plugin, false))("refuses $name and names the key", async ({ config }) => {
    const host = await loadVm(plugin);
    const { ok, logs } = host.createPlugin({ configuration: config });
    expect(ok).toBe(false);
    const lines = logs.flatMap(({ level, text }) => text.split("\n").map((line) => `${level} ${line}`));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      expect(line).toMatch(new RegExp(`^error ${plugin}: config([.[][^ ]*)?: .+`));
    }
    expect(lines.some((line) => keysOf(config).some((key) => line.includes(key)))).toBe(true);
  });

  test("takes no configuration at all for an empty one", async () => {
    const isTaken = async (configuration: string) => (await loadVm(plugin)).createPlugin({ configuration }).ok;
    expect([await isTaken(""), await isTaken(" \n")]).toEqual([await isTaken("{}"), await isTaken("{}")]);
  });

  test.each([
    "{",
    '{"mode":"Off"',
    "{]",
    '"text"',
    "[]",
    "null",
    "1",
    "\uFEFF{}",
    "{}{}",
    "{'a':1}",
    "\0",
    "[".repeat(99),
  ])("refuses %j with a word", async (configuration) => {
    const { ok, logs } = (await loadVm(plugin)).createPlugin({ configuration });
    expect(ok).toBe(false);
    expect(logs.map(({ text }) => text).join("\n")).toMatch(new RegExp(`^${plugin}: config: `));
  });

  test("a key twice is refused", async () => {
    const key = Object.keys(
      valid.map(({ config }) => config as object).find((each) => Object.keys(each).length > 0)!,
    )[0];
    const { ok, logs } = (await loadVm(plugin)).createPlugin({ configuration: `{"${key}":1,"${key}":1}` });
    expect(ok).toBe(false);
    expect(logs[0]?.text).toContain(`config.${key}`);
  });

  test("a wrong configuration leaves those that the VM has as they are", async () => {
    const host = await loadVm(plugin, DETERMINISTIC);
    const context = host.createPlugin({ configuration: valid[0]!.config });
    const before = answers(context);
    expect(host.createPlugin({ configuration: "{" }).ok).toBe(false);
    expect(answers(context)).toEqual(before);
  });

  describe("several configurations in one VM", () => {
    const three = [valid[0]!, valid[Math.floor(valid.length / 2)]!, valid.at(-1)!];

    test.each(ORDERS)("keep apart, and apart from the deleted, when deleted in the order %j", async (...order) => {
      const alone = await Promise.all(three.map((example) => answersAlone(plugin, example)));
      const host = await loadVm(plugin, DETERMINISTIC);
      const together = three.map(({ config }) => host.createPlugin({ configuration: config }));
      for (const next of order) {
        together.forEach((context, index) => {
          if (!context.isDeleted) expect(answers(context)).toEqual(alone[index]);
        });
        together[next]!.delete();
      }
      const again = host.createPlugin({ configuration: three[0]!.config });
      expect(answers(again)).toEqual(alone[0]);
    });

    test("may be deleted while their streams still run", async () => {
      const host = await loadVm(plugin);
      const contexts = valid.map(({ config }) => host.createPlugin({ configuration: config }));
      const streams = contexts.map((context) => {
        const stream = context.stream();
        stream.onRequestHeaders({ ":method": "POST", ":path": "/v1/chat/completions" }, false);
        stream.onRequestBody('{"messages":[', false);
        return stream;
      });
      contexts.forEach((context) => context.delete());
      streams.forEach((stream) => {
        stream.onRequestBody('],"model":"gpt-4o"}', true);
        stream.finish();
      });
      expect(host.trap).toBeUndefined();
    });
  });
});

const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as [number, number, number][];

function answers(context: PluginContext) {
  return Object.values(REQUESTS).map((request) => visible(context.send(request, RESPONSES[0])));
}

async function answersAlone(plugin: string, { config }: Example) {
  return answers((await loadVm(plugin, DETERMINISTIC)).createPlugin({ configuration: config }));
}

function keysOf(config: unknown): string[] {
  return Array.isArray(config) ? ["config"] : Object.keys(config as object);
}

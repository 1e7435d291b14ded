import { describe, expect, test } from "vitest";
import { type RequestSpec } from "../host/exchange.ts";
import { readSchema } from "../schema/validator.ts";
import { examplesOf, loadVm, pluginNames } from "./support/plugins.ts";

const chatOf = (consumer: string): RequestSpec => ({
  method: "POST",
  path: "/v1/chat/completions",
  headers: { "content-type": "application/json", "x-consumer": consumer, "x-groups": "a, b" },
  body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] }),
});

const IDENTIFYING = pluginNames().filter((plugin) => "consumer" in (readSchema(plugin).properties as object));

describe.each(IDENTIFYING)("%s", (plugin) => {
  const publishedBy = async (configuration: object): Promise<(string | undefined)[]> => {
    const minimal = examplesOf(plugin, true).find(({ name }) => name === "valid-minimal.json")!.config as object;
    const created = (await loadVm(plugin)).createPlugin({ configuration: { ...minimal, ...configuration } });
    expect(created.ok).toBe(true);
    return ["team-a", "b", "team-c"].map((name) => created.send(chatOf(name)).filterState["weir.consumer"]);
  };

  test("publishes who asks where the operator says how to know it, and only there", async () => {
    const consumer = [{ header: "x-consumer" }, { group: { header: "x-groups" } }];
    expect(await publishedBy({ consumer })).toEqual(["team-a", "b", "team-c"]);
    expect(await publishedBy({})).toEqual([undefined, undefined, undefined]);
  });
});

import { describe, expect, test } from "vitest";
import { type RequestSpec } from "../host/exchange.ts";
import { readSchema } from "../schema/validator.ts";
import { examplesOf, loadVm, pluginNames } from "./support/plugins.ts";

const CHAT: RequestSpec = {
  method: "POST",
  path: "/v1/chat/completions",
  headers: { "content-type": "application/json", "x-consumer": "team-a" },
  body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] }),
};

const IDENTIFYING = pluginNames().filter((plugin) => "consumer" in (readSchema(plugin).properties as object));

describe.each(IDENTIFYING)("%s", (plugin) => {
  const publishedBy = async (configuration: object): Promise<string | undefined> => {
    const minimal = examplesOf(plugin, true).find(({ name }) => name === "valid-minimal.json")!.config as object;
    const created = (await loadVm(plugin)).createPlugin({ configuration: { ...minimal, ...configuration } });
    expect(created.ok).toBe(true);
    return created.send(CHAT).filterState["weir.consumer"];
  };

  test("publishes who asks where the operator says how to know it, and only there", async () => {
    expect(await publishedBy({ consumer: [{ header: "x-consumer" }] })).toBe("team-a");
    expect(await publishedBy({})).toBeUndefined();
  });
});

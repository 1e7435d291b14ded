import { describe, expect, test } from "vitest";
import { type WasmHost } from "../host/wasm-host.ts";
import { compileSchema, readExamples, readSchema } from "../schema/validator.ts";
import { isBeyondSchema } from "./support/beyond-schema.ts";
import { mutationsOf } from "./support/mutations.ts";
import { loadVm, pluginNames } from "./support/plugins.ts";

describe.each(pluginNames())("%s and its schema", (plugin) => {
  const schema = readSchema(plugin);
  const validate = compileSchema(schema);

  test.each(readExamples(plugin))("agree about $name and every mutation of it", async ({ config }) => {
    const host = await loadVm(plugin);
    const disagreements: string[] = [];
    for (const mutation of [{ what: "as it is", config }, ...mutationsOf(config, schema)]) {
      const complaint = disagreement(host, mutation.config);
      if (complaint) disagreements.push(`${mutation.what}: ${complaint}`);
    }
    expect(disagreements).toEqual([]);
  });

  function disagreement(host: WasmHost, config: unknown): string | undefined {
    const isValid = validate(config);
    const { ok, lines } = configure(host, config);
    if (ok === isValid) return undefined;
    if (isValid && lines.every(isBeyondSchema)) return undefined;
    return isValid
      ? `the schema takes it, the plugin says ${lines.join("; ")}`
      : `the plugin takes it, the schema says ${validate.errors?.map((error) => `${error.instancePath} ${error.message}`).join("; ")}`;
  }
});

function configure(host: WasmHost, configuration: unknown): { ok: boolean; lines: string[] } {
  const context = host.createPlugin({ configuration: JSON.stringify(configuration) });
  const lines = context.logs.flatMap(({ text }) => text.split("\n"));
  context.delete();
  host.logs.length = 0;
  return { ok: context.ok, lines };
}

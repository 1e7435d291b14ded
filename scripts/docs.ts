/**
 * `npm run docs`: writes the option table of each plugin, generated from its `schema.json`, into its README. With
 * `--check` writes nothing, and fails when a table is out of date.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { optionTable, withTable, type Schema } from "./docs/option-table.ts";
import { readArguments, usageOf } from "./setup/arguments.ts";
import { SetupError, main } from "./setup/progress.ts";
import { ROOT } from "./setup/root.ts";

await main(async () => {
  const { values } = readArguments(usageOf("docs", "[--check]"), {
    check: { type: "boolean", default: false },
  });
  const plugins = readdirSync(join(ROOT, "plugins")).filter((name) =>
    existsSync(join(ROOT, "plugins", name, "schema.json")),
  );
  let stale = 0;
  for (const plugin of plugins) {
    const file = join(ROOT, "plugins", plugin, "README.md");
    if (!existsSync(file)) throw new SetupError(`plugins/${plugin}/README.md is missing`);
    const readme = readFileSync(file, "utf8");
    const schema = JSON.parse(readFileSync(join(ROOT, "plugins", plugin, "schema.json"), "utf8")) as Schema;
    const wanted = withTable(readme, optionTable(schema));
    if (wanted === readme) continue;
    stale += 1;
    if (!values.check) writeFileSync(file, wanted);
    console.log(`plugins/${plugin}/README.md: ${values.check ? "out of date (npm run docs)" : "written"}`);
  }
  return values.check && stale > 0 ? 1 : 0;
});

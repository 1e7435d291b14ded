/**
 * `npm run hosts`: tries every plugin in every host and writes the table of what works where into the README. `--no-build` takes
 * `dist/` as it is.
 */
import { writeFileSync } from "node:fs";
import { HOSTS, readTableFile, TABLE_FILE, tableOf, tryHost, withHosts } from "../test/hosts/table.ts";
import { BUILD, readArguments, usageOf } from "./setup/arguments.ts";
import { build } from "./setup/plugins.ts";
import { main, step } from "./setup/progress.ts";

await main(async () => {
  const { values } = readArguments(usageOf("hosts", "[--no-build]"), BUILD);
  if (values.build) await build();
  const columns = [];
  for (const host of HOSTS) columns.push(await step(host.name, () => tryHost(host)));
  const table = tableOf(columns);
  console.log(table);
  writeFileSync(TABLE_FILE, withHosts(readTableFile(), table));
  return 0;
});

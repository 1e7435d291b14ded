/** `npm run hosts`: tries every plugin in every host and writes the table of what works where into the README. */
import { writeFileSync } from "node:fs";
import { HOSTS, readTableFile, TABLE_FILE, tableOf, tryHost, withHosts } from "../test/hosts/table.ts";
import { build } from "./setup/plugins.ts";
import { main, step } from "./setup/progress.ts";

await main(async () => {
  if (!process.argv.includes("--no-build")) await build();
  const columns = [];
  for (const host of HOSTS) columns.push(await step(host.name, () => tryHost(host)));
  const table = tableOf(columns);
  console.log(table);
  writeFileSync(TABLE_FILE, withHosts(readTableFile(), table));
  return 0;
});

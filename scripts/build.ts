/** `npm run build [-- --only NAME]`: compiles the plugins to `dist/` and prints their sizes. */
import { parseArgs } from "node:util";
import { build } from "./setup/plugins.ts";
import { main } from "./setup/progress.ts";

await main(async () => {
  const { values } = parseArgs({ options: { only: { type: "string", multiple: true } } });
  const built = await build(values.only);
  const width = Math.max(6, ...built.map(({ name }) => name.length));
  console.log(`${"plugin".padEnd(width)}  ${"bytes".padStart(8)}  ${"gzip".padStart(8)}`);
  for (const { name, bytes, gzipBytes } of built) {
    console.log(`${name.padEnd(width)}  ${String(bytes).padStart(8)}  ${String(gzipBytes).padStart(8)}`);
  }
  return 0;
});

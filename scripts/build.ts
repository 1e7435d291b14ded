/** `npm run build [-- --only NAME]`: compiles the plugins to `dist/` and prints their sizes. */
import { readArguments, usageOf } from "./setup/arguments.ts";
import { build, mostBytesOf } from "./setup/plugins.ts";
import { main } from "./setup/progress.ts";

const USAGE = usageOf("build", "[--only NAME]...");

await main(async () => {
  const { values } = readArguments(USAGE, { only: { type: "string", multiple: true } });
  const built = await build(values.only);
  const width = Math.max(6, ...built.map(({ name }) => name.length));
  console.log(`${"plugin".padEnd(width)}  ${"bytes".padStart(8)}  ${"limit".padStart(6)}  ${"gzip".padStart(8)}`);
  for (const { name, bytes, gzipBytes } of built) {
    console.log(
      `${name.padEnd(width)}  ${String(bytes).padStart(8)}  ${share(name, bytes).padStart(6)}  ${String(gzipBytes).padStart(8)}`,
    );
  }
  return 0;
});

/** How much of its limit a plugin uses. */
function share(name: string, bytes: number): string {
  return `${Math.ceil((100 * bytes) / mostBytesOf(name))}%`;
}

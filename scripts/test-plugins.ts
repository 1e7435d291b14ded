/** `npx weir test [--only NAME]... [vitest arguments]`: builds and tests the plugins of a project that is built on Weir. */
import { pluginNames } from "./setup/plugins.ts";
import { main } from "./setup/progress.ts";
import { testPlugins } from "./test/plugins.ts";
import { takeOnly } from "./test/run.ts";

await main(() => {
  const { only, rest } = takeOnly(process.argv.slice(2));
  return testPlugins(only.length > 0 ? only : pluginNames(), rest);
});

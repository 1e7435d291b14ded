/** `npx weir test [--only NAME]... [--no-build] [vitest arguments]`: builds and tests the plugins of a project that is built on Weir. */
import { pluginNames } from "./setup/plugins.ts";
import { main } from "./setup/progress.ts";
import { testPlugins } from "./test/plugins.ts";
import { takeArguments } from "./test/run.ts";

await main(() => {
  const taken = takeArguments(process.argv.slice(2));
  return testPlugins(taken.only.length > 0 ? taken : { ...taken, only: pluginNames() });
});

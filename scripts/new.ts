/**
 * `npm run new -- NAME [--description TEXT]`: makes `plugins/NAME` and its tests from the template. Without arguments it asks, on a
 * terminal.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ask, type Answers } from "./new/questions.ts";
import { problemOf } from "./new/name.ts";
import { filesOf } from "./new/template.ts";
import { readArguments, usageOf } from "./setup/arguments.ts";
import { command } from "./setup/command.ts";
import { packageFile } from "./setup/package-file.ts";
import { SetupError, main } from "./setup/progress.ts";
import { IS_PACKAGE, ROOT } from "./setup/root.ts";

const USAGE = usageOf("new", "NAME [--description TEXT]");

await main(async () => {
  const { name, description } = await answers();
  const problem = problemOf(name);
  if (problem !== undefined) throw new SetupError(`${name} ${problem}`);
  const files = filesOf(name, { description, isPackage: IS_PACKAGE });
  for (const { path, text } of files) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text, { flag: "wx" });
  }
  if (!IS_PACKAGE) await format(files.map(({ path }) => path));
  const test = IS_PACKAGE ? `npx weir test --only ${name}` : `npm test -- --only ${name}`;
  console.log(
    `Made plugins/${name}, with tests in test/plugins/${name} and test/envoy/${name}. It works as it is: ${test}`,
  );
  return 0;
});

async function answers(): Promise<Answers> {
  const { values, positionals } = readArguments(USAGE, { description: { type: "string" } }, { allowPositionals: true });
  const [name, ...more] = positionals;
  if (more.length > 0) throw new SetupError(`one name at a time\n${USAGE}`);
  if (values.description?.includes("\n")) throw new SetupError("the description must be one line");
  if (name !== undefined) return { name, description: values.description };
  if (!process.stdin.isTTY) throw new SetupError(USAGE);
  return ask(process.stdin, process.stdout);
}

/** Lines break by the name's length. */
async function format(files: string[]): Promise<void> {
  const sources = files.filter((file) => /\.(ts|json)$/.test(file));
  const { code, output } = await command(
    process.execPath,
    [packageFile("prettier", "bin", "prettier.cjs"), "--write", "--log-level", "warn", ...sources],
    { cwd: ROOT },
  );
  if (code !== 0) throw new SetupError(`prettier does not take the new files:\n${output.trimEnd()}`);
}

import { parseArgs, type ParseArgsConfig } from "node:util";
import { SetupError } from "./progress.ts";
import { IS_PACKAGE } from "./root.ts";

/** `--no-build`, which takes what is in `dist/` as it is. */
export const BUILD = { build: { type: "boolean", default: true } } as const;

/** How a command is typed, with what may follow it: with npm, or with npx where Weir is a package of the project. */
export function usageOf(name: string, rest: string): string {
  return IS_PACKAGE ? `usage: npx weir ${name} ${rest}` : `usage: npm run ${name} -- ${rest}`;
}

/**
 * A script's options, and what stands free where `allowPositionals`; throws a `SetupError` that says what is wrong with them, and
 * the usage.
 */
export function readArguments<Options extends NonNullable<ParseArgsConfig["options"]>>(
  usage: string,
  options: Options,
  { allowPositionals = false }: { allowPositionals?: boolean } = {},
) {
  try {
    return parseArgs({ options, allowPositionals, allowNegative: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith("ERR_PARSE_ARGS_")) throw error;
    throw new SetupError(`${message.split(/\. (?:To specify|This command)|\n/)[0]}\n${usage}`);
  }
}

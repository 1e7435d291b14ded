import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { SetupError } from "./progress.ts";

/**
 * The absolute path of the program that an environment variable names, by path or as on PATH; undefined when it is not set. Throws a
 * `SetupError` when there is none.
 */
export function namedBy(variable: string): string | undefined {
  const told = process.env[variable];
  if (!told) return undefined;
  const found = told.includes("/") ? resolve(told) : onPath(told);
  if (!found || !isExecutable(found)) throw new SetupError(`${variable} is ${told}, which is not an executable file.`);
  return found;
}

/** The absolute path of the first program of this name on PATH. */
export function onPath(name: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

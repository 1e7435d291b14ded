import { command } from "./command.ts";
import { SetupError } from "./progress.ts";
import { ROOT } from "./root.ts";

/** A module of Go's by its path and exact version, with the hash that Go's checksum database has of it. */
export interface GoModule {
  path: string;
  version: string;
  /** What `go mod download -json` calls `Sum`. */
  sum: string;
}

/**
 * Fetches a module's source, which Go keeps in its module cache, and returns its folder there; it is read-only.
 *
 * Throws a `SetupError` when it can't be had or isn't what was pinned.
 */
export async function fetchGoModule(go: string, { path, version, sum }: GoModule): Promise<string> {
  const name = `${path}@${version}`;
  const { code, output } = await command(go, ["mod", "download", "-json", name], {
    cwd: ROOT,
    env: { ...process.env, GOFLAGS: "", GOTOOLCHAIN: "auto" },
  });
  const answer = /^\{[\s\S]*^\}/m.exec(output)?.[0];
  const { Dir, Sum, Error } = JSON.parse(answer ?? "{}") as { Dir?: string; Sum?: string; Error?: string };
  if (code !== 0 || Dir === undefined) throw new SetupError(`Go could not fetch ${name}: ${Error ?? output.trimEnd()}`);
  if (Sum !== sum) throw new SetupError(`${name} is not what was pinned: its hash is ${Sum}, not ${sum}.`);
  return Dir;
}

import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { command } from "../../scripts/setup/command.ts";
import { ROOT } from "../../scripts/setup/root.ts";

/** What may be there already, where somebody has done as docs/writing-a-plugin.md says. */
const MADE = /^(plugins|test\/plugins|test\/envoy)\/my-plugin\//;

/** The repository as it is, with its packages installed. */
export async function cloneInto(place: string): Promise<void> {
  const listed = await command("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: ROOT });
  expect(listed.code).toBe(0);
  const files = listed.output.split("\0").filter((file) => file !== "" && !MADE.test(file));
  for (const file of files) cpSync(join(ROOT, file), join(place, file), { force: false });
  mkdirSync(join(place, "node_modules"), { recursive: true });
  const copy = (...flags: string[]) => command("cp", [...flags, join(ROOT, "node_modules"), place]);
  if ((await copy("-al")).code !== 0) expect(await copy("-r")).toEqual({ code: 0, output: "" });
  rmSync(join(place, "node_modules", ".vite"), { recursive: true, force: true });
}

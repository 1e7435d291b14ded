import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command, type Finished } from "../../scripts/setup/command.ts";
import { findEnvoy } from "../../scripts/setup/envoy.ts";

/** The longest that one command of a document may take, in seconds, and a test with two of them, in milliseconds. */
const PATIENCE_S = 900;
export const PATIENCE_MS = 2000 * PATIENCE_S;

/** A folder in which the commands of a document are typed; gone with `remove()`. */
export class Workshop {
  private constructor(
    private readonly parent: string,
    /** Where the commands run, absolute. */
    private place: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** An empty folder whose path has a space in it, on a machine with these settings. */
  static async open(env: NodeJS.ProcessEnv = {}): Promise<Workshop> {
    const parent = mkdtempSync(join(tmpdir(), "weir new "));
    const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|NODE_ENV|TEST|WEIR_)/.test(name));
    const own = { npm_config_prefer_offline: "true", ENVOY: await findEnvoy(), ...env };
    return new Workshop(parent, parent, { ...Object.fromEntries(inherited), ...own });
  }

  get folder(): string {
    return this.place;
  }

  /** From now on commands run in this folder of it. */
  enter(folder: string): void {
    this.place = join(this.parent, folder);
  }

  /** A folder or file beside where the commands run. */
  beside(name: string): string {
    return join(this.parent, name);
  }

  has(file: string): boolean {
    return existsSync(join(this.place, file));
  }

  /** Types a line into a shell; ends it, and all that it has started, when it takes too long. */
  type(line: string): Promise<Finished> {
    return command("timeout", ["--signal=KILL", String(PATIENCE_S), "sh", "-c", line], {
      cwd: this.place,
      env: { ...this.env, PWD: this.place },
      timeoutMs: PATIENCE_MS,
    });
  }

  remove(): void {
    rmSync(this.parent, { recursive: true, force: true });
  }
}

import { spawn } from "node:child_process";

/** What a finished command left: its exit code (127 when there is no such command) and all that it printed. */
export interface Finished {
  code: number;
  output: string;
}

/**
 * Runs a command to its end without a shell, in the project's folder unless `cwd` says otherwise, and returns both output
 * streams in the order they came. Never rejects: a command that isn't there answers 127, one ended by a signal 128, one
 * over `timeoutMs` (default 10 minutes) is killed, and so is one that is still running when this process exits.
 */
export function command(
  file: string,
  args: string[],
  { cwd, env, timeoutMs = 600_000 }: { cwd?: string; env?: NodeJS.ProcessEnv; timeoutMs?: number } = {},
): Promise<Finished> {
  return new Promise((done) => {
    const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const kill = (): void => void child.kill("SIGKILL");
    const killer = setTimeout(kill, timeoutMs);
    process.once("exit", kill);
    const finish = (finished: Finished): void => {
      clearTimeout(killer);
      process.off("exit", kill);
      done(finished);
    };
    const pieces: Buffer[] = [];
    child.stdout.on("data", (piece: Buffer) => pieces.push(piece));
    child.stderr.on("data", (piece: Buffer) => pieces.push(piece));
    child.on("error", (error) => finish({ code: 127, output: error.message }));
    child.on("close", (code) => finish({ code: code ?? 128, output: Buffer.concat(pieces).toString() }));
  });
}

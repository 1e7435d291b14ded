/**
 * Shows a step of the set-up while it runs and how long it took: on a terminal one line that counts the seconds, no wider than it,
 * elsewhere one plain line a step. `run` may tell which parts are done. The step's own result or error is passed on.
 */
export async function step<T>(label: string, run: (done: (part: string) => void) => Promise<T>): Promise<T> {
  const started = performance.now();
  const seconds = (): string => `${((performance.now() - started) / 1000).toFixed(1)} s`;
  const { stdout } = process;
  let latest = "";
  const show = (): void => {
    const line = [label, "...", latest, seconds()].filter(Boolean).join(" ");
    // What is wrapped can't be written over.
    stdout.write(`\r\x1b[K${line.slice(0, (stdout.columns || Infinity) - 1)}`);
  };
  const end = (text: string): void => void stdout.write(stdout.isTTY ? `\r\x1b[K${label}: ${text}\n` : `${text}\n`);
  stdout.write(`${label} ... `);
  const ticker = stdout.isTTY ? setInterval(show, 500) : undefined;
  try {
    const result = await run((part) => {
      latest = part;
      if (!stdout.isTTY) stdout.write(`${part}, `);
    });
    end(seconds());
    return result;
  } catch (error) {
    end(`failed after ${seconds()}`);
    throw error;
  } finally {
    clearInterval(ticker);
  }
}

/** An error whose message alone tells the user what to do; scripts print it without a stack. */
export class SetupError extends Error {}

/**
 * Runs a script's main function; what it returns is the exit code. A `SetupError` becomes its message and exit code 1, any
 * other error keeps its stack. A signal to stop exits at once through `process.exit`, so what runs on exit (ending
 * children, removing temporary folders) still does.
 */
export async function main(run: () => Promise<number>): Promise<void> {
  for (const [signal, code] of STOP_SIGNALS) process.once(signal, () => process.exit(code));
  try {
    process.exitCode = await run();
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
    process.exitCode = 1;
  }
}

const STOP_SIGNALS = [
  ["SIGHUP", 129],
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const;

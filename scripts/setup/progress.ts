/**
 * Shows a step of the set-up while it runs and how long it took: on a terminal one line that counts the seconds, elsewhere
 * one plain line a step. The step's own result or error is passed on.
 */
export async function step<T>(label: string, run: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const seconds = (): string => `${((performance.now() - started) / 1000).toFixed(1)} s`;
  const terminal = process.stdout.isTTY;
  process.stdout.write(`${label} ... `);
  const ticker = terminal
    ? setInterval(() => process.stdout.write(`\r\x1b[K${label} ... ${seconds()} `), 500)
    : undefined;
  try {
    const result = await run();
    process.stdout.write(terminal ? `\r\x1b[K${label}: ${seconds()}\n` : `${seconds()}\n`);
    return result;
  } catch (error) {
    process.stdout.write(terminal ? `\r\x1b[K${label}: failed after ${seconds()}\n` : `failed after ${seconds()}\n`);
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

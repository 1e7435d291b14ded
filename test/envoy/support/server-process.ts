import { type ChildProcess, spawn } from "node:child_process";
import { Gate } from "./gate.ts";
import { until } from "./until.ts";

/** The longest that a server may take until it answers, in milliseconds. */
const PATIENCE_MS = 20_000;

/** A server that a test started as a process of its own. It ends with `stop()`, and with this process at the latest. */
export class ServerProcess {
  private output = "";
  private exit: string | undefined;
  private readonly gone = new Gate();

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
  ) {
    const collect = (piece: Buffer): void => void (this.output += piece.toString());
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    child.on("error", (error) => this.ended(error.message));
    child.on("exit", (code, signal) => this.ended(`exit ${code ?? signal}`));
    process.once("exit", this.kill);
  }

  /** Starts a program and waits until `isReady` says so; rejects with its output when it ends before that. */
  static async start(
    name: string,
    binary: string,
    args: string[],
    env: Record<string, string>,
    isReady: () => Promise<boolean>,
  ): Promise<ServerProcess> {
    const child = spawn(binary, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    const server = new ServerProcess(name, child);
    const ready = async (): Promise<true | undefined> => {
      if (server.exit !== undefined) throw new Error(`${name} did not start (${server.exit}):\n${server.output}`);
      return (await isReady()) ? true : undefined;
    };
    try {
      await until(`${name} is ready`, ready, PATIENCE_MS);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** Everything that it has printed so far. */
  get log(): string {
    return this.output;
  }

  /** Ends it at once and waits until it is gone. May be called twice. */
  async stop(): Promise<void> {
    if (this.exit === undefined) {
      this.kill();
      await this.gone.opened;
    }
    process.off("exit", this.kill);
  }

  private readonly kill = (): void => void this.child.kill("SIGKILL");

  private ended(how: string): void {
    this.exit = how;
    this.gone.release();
  }
}

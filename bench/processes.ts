import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, readdirSync } from "node:fs";
import { createServer, connect, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** The core that Envoy has to itself, and the one of the load generator and the upstream. */
export const ENVOY_CORE = 0;
export const LOAD_CORE = 1;

const LISTEN_TIMEOUT_MS = 60_000;

/** A server that this run started, on one core. */
export class Server {
  private constructor(
    private readonly child: ChildProcess,
    private readonly log: string,
  ) {}

  /** Starts a command pinned to `core`, its output in the file `log`, and waits until it listens on `port`. */
  static async start(argv: string[], core: number, log: string, port: number): Promise<Server> {
    const output = openSync(log, "w");
    const child = spawn("taskset", ["-c", String(core), ...argv], { stdio: ["ignore", output, output] });
    closeSync(output);
    const server = new Server(child, log);
    running.add(server);
    const deadline = Date.now() + LISTEN_TIMEOUT_MS;
    while (!(await listens(port))) {
      if (child.exitCode !== null || Date.now() > deadline) {
        server.stop();
        throw new Error(`${argv[0]} does not listen on port ${port}:\n${server.logEnd()}`);
      }
      await sleep(25);
    }
    return server;
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Takes the process off the processor (SIGSTOP) without ending it. */
  pause(): void {
    this.child.kill("SIGSTOP");
  }

  resume(): void {
    this.child.kill("SIGCONT");
  }

  /** Ends the process at once, also a paused one. */
  stop(): void {
    running.delete(this);
    this.child.kill("SIGKILL");
  }

  /** Asks the process to end, waits until it has, and returns all it wrote. */
  async end(): Promise<string> {
    running.delete(this);
    const ended = once(this.child, "exit");
    this.child.kill("SIGTERM");
    await ended;
    return readFileSync(this.log, "utf8");
  }

  /** CPU time of all its threads since it started, in milliseconds, to the nanosecond (`schedstat`). */
  cpuMs(): number {
    const nanoseconds = readdirSync(`/proc/${this.pid}/task`)
      .map((thread) => Number(readFileSync(`/proc/${this.pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]))
      .reduce((sum, each) => sum + each, 0);
    return nanoseconds / 1e6;
  }

  /** Resident memory, in bytes. */
  residentBytes(): number {
    const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, "utf8"));
    return Number(line![1]) * 1024;
  }

  logEnd(): string {
    return readFileSync(this.log, "utf8").split("\n").slice(-12).join("\n");
  }
}

const running = new Set<Server>();

/** Ends every server that is still running. Also done when this process exits, whatever the reason. */
export function stopAll(): void {
  for (const server of running) server.stop();
}

process.on("exit", stopAll);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));

/** A TCP port of this machine that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.on("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}

/** Whether something accepts a connection on that port of this machine. */
export function listens(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => (socket.destroy(), done(true)));
    socket.on("error", () => done(false));
  });
}

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { command } from "../../../scripts/setup/command.ts";
import { findEnvoy } from "../../../scripts/setup/envoy.ts";
import { type Address, type Bootstrap, ACCESS_LOG } from "./gateway-config.ts";
import { Gate } from "./gate.ts";
import { until } from "./until.ts";

export interface EnvoyOptions {
  /** Worker threads, default 1. */
  concurrency?: number;
  /** Envoy's log level, default "info", where a plugin's own info lines show too. */
  logLevel?: "trace" | "debug" | "info" | "warning" | "error";
  /** How long a listener that another has replaced may take to end, in seconds; Envoy's default is 600. */
  drainSeconds?: number;
  /** Whether what comes by discovery may have no field that Envoy doesn't know; Envoy itself only warns of those. */
  rejectUnknownDynamicFields?: boolean;
  /** Added to the environment of the process. */
  env?: Record<string, string>;
}

/**
 * A running Envoy in a temporary folder of its own, with an admin port and listener ports that the system picked.
 * `stop()` ends it and removes the folder; both also happen when this process exits.
 */
export class EnvoyProcess {
  private readonly ports = new Map<string, number>();
  private output = "";
  private admin = "";
  private exit: string | undefined;
  private readonly gone = new Gate();

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {
    for (const stream of [child.stdout, child.stderr]) if (stream) this.collect(stream);
    child.on("error", (error) => {
      this.exit = error.message;
      this.gone.release();
    });
    child.on("exit", (code, signal) => {
      this.exit = `exit ${code ?? signal}`;
      this.gone.release();
    });
    process.once("exit", this.abandon);
  }

  /**
   * Starts Envoy and waits (20 s at most) until it serves. Rejects with the end of its log when it exits first, for
   * instance because a plugin refused its configuration.
   */
  static async start(config: Bootstrap, options: EnvoyOptions = {}): Promise<EnvoyProcess> {
    const binary = await findEnvoy();
    const folder = mkdtempSync(join(tmpdir(), "weir-envoy-"));
    const args = [
      "-c",
      writeConfig(folder, config),
      "--concurrency",
      String(options.concurrency ?? 1),
      "--log-level",
      options.logLevel ?? "info",
      "--admin-address-path",
      join(folder, "admin"),
      "--file-flush-interval-msec",
      "20",
      "--disable-hot-restart",
      ...(options.rejectUnknownDynamicFields ? ["--reject-unknown-dynamic-fields"] : []),
      ...(options.drainSeconds === undefined ? [] : ["--drain-time-s", String(options.drainSeconds)]),
    ];
    const child = spawn(binary, args, {
      cwd: folder,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const envoy = new EnvoyProcess(child, folder);
    try {
      await envoy.becomeReady();
    } catch (error) {
      await envoy.stop();
      throw error;
    }
    return envoy;
  }

  /** What `envoy --mode validate` says about a configuration: it starts the VMs and runs each plugin's configure. */
  static async validate(
    config: Bootstrap,
    { env = {} }: Pick<EnvoyOptions, "env"> = {},
  ): Promise<{ ok: boolean; output: string }> {
    const binary = await findEnvoy();
    const folder = mkdtempSync(join(tmpdir(), "weir-envoy-"));
    try {
      const args = ["--mode", "validate", "-c", writeConfig(folder, config), "--disable-hot-restart"];
      const { code, output } = await command(binary, args, {
        cwd: folder,
        timeoutMs: 30_000,
        env: { ...process.env, ...env },
      });
      return { ok: code === 0, output };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** The process id, for measurements. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Resolves when the process has ended, for whatever reason. */
  get ended(): Promise<void> {
    return this.gone.opened;
  }

  /** Everything that Envoy and its plugins have logged so far. */
  get log(): string {
    return this.output;
  }

  /** Where a listener is bound. */
  address(listener = "gateway"): Address {
    const port = this.ports.get(listener);
    if (port === undefined) throw new Error(`no listener "${listener}", only ${[...this.ports.keys()].join(", ")}`);
    return { host: "127.0.0.1", port };
  }

  /** A URL on a listener. */
  url(path: string, listener = "gateway"): string {
    return `http://127.0.0.1:${this.address(listener).port}${path}`;
  }

  /** Where the admin interface answers, for instance `http://127.0.0.1:40123`. */
  get adminUrl(): string {
    return this.admin;
  }

  /** Counters and gauges whose full name contains `part`; a plugin's own have the prefix `wasmcustom.`. */
  async stats(part = ""): Promise<Map<string, number>> {
    const answer = await this.ask("/stats?format=json");
    const { stats } = JSON.parse(answer) as { stats: { name?: string; value?: number }[] };
    const numbers = new Map<string, number>();
    for (const { name, value } of stats) {
      if (name?.includes(part) && typeof value === "number") numbers.set(name, value);
    }
    return numbers;
  }

  /** One counter or gauge by its full name; 0 when Envoy doesn't have it (yet). */
  async stat(name: string): Promise<number> {
    return (await this.stats(name)).get(name) ?? 0;
  }

  /** Waits (5 s at most) until the log has a match. */
  async logged(pattern: RegExp): Promise<RegExpExecArray> {
    return until(`Envoy logs ${pattern}`, () => pattern.exec(this.output));
  }

  /** Waits (5 s at most) for at least `count` access log lines and returns all of them, oldest first. */
  async accessLog(count = 1): Promise<Record<string, unknown>[]> {
    return until(`${count} access log lines`, () => {
      const lines = readText(join(this.folder, ACCESS_LOG)).split("\n").slice(0, -1);
      return lines.length >= count ? lines.map((line) => JSON.parse(line) as Record<string, unknown>) : undefined;
    });
  }

  /** Ends the process (killed when it is still there after 5 s) and removes its folder. May be called twice. */
  async stop(): Promise<void> {
    if (this.exit === undefined) {
      this.child.kill("SIGTERM");
      const killer = setTimeout(() => this.child.kill("SIGKILL"), 5000);
      await this.gone.opened;
      clearTimeout(killer);
    }
    process.off("exit", this.abandon);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Takes a stream by whole lines: the other one's come in between. */
  private collect(stream: Readable): void {
    let open = "";
    stream.setEncoding("utf8");
    stream.on("data", (piece: string) => {
      const end = piece.lastIndexOf("\n") + 1;
      if (end > 0) this.output += open + piece.slice(0, end);
      open = (end > 0 ? "" : open) + piece.slice(end);
    });
    stream.on("end", () => (this.output += open));
  }

  private readonly abandon = (): void => {
    this.child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  };

  private async becomeReady(): Promise<void> {
    const ready = async (): Promise<true | undefined> => {
      if (this.exit !== undefined) throw new Error(`Envoy did not start (${this.exit}):\n${this.lastLines()}`);
      this.admin = `http://${readText(join(this.folder, "admin"))}`;
      if (this.admin === "http://") return undefined;
      const answer = await fetch(`${this.admin}/ready`).catch(() => undefined);
      return answer?.ok ? true : undefined;
    };
    await until("Envoy is ready", ready, 20_000).catch((error: unknown) => {
      throw this.exit === undefined ? new Error(`${String(error)}:\n${this.lastLines()}`) : error;
    });
    const listeners = JSON.parse(await this.ask("/listeners?format=json")) as {
      listener_statuses?: { name: string; local_address: { socket_address: { port_value: number } } }[];
    };
    for (const { name, local_address } of listeners.listener_statuses ?? []) {
      this.ports.set(name, local_address.socket_address.port_value);
    }
  }

  private async ask(path: string): Promise<string> {
    return (await fetch(this.admin + path)).text();
  }

  private lastLines(): string {
    return this.output.trimEnd().split("\n").slice(-20).join("\n");
  }
}

function writeConfig(folder: string, config: Bootstrap): string {
  const admin = { address: { socket_address: { address: "127.0.0.1", port_value: 0 } } };
  const file = join(folder, "envoy.json");
  writeFileSync(file, JSON.stringify({ admin, ...config }, null, 2));
  return file;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

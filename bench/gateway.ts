import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bootstrap, listener, type ListenerOptions } from "./envoy-config.ts";
import { ENVOY_CORE, LOAD_CORE, Server, freePort, listens } from "./processes.ts";
import { UPSTREAM } from "./peers.ts";
import { WORKSPACE, folder } from "./workspace.ts";

const SUCCESS = "listener_manager.lds.update_success";
const REJECTED = "listener_manager.lds.update_rejected";
const UPDATES = `^(${SUCCESS}|${REJECTED})$`;

const RUN = folder(WORKSPACE, "run");

/** Starts the upstream and returns its port. */
export async function startUpstream(): Promise<number> {
  const port = await freePort();
  await Server.start([UPSTREAM, "-address", `127.0.0.1:${port}`], LOAD_CORE, join(RUN, "upstream.log"), port);
  return port;
}

/** An Envoy with one worker in front of the upstream. */
export class Gateway {
  private generation = 0;

  private constructor(
    readonly server: Server,
    readonly port: number,
    private readonly adminPort: number,
    private readonly listenerFile: string,
  ) {}

  /**
   * Starts `envoy` (a path) with the listener read from a file, so that `reload` can change it. `name` names its files, `under` is
   * a command that runs it. Rejects with the end of Envoy's log when it doesn't come up.
   */
  static async start(
    envoy: string,
    name: string,
    upstreamPort: number,
    options: Omit<ListenerOptions, "port">,
    under: readonly string[] = [],
  ): Promise<Gateway> {
    const [port, adminPort] = [await freePort(), await freePort()];
    const listenerFile = join(RUN, `${name}.listener.json`);
    const config = join(RUN, `${name}.json`);
    writeListener(listenerFile, "0", { ...options, port });
    writeFileSync(config, JSON.stringify(bootstrap(adminPort, upstreamPort, listenerFile)));
    const argv = [
      ...under,
      envoy,
      "-c",
      config,
      "--concurrency",
      "1",
      "--disable-hot-restart",
      "-l",
      "warning",
      "--file-flush-interval-msec",
      "50",
      "--drain-time-s",
      "1",
      "--drain-strategy",
      "immediate",
    ];
    const gateway = new Gateway(
      await Server.start(argv, ENVOY_CORE, join(RUN, `${name}.log`), adminPort),
      port,
      adminPort,
      listenerFile,
    );
    await gateway.takes(0, 0);
    while (!(await listens(port))) await sleep(10);
    return gateway;
  }

  /** Replaces the listener's configuration and waits until Envoy has taken it; rejects when Envoy refuses it. */
  async reload(options: Omit<ListenerOptions, "port">): Promise<void> {
    const before = await this.stats(UPDATES);
    writeListener(this.listenerFile, String(++this.generation), { ...options, port: this.port });
    await this.takes(before.get(SUCCESS)!, before.get(REJECTED)!);
  }

  private async takes(successBefore: number, rejectedBefore: number): Promise<void> {
    for (;;) {
      const now = await this.stats(UPDATES);
      if (now.get(REJECTED)! > rejectedBefore)
        throw new Error(`Envoy refuses a configuration:\n${this.server.logEnd()}`);
      if (now.get(SUCCESS)! > successBefore) return;
      await sleep(5);
    }
  }

  /** Counters and gauges whose name matches the regular expression. */
  async stats(filter: string): Promise<Map<string, number>> {
    const response = await fetch(`http://127.0.0.1:${this.adminPort}/stats?filter=${encodeURIComponent(filter)}`);
    const lines = (await response.text()).split("\n").filter((line) => line.includes(": "));
    return new Map(
      lines.map((line) => [line.slice(0, line.lastIndexOf(": ")), Number(line.slice(line.lastIndexOf(": ") + 2))]),
    );
  }
}

/** Envoy watches for the rename: it never sees half a file. */
function writeListener(file: string, version: string, options: ListenerOptions): void {
  const partial = `${file}.new`;
  writeFileSync(partial, JSON.stringify({ version_info: version, resources: [listener(options)] }));
  renameSync(partial, file);
}

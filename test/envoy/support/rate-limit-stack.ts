import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findRateLimitService } from "../../../scripts/setup/rate-limit-service.ts";
import { findRedis } from "../../../scripts/setup/redis.ts";
import { freePort } from "./free-port.ts";
import type { Address } from "./gateway-config.ts";
import { ServerProcess } from "./server-process.ts";

/** How much may take to install what `RateLimitStack` runs, the first time on a machine: a timeout for hooks. */
export const INSTALL_TIMEOUT_MS = 600_000;

/** A descriptor as the service takes it: keys and values in order. */
export type Descriptor = [key: string, value: string][];

/** What the service says of a descriptor. */
export interface Balance {
  code: "OK" | "OVER_LIMIT";
  limitRemaining?: number;
  currentLimit?: { name?: string; requestsPerUnit: number; unit: string };
  /** A protobuf duration, such as "12s". */
  durationUntilReset?: string;
}

/**
 * Envoy's own rate limit service with a Redis of its own, in a temporary folder and on ports that were free.
 *
 * The service can be stopped and started again, on the same port; what was counted stays.
 */
export class RateLimitStack {
  private service: ServerProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly redis: ServerProcess,
    private readonly binary: string,
    private readonly environment: Record<string, string>,
    /** Where the service answers gRPC. */
    readonly address: Address,
    private readonly http: string,
  ) {}

  /** Starts both with one configuration file, in YAML; `settings` are more of the service's environment variables. */
  static async start(configuration: string, settings: Record<string, string> = {}): Promise<RateLimitStack> {
    const [redisBinary, binary] = [await findRedis(), await findRateLimitService()];
    const folder = mkdtempSync(join(tmpdir(), "weir-ratelimit-"));
    mkdirSync(join(folder, "ratelimit", "config"), { recursive: true });
    writeFileSync(join(folder, "ratelimit", "config", "limits.yaml"), configuration);
    const socket = join(folder, "redis.sock");
    const [port, httpPort, debugPort] = [await freePort(), await freePort(), await freePort()];
    const environment = {
      HOST: "127.0.0.1",
      GRPC_HOST: "127.0.0.1",
      DEBUG_HOST: "127.0.0.1",
      PORT: String(httpPort),
      GRPC_PORT: String(port),
      DEBUG_PORT: String(debugPort),
      USE_STATSD: "false",
      DISABLE_STATS: "true",
      RUNTIME_ROOT: folder,
      RUNTIME_SUBDIRECTORY: "ratelimit",
      RUNTIME_WATCH_ROOT: "false",
      BACKEND_TYPE: "redis",
      REDIS_SOCKET_TYPE: "unix",
      REDIS_URL: socket,
      ...settings,
    };
    let redis: ServerProcess | undefined;
    try {
      redis = await startRedis(redisBinary, folder, socket);
      const address = { host: "127.0.0.1", port };
      const stack = new RateLimitStack(folder, redis, binary, environment, address, `http://127.0.0.1:${httpPort}`);
      await stack.startService();
      return stack;
    } catch (error) {
      await redis?.stop();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Does nothing when it runs. */
  async startService(): Promise<void> {
    if (this.service) return;
    const isReady = (): Promise<boolean> =>
      fetch(`${this.http}/healthcheck`).then(
        ({ ok }) => ok,
        () => false,
      );
    this.service = await ServerProcess.start("the rate limit service", this.binary, [], this.environment, isReady);
  }

  /** An outage: connections are refused until `startService`. */
  async stopService(): Promise<void> {
    await this.service?.stop();
    this.service = undefined;
  }

  /** Asks what is left for a descriptor, charging nothing. */
  async balance(domain: string, descriptor: Descriptor): Promise<Balance> {
    const entries = descriptor.map(([key, value]) => ({ key, value }));
    const answer = await fetch(`${this.http}/json`, {
      method: "POST",
      body: JSON.stringify({ domain, descriptors: [{ entries, hitsAddend: "0" }] }),
    });
    const { statuses } = (await answer.json()) as { statuses: [Balance] };
    return statuses[0];
  }

  async stop(): Promise<void> {
    await this.stopService();
    await this.redis.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function startRedis(binary: string, folder: string, socket: string): Promise<ServerProcess> {
  const args = ["--port", "0", "--unixsocket", socket, "--dir", folder, "--save", "", "--appendonly", "no"];
  return ServerProcess.start("Redis", binary, args, {}, () => answersPing(socket));
}

function answersPing(socket: string): Promise<boolean> {
  return new Promise((done) => {
    const client = connect(socket, () => client.write("PING\r\n"));
    client.once("data", (answer) => {
      client.destroy();
      done(answer.toString().startsWith("+PONG"));
    });
    client.once("error", () => done(false));
  });
}

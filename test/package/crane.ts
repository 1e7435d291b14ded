import { execFileSync } from "node:child_process";
import { findCrane } from "../../scripts/setup/crane.ts";
import { freePort } from "../envoy/support/free-port.ts";
import { ServerProcess } from "../envoy/support/server-process.ts";

/** A container registry of its own for a test file, and a client that isn't ours: crane. */
export class LocalRegistry {
  private constructor(
    private readonly crane: string,
    private readonly server: ServerProcess,
    /** Such as `127.0.0.1:40123`. */
    readonly address: string,
  ) {}

  static async start(): Promise<LocalRegistry> {
    const crane = await findCrane();
    const address = `127.0.0.1:${await freePort()}`;
    const isReady = async (): Promise<boolean> =>
      (await fetch(`http://${address}/v2/`).catch(() => undefined))?.ok === true;
    const server = await ServerProcess.start(
      "registry",
      crane,
      ["registry", "serve", "--address", address],
      {},
      isReady,
    );
    return new LocalRegistry(crane, server, address);
  }

  /** What crane prints for these arguments; throws with its complaint. */
  run(...args: string[]): Buffer {
    return execFileSync(this.crane, args, { stdio: ["ignore", "pipe", "pipe"], maxBuffer: 2 ** 26 });
  }

  /** The same as text, without the line's end. */
  text(...args: string[]): string {
    return this.run(...args)
      .toString()
      .trimEnd();
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

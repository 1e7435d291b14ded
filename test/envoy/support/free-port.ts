import { type AddressInfo, createServer } from "node:net";

/** A TCP port of this machine that was free a moment ago, for a server that can't be told to let the system pick one. */
export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => done(port));
    });
  });
}

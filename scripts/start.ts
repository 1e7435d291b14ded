/**
 * `npm start`: all set-up, then the gateway stays up on port 10000 or the next free one until Ctrl-C. `--no-build` takes `dist/` as
 * it is.
 */
import { createServer } from "node:net";
import { KEYS } from "./demo/authentication.ts";
import { CHAIN } from "./demo/chain.ts";
import { DemoGateway } from "./demo/gateway.ts";
import type { Paste } from "./demo/link.ts";
import { BUILD, readArguments, usageOf } from "./setup/arguments.ts";
import { main, SetupError } from "./setup/progress.ts";

const FIRST_PORT = 10_000;
const PORTS = 100;

await main(async () => {
  const { values } = readArguments(usageOf("start", "[--no-build]"), BUILD);
  const gateway = await DemoGateway.start({ builds: values.build, port: await freePort(), logLevel: "warning" });
  const url = gateway.envoy.url("");
  console.log(`\nThe gateway listens on ${url} (admin: ${gateway.envoy.adminUrl}). To paste into another terminal:\n`);
  for (const paste of CHAIN.flatMap(({ pastes }) => pastes)) console.log(`${curl(url, paste)}\n`);
  console.log("Ctrl-C stops it.");
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.prependListener(signal, () => process.exit(0));
  await gateway.envoy.ended;
  console.error(`Envoy ended by itself:\n${gateway.envoy.log}`);
  await gateway.stop();
  return 1;
});

function curl(url: string, { shows, path, body, key = KEYS["team-a"] }: Paste): string {
  const data =
    body === undefined
      ? ""
      : ` \\\n  -H 'content-type: application/json' -d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`;
  return `# ${shows}\ncurl -i ${url}${path} -H 'authorization: Bearer ${key}'${data}`;
}

async function freePort(): Promise<number> {
  for (let port = FIRST_PORT; port < FIRST_PORT + PORTS; port++) {
    if (await isFree(port)) return port;
  }
  throw new SetupError(`no free port between ${FIRST_PORT} and ${FIRST_PORT + PORTS - 1}.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const probe = createServer();
    probe.once("error", () => answer(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => answer(true)));
  });
}

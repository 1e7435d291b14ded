/**
 * `npm run demo`: all set-up, then a walk through the features with real requests; exits 0 only when each did what it should.
 * `--no-build` takes `dist/` as it is.
 */
import { CHAIN } from "./demo/chain.ts";
import { DemoGateway } from "./demo/gateway.ts";
import { Printer } from "./demo/printer.ts";
import { dashboard } from "./demo/steps/usage-telemetry.ts";
import { Walk } from "./demo/walk.ts";
import { BUILD, readArguments, usageOf } from "./setup/arguments.ts";
import { main } from "./setup/progress.ts";

await main(async () => {
  const { values } = readArguments(usageOf("demo", "[--no-build]"), BUILD);
  const gateway = await DemoGateway.start({ builds: values.build });
  try {
    const printer = new Printer();
    const verdicts = await new Walk(gateway, printer).through([...CHAIN.flatMap(({ steps }) => steps), dashboard]);
    printer.summary(verdicts);
    return verdicts.every(({ passed, failed }) => failed === 0 && passed > 0) ? 0 : 1;
  } finally {
    await gateway.stop();
  }
});

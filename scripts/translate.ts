/**
 * Lets the control planes themselves translate the manifests of the examples, loads what they would send in the real Envoy, and sends
 * requests through: `npm run translate [-- --only istio|envoy-gateway]`. Exits 0 only when the control plane
 * has nothing to say against a file, Envoy takes it, and every request does what it must.
 *
 * Its translators take minutes to build, so it is no part of `npm test`, which has stand-ins for them.
 */
import { existsSync } from "node:fs";
import { PROVIDER_KEYS, TEAM_A } from "../test/envoy/support/example-gateway.ts";
import { EnvoyProcess } from "../test/envoy/support/envoy-process.ts";
import { MockProviders } from "../test/envoy/support/mock-providers.ts";
import { send } from "../test/envoy/support/client.ts";
import { type ManifestFile, PLATFORMS, type Platform, appliedOnBase, manifestFiles } from "../test/manifests/files.ts";
import { HOSTS, PROBES, type Ground } from "../test/manifests/probes.ts";
import { localBootstrap } from "../test/manifests/xds.ts";
import { readArguments, usageOf } from "./setup/arguments.ts";
import { findEnvoy } from "./setup/envoy.ts";
import { build, pluginNames, wasmFile } from "./setup/plugins.ts";
import { SetupError, main } from "./setup/progress.ts";
import { findTranslator } from "./setup/translators.ts";
import { Issuer } from "./translate/issuer.ts";
import { translate } from "./translate/translate.ts";

type Providers = MockProviders<keyof typeof HOSTS>;

/** Nothing listens there. */
const NOWHERE = { host: "127.0.0.1", port: 1 };

await main(async () => {
  const { values } = readArguments(usageOf("translate", `[--only ${PLATFORMS.join("|")}]`), {
    only: { type: "string" },
  });
  const platforms = PLATFORMS.filter((platform) => values.only === undefined || values.only === platform);
  if (platforms.length === 0) throw new SetupError(`--only is ${PLATFORMS.join(" or ")}, not ${values.only}`);
  const missing = pluginNames().filter((name) => !existsSync(wasmFile(name)));
  if (missing.length > 0) await build(missing);
  process.env["ENVOY"] = await findEnvoy();
  const providers = await MockProviders.start({ openai: "OpenAi", anthropic: "OpenAi", azure: "OpenAi" });
  let failed = 0;
  try {
    for (const platform of platforms) {
      const translator = await findTranslator(platform);
      for (const file of manifestFiles().filter((one) => one.platform === platform))
        failed += await check(file, translator, providers);
    }
  } finally {
    await providers.stop();
  }
  console.log(failed === 0 ? "All hold." : `${failed} do not hold.`);
  return failed === 0 ? 0 : 1;
});

/** Says of one file what holds; returns how many things don't. */
async function check(file: ManifestFile, translator: string, providers: Providers): Promise<number> {
  console.log(file.path);
  let failed = 0;
  const say = (what: string, error?: unknown): void => {
    if (error !== undefined) failed++;
    const reason = error instanceof Error ? error.message : String(error);
    console.log(error === undefined ? `  ok    ${what}` : `  FAILS ${what}: ${reason}`);
  };
  let envoy: EnvoyProcess | undefined;
  try {
    const { xds, problems } = await translate(translator, appliedOnBase(file));
    for (const problem of problems) say("the control plane takes it", problem);
    if (problems.length === 0) say("the control plane takes it");
    const addresses = Object.fromEntries(
      Object.entries(HOSTS).map(([name, host]) => [host, providers.addresses[name as keyof typeof HOSTS]]),
    );
    const bootstrap = localBootstrap(xds, { ...addresses, "ratelimit.ai.svc.cluster.local": NOWHERE });
    const [{ name: listener }] = bootstrap.static_resources.listeners as [{ name: string }];
    const issuer = new Issuer();
    issuer.replaceIn(bootstrap);
    envoy = await EnvoyProcess.start(bootstrap, { env: PROVIDER_KEYS });
    say("Envoy takes what it sends");
    for (const [name, probe] of PROBES[file.use] ?? []) {
      providers.reset();
      await probe(groundOf(envoy, listener, file.platform, issuer, providers)).then(
        () => say(name),
        (error: unknown) => say(name, error),
      );
    }
  } catch (error) {
    say("it gets as far as requests", error);
  } finally {
    await envoy?.stop();
  }
  return failed;
}

function groundOf(
  envoy: EnvoyProcess,
  listener: string,
  platform: Platform,
  issuer: Issuer,
  providers: Providers,
): Ground {
  const headers = platform === "istio" ? { authorization: `Bearer ${issuer.tokenOf("team-a")}` } : TEAM_A;
  return {
    openai: providers.mock("openai"),
    anthropic: providers.mock("anthropic"),
    azure: providers.mock("azure"),
    ask: (path, body) => send(envoy.address(listener), { path, headers, body: JSON.stringify(body) }),
    stats: (part) => envoy.stats(part),
  };
}

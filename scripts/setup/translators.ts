import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "./command.ts";
import { ENVOY_GATEWAY } from "./crds.ts";
import { findGo } from "./go.ts";
import { type GoModule, fetchGoModule } from "./go-module.ts";
import { moveWhole } from "./pip.ts";
import { SetupError, step } from "./progress.ts";
import { ROOT } from "./root.ts";

/** Istio itself has no module versions but those of commits; this is its main branch of August 2026, between 1.31 and 1.32. */
const ISTIO: GoModule = {
  path: "istio.io/istio",
  version: "v0.0.0-20260827124520-eed52ebb66ad",
  sum: "h1:ui9TJjRMAV/hb5ehQaZDq7IUGxuQP6dra9lapT/VjHI=",
};

const MODULES = { istio: ISTIO, "envoy-gateway": ENVOY_GATEWAY };

/** What a translator is built in, beneath its module: packages of the module that are internal to it can be called from there. */
const PACKAGE = "weir-translate";

/**
 * Finds the program that makes of manifests what a control plane sends its Envoy, and returns its absolute path: built once into
 * `.tools/`, out of the control plane's own module and `scripts/translate/<platform>`. That takes Go, 5 GB of disk, and 5 to 10
 * minutes on two cores.
 *
 * Throws a `SetupError` when it can't be built.
 */
export async function findTranslator(platform: keyof typeof MODULES): Promise<string> {
  const module = MODULES[platform];
  const folder = join(ROOT, ".tools", `translate-${platform}-${module.version.split("-").at(-1)}`);
  const binary = join(folder, "translate");
  if (existsSync(binary)) return binary;
  const go = await findGo();
  await step(`Building the translator of ${platform} into .tools (once, about 10 minutes)`, () =>
    install(go, module, join(ROOT, "scripts", "translate", platform), folder),
  );
  return binary;
}

async function install(go: string, module: GoModule, source: string, folder: string): Promise<void> {
  // The module cache is read-only, and Go lays nothing over it.
  const copy = mkdtempSync(join(tmpdir(), "weir-translate-"));
  const partial = `${folder}.${process.pid}`;
  try {
    const fetched = await fetchGoModule(go, module);
    const copied = await command("cp", ["-r", "--no-preserve=mode", `${fetched}/.`, copy]);
    if (copied.code !== 0) throw new SetupError(copied.output);
    cpSync(source, join(copy, PACKAGE), { recursive: true });
    mkdirSync(partial, { recursive: true });
    const out = join(partial, "translate");
    const env = { ...process.env, GOFLAGS: "", GOTOOLCHAIN: "auto" };
    const args = ["build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", out, `./${PACKAGE}`];
    const { code, output } = await command(go, args, { cwd: copy, env, timeoutMs: 3_600_000 });
    if (code !== 0)
      throw new SetupError(`${output.trimEnd()}\nGo could not build it inside ${module.path}: see above.`);
    moveWhole(partial, folder);
  } finally {
    rmSync(copy, { recursive: true, force: true });
    rmSync(partial, { recursive: true, force: true });
  }
}

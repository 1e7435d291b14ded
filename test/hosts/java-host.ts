import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findJavaHost } from "../../scripts/setup/java-host.ts";
import { wasmFile } from "../../scripts/setup/plugins.ts";
import { type Host, type Outcome, type Scenario } from "./scenario.ts";
import { exchangeBeforeLocals } from "./vector-locals.ts";

const PATIENCE_MS = 240_000;

/** How the Java host is driven. */
interface Driving {
  /** Whether a request's body is handed to a plugin that holds the headers. */
  sendsBodyToHeldHeaders: boolean;
  /** Without it Chicory's interpreter knows no vectors. */
  hasVectors?: boolean;
}

/**
 * The Java host in a process of its own; see `test/hosts/java/src`. It gets modules that do without the mistake of its
 * interpreter: see `exchangeBeforeLocals`.
 */
export function javaHost(name: string, { sendsBodyToHeldHeaders, hasVectors = true }: Driving): Host {
  const run = async (scenarios: readonly Scenario[]): Promise<Outcome[]> => {
    const folder = mkdtempSync(join(tmpdir(), "weir-java-"));
    try {
      const files = new Map<string, string>();
      for (const { plugin, module = plugin } of scenarios) {
        if (files.has(module)) continue;
        const file = join(folder, `${module}.wasm`);
        const bytes = readFileSync(wasmFile(module));
        writeFileSync(file, hasVectors ? exchangeBeforeLocals(bytes) : bytes);
        files.set(module, file);
      }
      const told = scenarios.map(({ plugin, module = plugin, settings, clusters = {}, exchanges }) => ({
        wasm: files.get(module),
        rootId: plugin,
        configuration: JSON.stringify(settings),
        sendsBodyToHeldHeaders,
        hasVectors,
        clusters,
        exchanges,
      }));
      return JSON.parse(await drive(JSON.stringify(told))) as Outcome[];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  return { name, run };
}

/** Runs the driver once and returns what it printed; rejects with its errors when it fails. */
async function drive(input: string): Promise<string> {
  const { file, args } = await findJavaHost();
  return new Promise((done, fail) => {
    // Two cores and a short life: the simple collector starts fastest.
    const child = spawn(file, ["-XX:+UseSerialGC", ...args], { stdio: "pipe" });
    const kill = (): void => void child.kill("SIGKILL");
    const timer = setTimeout(kill, PATIENCE_MS);
    process.once("exit", kill);
    let [output, errors] = ["", ""];
    child.stdout.on("data", (piece: Buffer) => (output += piece.toString()));
    child.stderr.on("data", (piece: Buffer) => (errors += piece.toString()));
    child.on("error", fail);
    child.on("close", (code) => {
      clearTimeout(timer);
      process.off("exit", kill);
      if (code === 0) done(output);
      else fail(new Error(`the Java host ended with ${code}: ${errors}`));
    });
    child.stdin.end(input);
  });
}

import { existsSync, readdirSync, statSync, utimesSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { command } from "../scripts/setup/command.ts";
import { findGo } from "../scripts/setup/go.ts";
import { SetupError, step } from "../scripts/setup/progress.ts";
import { BENCH, WORKSPACE } from "./workspace.ts";

const RUST_TARGET = "wasm32-wasip1";
const CARGO_FOLDER = join(WORKSPACE, "cargo");

/** The wasm of `peers/rust`. */
export const RUST_PEER = join(CARGO_FOLDER, RUST_TARGET, "release", "peer.wasm");

/** The binary of `upstream`. */
export const UPSTREAM = join(WORKSPACE, "upstream");

/**
 * Builds what the benchmark compares with and needs beside the plugins, where it is missing or older than its source.
 *
 * Throws a `SetupError` without what nothing can be measured; prints one line and goes on without a peer.
 */
export async function prepare(): Promise<void> {
  if (availableParallelism() < 2)
    throw new SetupError("the benchmark needs two processor cores: one for Envoy, one for the load");
  await expectTool("wrk", ["--version"], "install wrk (Debian: apt-get install wrk)");
  await expectTool("taskset", ["--version"], "install taskset (Debian: apt-get install util-linux)");
  await buildUpstream();
  await buildRustPeer();
}

async function expectTool(name: string, args: string[], advice: string): Promise<void> {
  if ((await command(name, args)).code === 127) throw new SetupError(`${name} is missing: ${advice}`);
}

async function buildUpstream(): Promise<void> {
  const source = join(BENCH, "upstream");
  if (isFresh(UPSTREAM, source)) return;
  const go = await findGo();
  const { code, output } = await step("Building the upstream server (Go, half a minute the first time)", () =>
    command(go, ["build", "-trimpath", "-o", UPSTREAM, "."], { cwd: source }),
  );
  if (code !== 0) throw new SetupError(`${output.trimEnd()}\nbench/upstream does not build: see above`);
  markFresh(UPSTREAM);
}

async function buildRustPeer(): Promise<void> {
  const source = join(BENCH, "peers", "rust");
  if (isFresh(RUST_PEER, source)) return;
  const { code, output } = await step("Building the Rust peer (cargo, half a minute the first time)", async () => {
    await command("rustup", ["target", "add", RUST_TARGET]);
    return command("cargo", ["build", "--release", "--target", RUST_TARGET], {
      cwd: source,
      env: { ...process.env, CARGO_TARGET_DIR: CARGO_FOLDER },
    });
  });
  if (code === 127)
    console.log(
      "cargo is missing: install Rust (https://rustup.rs) to compare with the Rust peer; its variants are skipped",
    );
  else if (code !== 0)
    console.log(
      `${output.trimEnd()}\nbench/peers/rust does not build (see above; it needs rustup target add ${RUST_TARGET}): its variants are skipped`,
    );
  else markFresh(RUST_PEER);
}

/** Neither tool writes its output anew when only the time of a source changed. */
function markFresh(output: string): void {
  const now = new Date();
  utimesSync(output, now, now);
}

function isFresh(output: string, source: string): boolean {
  if (!existsSync(output)) return false;
  const built = statSync(output).mtimeMs;
  return readdirSync(source, { recursive: true, withFileTypes: true }).every(
    (entry) =>
      !entry.isFile() || entry.name === "Cargo.lock" || statSync(join(entry.parentPath, entry.name)).mtimeMs <= built,
  );
}

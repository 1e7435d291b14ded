import { spawn } from "node:child_process";
import type { Manifest } from "../../test/manifests/kinds.ts";
import type { Xds } from "../../test/manifests/xds.ts";
import { SetupError } from "../setup/progress.ts";

/** What a control plane makes of manifests with one Gateway, and what it has to say against them. */
export interface Translation {
  xds: Xds;
  problems: string[];
}

/** Runs a translator over manifests; throws a `SetupError` with its own words when it refuses them as a whole. */
export async function translate(translator: string, manifests: Manifest[]): Promise<Translation> {
  const input = manifests.map((manifest) => JSON.stringify(encoded(manifest))).join("\n---\n");
  const { xds, problems } = JSON.parse(await run(translator, input)) as {
    xds: Record<string, Xds>;
    problems: string[];
  };
  const [gateway, ...more] = Object.values(xds);
  if (!gateway || more.length > 0) throw new SetupError(`${Object.keys(xds).length} gateways, not 1`);
  return { xds: gateway, problems };
}

/** A Secret as the API server keeps it. */
function encoded(manifest: Manifest & { stringData?: Record<string, string> }): object {
  const { stringData, ...rest } = manifest;
  if (!stringData) return rest;
  const data = Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString("base64")]);
  return { ...rest, data: Object.fromEntries(data) };
}

function run(program: string, input: string): Promise<string> {
  return new Promise((done, failed) => {
    const child = spawn(program, [], { stdio: ["pipe", "pipe", "pipe"] });
    const out: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on("data", (piece: Buffer) => out.push(piece));
    child.stderr.on("data", (piece: Buffer) => errors.push(piece));
    child.once("error", failed);
    child.once("close", (code) => {
      if (code === 0) done(Buffer.concat(out).toString());
      else failed(new SetupError(Buffer.concat(errors).toString().trimEnd() || `exit ${code}`));
    });
    child.stdin.end(input);
  });
}

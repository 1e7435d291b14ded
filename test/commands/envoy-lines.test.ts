import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { command } from "../../scripts/setup/command.ts";
import { findEnvoy } from "../../scripts/setup/envoy.ts";
import { ROOT } from "../../scripts/setup/root.ts";
import { certificates } from "../envoy/model-router/certificates.ts";
import { envoyLines } from "./documents.ts";

let folder: string;
let env: NodeJS.ProcessEnv;

/** Where the lines are typed: the examples with certificates of this machine, the built plugins, and Envoy on PATH. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "weir-envoy-lines-"));
  const { gateway } = certificates({ gateway: { subject: "/CN=gateway", san: "DNS:gateway" } });
  writeFileSync(join(folder, "own.pem"), gateway.cert);
  writeFileSync(join(folder, "own.key"), gateway.key);
  cpSync(join(ROOT, "envoy-examples"), join(folder, "envoy-examples"), { recursive: true });
  for (const file of readdirSync(join(folder, "envoy-examples"), { recursive: true }) as string[])
    if (file.endsWith(".yaml")) useOwnCertificates(join(folder, "envoy-examples", file));
  symlinkSync(join(ROOT, "dist"), join(folder, "dist"));
  mkdirSync(join(folder, "bin"));
  symlinkSync(await findEnvoy(), join(folder, "bin", "envoy"));
  const inherited = Object.entries(process.env).filter(([name]) => !name.endsWith("_API_KEY"));
  env = Object.fromEntries([...inherited, ["PATH", join(folder, "bin") + delimiter + process.env["PATH"]]]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function useOwnCertificates(file: string): void {
  const text = readFileSync(file, "utf8");
  const own = text.replaceAll(
    /\/etc\/(?:gateway|ssl)\/[\w/.-]*?\.(key|pem|crt)/g,
    (_path, kind) => `${folder}/own.${kind === "key" ? "key" : "pem"}`,
  );
  writeFileSync(file, own);
}

/** What would go on until somebody stops it is only tried: whether Envoy takes the configuration with what was exported before. */
test.each(envoyLines())("$document: Envoy takes what is typed: $line", async ({ line, before }) => {
  const tried = line.includes("--mode validate") ? line : `${line.replace(/ &$/, "")} --mode validate`;
  const { code, output } = await command("sh", ["-c", ["set -e", ...before, tried].join("\n")], { cwd: folder, env });
  expect(output).toMatch(/ OK$/m);
  expect(code).toBe(0);
});

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { findEnvoy } from "../../scripts/setup/envoy.ts";

const SAYS: Record<string, string> = {
  "envoy-1.40": "version: 9e5580933739775e8bce696a57a2e1bc99368f23/1.40.0/Clean/RELEASE/BoringSSL",
  "envoy-1.35": "version: 0/1.35.0-dev/Modified/RELEASE/BoringSSL",
  "envoy-1.34": "version: 9e5580933739775e8bce696a57a2e1bc99368f23/1.34.10/Clean/RELEASE/BoringSSL",
  "another-tool": "another-tool 9/1.40.0",
};

let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-found-"));
  for (const [name, version] of Object.entries(SAYS)) {
    writeFileSync(at(name), `#!/bin/sh\necho "${version}"\n`);
    chmodSync(at(name), 0o755);
  }
});
afterEach(() => void vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FOUND: [what: string, told: () => string, name: string][] = [
  ["a path", () => at("envoy-1.40"), "envoy-1.40"],
  ["the oldest that will do", () => at("envoy-1.35"), "envoy-1.35"],
  ["a path from here", () => relative(process.cwd(), at("envoy-1.40")), "envoy-1.40"],
  ["a name on PATH", () => "envoy-1.40", "envoy-1.40"],
];

test.each(FOUND)("ENVOY may be %s", async (_what, told, name) => {
  vi.stubEnv("PATH", folder + delimiter + process.env["PATH"]);
  vi.stubEnv("ENVOY", told());
  expect(await findEnvoy()).toBe(at(name));
});

const REFUSED: [what: string, told: () => string, says: RegExp][] = [
  ["too old", () => at("envoy-1.34"), /envoy-1\.34, Envoy 1\.34: Weir needs 1\.35 or newer\.$/],
  ["another program", () => at("another-tool"), /another-tool, which does not say its version as Envoy does\.$/],
  ["no program", () => at("nothing"), /nothing, which is not an executable file\.$/],
  ["no name on PATH", () => "no-such-envoy", /^ENVOY is no-such-envoy, which is not an executable file\.$/],
];

test.each(REFUSED)("an ENVOY that is %s is refused in one line", async (_what, told, says) => {
  vi.stubEnv("ENVOY", told());
  await expect(findEnvoy()).rejects.toThrow(says);
});

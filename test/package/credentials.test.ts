import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { credentialFor } from "../../scripts/package/credentials.ts";

const HELPER = `#!/bin/sh
[ "$1" = get ] || exit 1
read -r key
case $key in
  helped.example.com) echo '{"Username":"helped","Secret":"s"}' ;;
  token.example.com) echo '{"Username":"<token>","Secret":"refresh"}' ;;
  noise.example.com) echo 'not JSON' ;;
  *) echo 'credentials not found in native keychain'; exit 1 ;;
esac
`;

let folder: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-docker-"));
  writeFileSync(join(folder, "docker-credential-test"), HELPER);
  chmodSync(join(folder, "docker-credential-test"), 0o755);
  env = { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env["PATH"]}` };
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function dockerConfig(config: object | string): void {
  writeFileSync(join(folder, "config.json"), typeof config === "string" ? config : JSON.stringify(config));
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const AUTH = { auth: base64("me:pass:word") };
const ME = { user: "me", password: "pass:word" };

const FOUND: [name: string, config: object, registry: string, credential: object | undefined][] = [
  ["a registry's own entry", { auths: { "r.example.com:5000": AUTH } }, "r.example.com:5000", ME],
  ["an entry that has a scheme", { auths: { "https://r.example.com/v2/": AUTH } }, "r.example.com", ME],
  ["another registry's entry", { auths: { "r.example.com": AUTH } }, "s.example.com", undefined],
  ["Docker Hub's entry", { auths: { "https://index.docker.io/v1/": AUTH } }, "docker.io", ME],
  ["a refresh token", { auths: { "r.example.com": { identitytoken: "t" } } }, "r.example.com", { refreshToken: "t" }],
  ["the store", { credsStore: "test" }, "helped.example.com", { user: "helped", password: "s" }],
  [
    "a store beside an entry without a secret",
    { auths: { "helped.example.com": {} }, credsStore: "test" },
    "helped.example.com",
    { user: "helped", password: "s" },
  ],
  [
    "a registry's own helper",
    { credHelpers: { "token.example.com": "test" } },
    "token.example.com",
    { refreshToken: "refresh" },
  ],
  ["a store that has nothing", { credsStore: "test" }, "r.example.com", undefined],
  ["an empty configuration", {}, "r.example.com", undefined],
];

test.each(FOUND)("docker's configuration tells by %s", (_name, config, registry, credential) => {
  dockerConfig(config);
  expect(credentialFor(registry, env)).toEqual(credential);
});

test("the environment comes first, and without either there is none", () => {
  expect(credentialFor("r.example.com", env)).toBeUndefined();
  dockerConfig({ auths: { "r.example.com": AUTH } });
  const told = { ...env, WEIR_REGISTRY_USER: "u", WEIR_REGISTRY_PASSWORD: "p" };
  expect(credentialFor("r.example.com", told)).toEqual({ user: "u", password: "p" });
});

const WRONG: [name: string, config: object | string, registry: string, words: string][] = [
  ["no JSON", "{", "r.example.com", "config.json is no JSON that can be read"],
  [
    "no user",
    { auths: { "r.example.com": { auth: base64("me") } } },
    "r.example.com",
    'auths["r.example.com"].auth is not',
  ],
  ["no such helper", { credsStore: "absent" }, "r.example.com", "docker-credential-absent, which can't be run"],
  ["a helper that makes noise", { credsStore: "test" }, "noise.example.com", "docker-credential-test answered nothing"],
];

test.each(WRONG)("docker's configuration with %s is complained of", (_name, config, registry, words) => {
  dockerConfig(config);
  expect(() => credentialFor(registry, env)).toThrow(words);
});

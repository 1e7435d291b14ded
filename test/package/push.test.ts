import { createServer } from "node:http";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Credential } from "../../scripts/package/credentials.ts";
import { imageOf } from "../../scripts/package/image.ts";
import { Registry } from "../../scripts/package/registry.ts";
import { checkTag, parseRepository } from "../../scripts/package/repository.ts";
import { certificates } from "../envoy/model-router/certificates.ts";
import { freePort } from "../envoy/support/free-port.ts";
import { INSTALL_TIMEOUT_MS } from "../envoy/support/rate-limit-stack.ts";
import { LocalRegistry } from "./crane.ts";
import { type Guard, GuardedRegistry } from "./guarded-registry.ts";
import { runPackage } from "./package-script.ts";

const IMAGE = imageOf([{ name: "plugin.wasm", bytes: new Uint8Array([0, 97, 115, 109]) }], {});
const KNOWN = { user: "somebody", password: "pass:word" };
const GUARD = { credential: "somebody:pass:word", refreshToken: "refresh" };

let behind: LocalRegistry;
let folder: string;
const started: GuardedRegistry[] = [];

beforeAll(async () => {
  behind = await LocalRegistry.start();
  folder = mkdtempSync(join(tmpdir(), "weir-push-"));
}, INSTALL_TIMEOUT_MS);

afterAll(async () => {
  await behind?.stop();
  rmSync(folder, { recursive: true, force: true });
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((registry) => registry.stop()));
});

async function guarded(guard: Guard): Promise<GuardedRegistry> {
  const registry = await GuardedRegistry.start(behind.address, guard);
  started.push(registry);
  return registry;
}

const push = (registry: { address: string }, credential?: Credential, image = IMAGE): Promise<void> =>
  new Registry(parseRepository(`${registry.address}/team/weir`), credential).push(image, "1");

let images = 0;

/** One that no registry has yet. */
function newImage() {
  return imageOf([{ name: "plugin.wasm", bytes: new TextEncoder().encode(`${images++}`) }], {});
}

const LET_IN: [name: string, scheme: Guard["scheme"], credential: Credential][] = [
  ["a password, where the registry asks for one", "Basic", KNOWN],
  ["a token that a password was changed for", "Bearer", KNOWN],
  ["a token that a refresh token was changed for", "Bearer", { refreshToken: "refresh" }],
];

test.each(LET_IN)("a push proves who it is by %s, once", async (_name, scheme, credential) => {
  const registry = await guarded({ scheme, ...GUARD });
  const image = newImage();
  await push(registry, credential, image);
  expect(behind.text("digest", `${behind.address}/team/weir:1`)).toBe(image.manifest.digest);
  expect(registry.seen.filter((line) => line.endsWith("[401]")).length).toBe(1);
});

test("what is there already isn't uploaded again", async () => {
  const registry = await guarded({ scheme: "Basic", ...GUARD });
  const image = newImage();
  await push(registry, KNOWN, image);
  const uploads = registry.seen.filter((line) => line.startsWith("POST"));
  await push(registry, KNOWN, image);
  expect(uploads.length).toBe(2);
  expect(registry.seen.filter((line) => line.startsWith("POST"))).toEqual(uploads);
});

const TURNED_AWAY: [name: string, guard: Partial<Guard>, credential: Credential | undefined, words: RegExp][] = [
  ["nobody, by password", { scheme: "Basic" }, undefined, /team\/weir wants to know who pushes: docker login/],
  ["nobody, by token", {}, undefined, /wants to know who pushes/],
  ["a wrong password, by token", {}, { user: "somebody", password: "no" }, /wants to know who pushes/],
  ["a wrong password", { scheme: "Basic" }, { user: "x", password: "no" }, /401 UNAUTHORIZED: who is it\?$/],
];

test.each(TURNED_AWAY)("%s is turned away, and told why", async (_name, guard, credential, words) => {
  const registry = await guarded({ scheme: "Bearer", ...GUARD, ...guard });
  const error: unknown = await push(registry, credential, newImage()).catch((reason: unknown) => reason);
  expect(String(error)).toMatch(words);
  expect(String(error)).not.toMatch(/no\b.*password|Basic /);
});

test("a registry that can't be reached is named", async () => {
  const address = `127.0.0.1:${await freePort()}`;
  await expect(push({ address })).rejects.toThrow(`HEAD http://${address}/v2/team/weir/blobs/sha256:`);
});

test("nobody else learns the password that an upload leads to", async () => {
  const learned: (string | undefined)[] = [];
  const elsewhere = createServer((incoming, response) => {
    learned.push(incoming.headers.authorization);
    incoming.resume().on("end", () => response.writeHead(201).end());
  });
  const ours = createServer(({ method, headers }, response) => {
    if (headers.authorization === undefined) response.writeHead(401, { "www-authenticate": "Basic" }).end();
    else if (method === "HEAD") response.writeHead(404).end();
    else if (method === "POST") response.writeHead(202, { location: `http://${addressOf(elsewhere)}/up?x=1` }).end();
    else response.writeHead(201).end();
  });
  await Promise.all([elsewhere, ours].map((server) => new Promise<void>((up) => server.listen(0, "127.0.0.1", up))));
  try {
    await push({ address: addressOf(ours) }, KNOWN);
    expect(learned).toEqual([undefined, undefined]);
  } finally {
    for (const server of [elsewhere, ours]) server.closeAllConnections();
    await Promise.all([elsewhere, ours].map((server) => new Promise((done) => server.close(done))));
  }
});

function addressOf(server: ReturnType<typeof createServer>): string {
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("a registry that isn't local", () => {
  const HOST = "127.0.0.2";
  const { ca, registry: own } = certificates({ registry: { subject: "/CN=registry", san: `IP:${HOST}` } });
  const packageTo = (address: string, env: NodeJS.ProcessEnv) =>
    runPackage(["--only", "model-router", "--out", join(folder, "out"), "--push", `${address}/team/weir`], {
      WEIR_REGISTRY_USER: KNOWN.user,
      WEIR_REGISTRY_PASSWORD: KNOWN.password,
      ...env,
    });

  test("is pushed to over TLS", async () => {
    const file = join(folder, "ca.pem");
    writeFileSync(file, ca.cert);
    const registry = await guarded({ scheme: "Basic", ...GUARD, host: HOST, certificate: own });
    const { code, output } = await packageTo(registry.address, { NODE_EXTRA_CA_CERTS: file });
    expect(output).toContain(`Pushing ${registry.address}/team/weir/model-router:`);
    expect(code).toBe(0);
    const untrusted = await packageTo(registry.address, {});
    expect(untrusted.output).toMatch(/HEAD https:.*: .*certificate/);
    expect(untrusted.code).toBe(1);
  });

  test("is never asked in the clear", async () => {
    const registry = await guarded({ scheme: "Basic", ...GUARD, host: HOST });
    await expect(push(registry, KNOWN)).rejects.toThrow(`HEAD https://${registry.address}/`);
    expect(registry.seen).toEqual([]);
  });

  test("can't send for a token without TLS", async () => {
    const file = join(folder, "ca.pem");
    writeFileSync(file, ca.cert);
    const realm = "http://127.0.0.1:1/token";
    const registry = await guarded({ scheme: "Bearer", ...GUARD, realm, host: HOST, certificate: own });
    const { code, output } = await packageTo(registry.address, { NODE_EXTRA_CA_CERTS: file });
    expect(output).toContain("sends for a token to http://127.0.0.1:1/token, without TLS");
    expect(code).toBe(1);
  });
});

const PLACES: [text: string, url: string][] = [
  ["registry.example.com/weir", "https://registry.example.com/"],
  ["registry.example.com:5000/team/weir_x/y-z", "https://registry.example.com:5000/"],
  ["localhost/weir", "http://localhost/"],
  ["localhost:5000/weir", "http://localhost:5000/"],
  ["127.0.0.1:5000/weir", "http://127.0.0.1:5000/"],
  ["[::1]:5000/weir", "http://[::1]:5000/"],
  ["127.0.0.2:5000/weir", "https://127.0.0.2:5000/"],
  ["localhost.example.com/weir", "https://localhost.example.com/"],
  ["docker.io/team/weir", "https://registry-1.docker.io/"],
];

test.each(PLACES)("%s is asked at %s", (text, url) => {
  expect(parseRepository(text).url.href).toBe(url);
});

test.each([
  "",
  "weir",
  "team/weir",
  "https://registry.example.com/weir",
  "registry.example.com/",
  "a.b/Weir",
  "a.b/weir:1",
])("%j is no place to push to", (text) => {
  expect(() => parseRepository(text)).toThrow(`--push ${text}: must be a registry and a path`);
});

test("a tag is what registries take for one", () => {
  expect(() => checkTag("1.0.0-rc.1")).not.toThrow();
  for (const tag of ["", "a b", ".1", "x".repeat(129)]) expect(() => checkTag(tag)).toThrow("--tag");
});

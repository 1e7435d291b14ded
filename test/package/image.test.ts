import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parseTar } from "nanotar";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { command } from "../../scripts/setup/command.ts";
import { wasmFile } from "../../scripts/setup/plugins.ts";
import { INSTALL_TIMEOUT_MS } from "../envoy/support/rate-limit-stack.ts";
import { LocalRegistry } from "./crane.ts";
import { runPackage } from "./package-script.ts";

const MODULES = ["model-router", "prompt-guard"];
const TAG = "1.2.3";
const only = MODULES.flatMap((name) => ["--only", name]);

let folder: string;
let registry: LocalRegistry;
let output: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "weir-package-"));
  registry = await LocalRegistry.start();
  const to = ["--push", `${registry.address}/team/weir`, "--tag", TAG];
  const finished = await runPackage([...only, "--out", folder, ...to]);
  output = finished.output;
  expect(output).not.toContain("rror");
  expect(finished.code).toBe(0);
}, INSTALL_TIMEOUT_MS);

afterAll(async () => {
  await registry?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function imageOf(name: string): string {
  return `${registry.address}/team/weir/${name}:${TAG}`;
}

/** What another client gets as the only layer, and what is in it. */
function layerOf(name: string): { digest: string; files: Map<string, Uint8Array> } {
  const { layers } = manifestOf(name);
  const { digest } = layers.at(-1)!;
  const blob = registry.run("blob", `${registry.address}/team/weir/${name}@${digest}`);
  const tar = new Uint8Array(gunzipSync(blob));
  return { digest, files: new Map(parseTar(tar.buffer).map((file) => [file.name, file.data ?? new Uint8Array()])) };
}

function manifestOf(name: string) {
  return JSON.parse(registry.text("manifest", imageOf(name))) as {
    mediaType: string;
    layers: { mediaType: string; digest: string }[];
  };
}

describe.each(MODULES)("the image of %s", (name) => {
  test("holds the plugin, byte for byte, when another client pulls it", async () => {
    const flattened = join(folder, `${name}.tar`);
    registry.run("export", imageOf(name), flattened);
    const unpacked = mkdtempSync(join(folder, "unpacked-"));
    expect(await command("tar", ["-xf", flattened, "-C", unpacked])).toEqual({ code: 0, output: "" });
    expect(sha256(readFileSync(join(unpacked, "plugin.wasm")))).toBe(sha256(readFileSync(wasmFile(name))));
    expect(sha256(readFileSync(join(unpacked, "LICENSE")))).toBe(sha256(readFileSync("LICENSE")));
    expect(existsSync(join(unpacked, "THIRD-PARTY.md"))).toBe(true);
  });

  // Sources: istio/istio, pkg/wasm/imagefetcher.go, and envoyproxy/gateway, internal/wasm/imagefetcher.go, which read images alike:
  // a manifest that is not Docker's is read by extractOCIStandardImage, which takes the last layer, wants exactly this media type,
  // and looks in it, as a gzipped tar, for a file whose base name is plugin.wasm.
  test("is what Istio and Envoy Gateway take", () => {
    const { mediaType, layers } = manifestOf(name);
    expect(mediaType).not.toBe("application/vnd.docker.distribution.manifest.v2+json");
    expect(layers.at(-1)?.mediaType).toBe("application/vnd.oci.image.layer.v1.tar+gzip");
    const { files } = layerOf(name);
    expect([...files.keys()][0]).toBe("plugin.wasm");
    expect(sha256(files.get("plugin.wasm")!)).toBe(sha256(readFileSync(wasmFile(name))));
  });

  test("has one layer and is whole, as crane sees it", () => {
    expect(manifestOf(name).layers.length).toBe(1);
    expect(() => registry.run("validate", "--remote", imageOf(name))).not.toThrow();
  });

  test("has the digest that the command says, in the registry and in the OCI layout", () => {
    const digest = registry.text("digest", imageOf(name));
    expect(output).toMatch(new RegExp(`^${name} .* ${digest}$`, "m"));
    expect(output).toContain(`Pushing ${imageOf(name)}@${digest}`);
    const copy = `${registry.address}/copy/${name}:x`;
    registry.run("push", join(folder, "oci", name), copy);
    expect(registry.text("digest", copy)).toBe(digest);
  });
});

test("the same modules give the same bytes, whoever packs them, where and when", async () => {
  const other = mkdtempSync(join(tmpdir(), "weir package "));
  try {
    const elsewhere = { TZ: "Asia/Kathmandu", LC_ALL: "tr_TR.UTF-8", HOME: other, USER: "somebody" };
    const { code } = await runPackage([...only, "--out", other, "--tag", TAG], elsewhere);
    expect(code).toBe(0);
    expect(readFileSync(join(other, "SHA256SUMS"), "utf8")).toBe(readFileSync(join(folder, "SHA256SUMS"), "utf8"));
  } finally {
    rmSync(other, { recursive: true, force: true });
  }
});

test("sha256sum finds every file in SHA256SUMS as it is, and a changed one", async () => {
  const check = () => command("sha256sum", ["--strict", "-c", "SHA256SUMS"], { cwd: folder });
  const listed = readFileSync(join(folder, "SHA256SUMS"), "utf8").split("\n").length - 1;
  const { code, output: lines } = await check();
  expect([code, lines.match(/: OK$/gm)?.length]).toEqual([0, listed]);
  const images = readdirSync(join(folder, "oci")).length;
  expect(listed).toBe(MODULES.length * 2 + 2 + images * 5);
  appendFileSync(join(folder, "model-router.cdx.json"), " ");
  expect((await check()).output).toContain("model-router.cdx.json: FAILED");
});

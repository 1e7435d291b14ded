import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "fflate";
import { createTar } from "nanotar";

/** A file in an image. */
export interface ImageFile {
  name: string;
  bytes: Uint8Array;
}

/** Something in a registry, by its digest, such as `sha256:4f...`. */
export interface Blob {
  digest: string;
  mediaType: string;
  bytes: Uint8Array;
}

/** An OCI image of one layer. */
export interface Image {
  manifest: Blob;
  config: Blob;
  layer: Blob;
}

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
const INDEX = "application/vnd.oci.image.index.v1+json";
const EPOCH = "1970-01-01T00:00:00Z";
/** Two blocks of zeros end an archive, which nanotar leaves out where the rest fills its last record. */
const END_OF_ARCHIVE_BYTES = 1024;
/** Everything is root's, of 1970. */
const ATTRIBUTES = { mode: "644", uid: 0, gid: 0, mtime: 0 };

/**
 * The image that Istio and Envoy Gateway take ("compat" variant of the Wasm image specification): one gzipped tar layer, with
 * `plugin.wasm` among its files. The same files, in the same order, give the same digests anywhere: no clock, no user, and a
 * gzip whose bytes depend on no machine, as those of Node's zlib do.
 */
export function imageOf(files: ImageFile[], annotations: Record<string, string>): Image {
  const archive = createTar(files.map(({ name, bytes }) => ({ name, data: bytes, attrs: ATTRIBUTES })));
  const tar = new Uint8Array(archive.length + END_OF_ARCHIVE_BYTES);
  tar.set(archive);
  const layer = blobOf(LAYER, gzipSync(tar, { level: 9, mtime: 0 }));
  const config = blobOfJson(CONFIG, {
    created: EPOCH,
    architecture: "wasm",
    os: "wasip1",
    config: {},
    rootfs: { type: "layers", diff_ids: [digestOf(tar)] },
    history: [{ created: EPOCH, created_by: "weir package" }],
  });
  const manifest = blobOfJson(MANIFEST, {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: descriptorOf(config),
    layers: [descriptorOf(layer)],
    annotations,
  });
  return { manifest, config, layer };
}

/** Writes an image to a folder in the OCI image layout, as `crane push`, `skopeo copy oci:` and `oras cp` take it. */
export function writeLayout(folder: string, { manifest, config, layer }: Image, tag: string): void {
  const blobs = join(folder, "blobs", "sha256");
  mkdirSync(blobs, { recursive: true });
  for (const { digest, bytes } of [layer, config, manifest]) writeFileSync(join(blobs, digest.slice(7)), bytes);
  const annotations = { "org.opencontainers.image.ref.name": tag };
  const index = { schemaVersion: 2, mediaType: INDEX, manifests: [{ ...descriptorOf(manifest), annotations }] };
  writeFileSync(join(folder, "index.json"), JSON.stringify(index));
  writeFileSync(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
}

function descriptorOf({ digest, mediaType, bytes }: Blob): object {
  return { mediaType, digest, size: bytes.length };
}

function blobOfJson(mediaType: string, value: object): Blob {
  return blobOf(mediaType, new TextEncoder().encode(JSON.stringify(value)));
}

function blobOf(mediaType: string, bytes: Uint8Array): Blob {
  return { digest: digestOf(bytes), mediaType, bytes };
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

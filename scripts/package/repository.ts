import { SetupError } from "../setup/progress.ts";

const HOST = /^(\[[0-9a-f:]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:\d{1,5})?$/i;
const PATH = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
/** Only these are spoken to without TLS. */
const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** Where images go: a registry, and a path in it. */
export interface Repository {
  registry: string;
  path: string;
  /** Where its API is, without the version. */
  url: URL;
}

/** Reads `registry.example.com/weir`; throws a `SetupError` where that is none. */
export function parseRepository(text: string): Repository {
  const slash = text.indexOf("/");
  const registry = text.slice(0, slash);
  const path = text.slice(slash + 1);
  const isHost = registry === "localhost" || /[.:]/.test(registry);
  if (slash < 0 || !isHost || !HOST.test(registry) || !PATH.test(path))
    throw new SetupError(
      `--push ${text}: must be a registry and a path, such as registry.example.com/weir (small letters, digits, and . _ - between them)`,
    );
  const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
  return { registry, path, url: new URL(`${LOCAL.test(registry) ? "http" : "https"}://${host}`) };
}

/** Throws a `SetupError` where `tag` is none of a registry. */
export function checkTag(tag: string): void {
  if (!TAG.test(tag)) throw new SetupError(`--tag ${tag}: must be 1 to 128 letters, digits, "_", "." or "-"`);
}

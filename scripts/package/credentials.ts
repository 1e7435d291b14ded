import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { SetupError } from "../setup/progress.ts";

/** How to prove to a registry who pushes. */
export type Credential = { user: string; password: string } | { refreshToken: string };

/** The part of docker's `config.json` that says so. */
interface DockerConfig {
  auths?: Record<string, { auth?: string; identitytoken?: string }>;
  credsStore?: string;
  credHelpers?: Record<string, string>;
}

/** What credential helpers say for a user whose password is a refresh token. */
const TOKEN_USER = "<token>";
const DOCKER_HUB = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/**
 * The credential for a registry (`host` or `host:port`): `WEIR_REGISTRY_USER` and `WEIR_REGISTRY_PASSWORD`, else what `docker login`
 * has left in `$DOCKER_CONFIG/config.json` (default `~/.docker`) or in the credential helper named there; undefined when there is
 * none. Throws a `SetupError` where one is there that can't be read.
 */
export function credentialFor(registry: string, env: NodeJS.ProcessEnv = process.env): Credential | undefined {
  const { WEIR_REGISTRY_USER: user, WEIR_REGISTRY_PASSWORD: password } = env;
  if (user !== undefined && password !== undefined) return { user, password };
  const file = join(env["DOCKER_CONFIG"] || join(homedir(), ".docker"), "config.json");
  if (!existsSync(file)) return undefined;
  const config = readConfig(file);
  const names = DOCKER_HUB.includes(registry) ? ["https://index.docker.io/v1/", ...DOCKER_HUB] : [registry];
  const keys = names.flatMap((name) => [name, `https://${name}`, `https://${name}/v1/`, `https://${name}/v2/`]);
  const helper = keys.map((key) => config.credHelpers?.[key]).find(Boolean) ?? config.credsStore;
  const entry = keys.map((key) => config.auths?.[key]).find((each) => each?.auth || each?.identitytoken);
  if (entry?.identitytoken) return { refreshToken: entry.identitytoken };
  if (entry?.auth) return decode(entry.auth, registry, file);
  return helper ? askHelper(helper, keys[0]!, env) : undefined;
}

function readConfig(file: string): DockerConfig {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as DockerConfig;
  } catch {
    throw new SetupError(`${file} is no JSON that can be read: docker logout and docker login write it anew`);
  }
}

/** `auth` is a user and a password, separated by a colon, in base64. */
function decode(auth: string, registry: string, file: string): Credential {
  const text = Buffer.from(auth, "base64").toString();
  const colon = text.indexOf(":");
  if (colon < 0) throw new SetupError(`${file}: auths["${registry}"].auth is not user:password in base64`);
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Asks as docker does: the key goes in, JSON comes out. */
function askHelper(helper: string, key: string, env: NodeJS.ProcessEnv): Credential | undefined {
  const program = `docker-credential-${helper}`;
  const { status, stdout, error } = spawnSync(program, ["get"], { input: key, env, timeout: 30_000 });
  if (error) throw new SetupError(`docker's config.json names ${program}, which can't be run: ${error.message}`);
  if (status !== 0) return undefined;
  try {
    const { Username: user, Secret: secret } = JSON.parse(stdout.toString()) as { Username: string; Secret: string };
    return user === TOKEN_USER ? { refreshToken: secret } : { user, password: secret };
  } catch {
    throw new SetupError(`${program} answered nothing that can be read`);
  }
}

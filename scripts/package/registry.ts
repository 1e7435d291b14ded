import { SetupError } from "../setup/progress.ts";
import type { Credential } from "./credentials.ts";
import type { Blob, Image } from "./image.ts";
import type { Repository } from "./repository.ts";

/** The longest that one request may take, in milliseconds. */
const PATIENCE_MS = 120_000;

/**
 * One repository of a registry, by the OCI distribution API. Proves who pushes as the registry asks for it: by Basic, or with a
 * token of the service that it names. Methods reject with a `SetupError` that says which request failed, and how.
 */
export class Registry {
  private authorization: string | undefined;

  constructor(
    private readonly repository: Repository,
    private readonly credential: Credential | undefined,
  ) {}

  /** Pushes what of an image isn't there yet, and tags it. */
  async push({ manifest, config, layer }: Image, tag: string): Promise<void> {
    for (const blob of [layer, config]) await this.pushBlob(blob);
    const answer = await this.request("PUT", `manifests/${tag}`, 201, manifest.bytes, manifest.mediaType);
    const digest = answer.headers.get("docker-content-digest");
    if (digest !== null && digest !== manifest.digest)
      throw new SetupError(`${this.name}:${tag}: the registry took it for ${digest}, and it is ${manifest.digest}`);
  }

  private get name(): string {
    return `${this.repository.registry}/${this.repository.path}`;
  }

  private async pushBlob({ digest, bytes }: Blob): Promise<void> {
    const there = await this.send("HEAD", this.urlOf(`blobs/${digest}`));
    if (there.ok) return;
    const begun = await this.request("POST", "blobs/uploads/", 202);
    const location = begun.headers.get("location");
    if (location === null) throw new SetupError(`${this.name}: the registry doesn't say where to upload to`);
    const upload = new URL(location, begun.url);
    upload.searchParams.set("digest", digest);
    await this.request("PUT", upload, 201, bytes, "application/octet-stream");
  }

  private urlOf(path: string): URL {
    return new URL(`/v2/${this.repository.path}/${path}`, this.repository.url);
  }

  private async request(method: string, to: string | URL, expected: number, body?: Uint8Array, type?: string) {
    const url = typeof to === "string" ? this.urlOf(to) : to;
    const answer = await this.send(method, url, body, type);
    if (answer.status !== expected) throw new SetupError(`${method} ${where(url)}: ${await reasonOf(answer)}`);
    return answer;
  }

  /** Sends a request and, when the registry first asks who this is, sends it again. */
  private async send(method: string, url: URL, body?: Uint8Array, type?: string): Promise<Response> {
    const attempt = (): Promise<Response> => {
      // Uploads may lead elsewhere, to where nobody is to learn a password.
      const isOurs = url.origin === this.repository.url.origin;
      const headers = {
        ...(type === undefined ? {} : { "content-type": type }),
        ...(isOurs && this.authorization !== undefined ? { authorization: this.authorization } : {}),
      };
      return reach(url, { method, headers, body: body as Uint8Array<ArrayBuffer> | undefined });
    };
    const answer = await attempt();
    const challenge = answer.headers.get("www-authenticate");
    if (answer.status !== 401 || challenge === null) return answer;
    this.authorization = await this.authorize(challenge);
    return attempt();
  }

  private async authorize(challenge: string): Promise<string> {
    const credential = this.credential;
    if (/^basic\b/i.test(challenge)) {
      if (!credential || "refreshToken" in credential) throw new SetupError(`${this.name} ${NEEDS_LOGIN}`);
      return basic(credential);
    }
    const parameters = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key, text]),
    );
    const realm = parameters["realm"];
    if (!/^bearer\b/i.test(challenge) || realm === undefined)
      throw new SetupError(`${this.name} asks for a kind of authentication that is not known here: ${challenge}`);
    const url = new URL(realm);
    if (url.protocol !== "https:" && this.repository.url.protocol === "https:")
      throw new SetupError(`${this.name} sends for a token to ${where(url)}, without TLS`);
    const query = { service: parameters["service"] ?? "", scope: `repository:${this.repository.path}:pull,push` };
    const answer = await askForToken(url, query, credential);
    if (answer.status === 401) throw new SetupError(`${this.name} ${NEEDS_LOGIN}`);
    if (!answer.ok) throw new SetupError(`a token of ${where(url)}: ${await reasonOf(answer)}`);
    const { token, access_token } = (await answer.json()) as { token?: string; access_token?: string };
    return `Bearer ${token ?? access_token ?? ""}`;
  }
}

const NEEDS_LOGIN =
  "wants to know who pushes: docker login, or put a user and a password into WEIR_REGISTRY_USER and WEIR_REGISTRY_PASSWORD";

function askForToken(url: URL, query: Record<string, string>, credential?: Credential): Promise<Response> {
  if (credential && "refreshToken" in credential) {
    const form = { grant_type: "refresh_token", refresh_token: credential.refreshToken, client_id: "weir", ...query };
    return reach(url, { method: "POST", body: new URLSearchParams(form) });
  }
  const asked = new URL(url);
  for (const [key, text] of Object.entries(query)) asked.searchParams.set(key, text);
  return reach(asked, { headers: credential ? { authorization: basic(credential) } : {} });
}

function basic({ user, password }: { user: string; password: string }): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

async function reach(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new SetupError(
      `${init.method ?? "GET"} ${where(url)}: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
}

/** A URL without its query, which can hold a secret. */
function where(url: URL): string {
  return url.origin + url.pathname;
}

/** What a registry says of what it refuses: the status, and its own words for it. */
async function reasonOf(answer: Response): Promise<string> {
  const text = (await answer.text()).slice(0, 1000);
  try {
    const { errors } = JSON.parse(text) as { errors: { code: string; message?: string }[] };
    return `${answer.status} ${errors.map(({ code, message }) => [code, message].filter(Boolean).join(": ")).join(", ")}`;
  } catch {
    return `${answer.status} ${text}`.trimEnd();
  }
}

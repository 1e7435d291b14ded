import { type IncomingMessage, type RequestListener, type ServerResponse, createServer, request } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Certificate } from "../envoy/model-router/certificates.ts";

/** What a registry in front of another wants of who pushes. */
export interface Guard {
  /** `Basic`, or a token that `/token` gives to who proves to be `user:password` or has the refresh token. */
  scheme: "Basic" | "Bearer";
  credential: string;
  refreshToken?: string;
  /** Where it sends for a token; its own `/token` unless said otherwise. */
  realm?: string;
  certificate?: Certificate;
  /** Where it binds; default 127.0.0.1. */
  host?: string;
}

const TOKEN = "token-for-this-push";

/** A registry that wants to know who pushes, and passes on to `behind` what it lets in. */
export class GuardedRegistry {
  /** `METHOD path` of everything that came, and in brackets what it was answered. */
  readonly seen: string[] = [];

  private constructor(
    private readonly guard: Guard,
    private readonly behind: string,
    private readonly server: ReturnType<typeof createServer>,
  ) {}

  static async start(behind: string, guard: Guard): Promise<GuardedRegistry> {
    const serve: RequestListener = (incoming, response) => void registry.serve(incoming, response);
    const { certificate } = guard;
    const server = certificate ? createTlsServer({ ...certificate }, serve) : createServer(serve);
    const registry = new GuardedRegistry(guard, behind, server);
    await new Promise<void>((listening) => server.listen(0, guard.host ?? "127.0.0.1", listening));
    return registry;
  }

  get address(): string {
    return `${this.guard.host ?? "127.0.0.1"}:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "" } = incoming;
    response.once("finish", () => this.seen.push(`${method} ${url.split("?")[0]} [${response.statusCode}]`));
    if (url.startsWith("/token")) return this.giveToken(incoming, response);
    if (incoming.headers.authorization === this.wanted) return this.pass(incoming, response);
    const realm = this.guard.realm ?? `http://${this.address}/token`;
    const challenge = this.guard.scheme === "Basic" ? 'Basic realm="weir"' : `Bearer realm="${realm}",service="test"`;
    response.writeHead(401, { "www-authenticate": challenge });
    response.end('{"errors":[{"code":"UNAUTHORIZED","message":"who is it?"}]}');
  }

  private get wanted(): string {
    return this.guard.scheme === "Bearer" ? `Bearer ${TOKEN}` : basic(this.guard.credential);
  }

  private async giveToken(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { credential, refreshToken } = this.guard;
    let form = "";
    for await (const piece of incoming) form += String(piece);
    const asked = new URL(`http://registry${incoming.url}`).searchParams;
    const refreshed = new URLSearchParams(form);
    const isKnown =
      incoming.headers.authorization === basic(credential) ||
      (refreshToken !== undefined && refreshed.get("refresh_token") === refreshToken);
    const scope = asked.get("scope") ?? refreshed.get("scope") ?? "";
    const isFor = /^repository:team\/weir(\/[a-z-]+)?:pull,push$/.test(scope);
    response.writeHead(isKnown && isFor ? 200 : 401, { "content-type": "application/json" });
    response.end(isKnown && isFor ? JSON.stringify({ token: TOKEN }) : "{}");
  }

  private pass(incoming: IncomingMessage, response: ServerResponse): void {
    const { method, url, headers } = incoming;
    const onward = request(`http://${this.behind}${url}`, { method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    incoming.pipe(onward);
  }
}

function basic(credential: string): string {
  return `Basic ${Buffer.from(credential).toString("base64")}`;
}

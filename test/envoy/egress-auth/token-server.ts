import { type IncomingHttpHeaders, type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Address } from "../support/gateway-config.ts";

/** A request for a token. */
export interface TokenAsk {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  form: Record<string, string>;
}

/** What a token server answers; undefined: never. */
export type TokenAnswer = { status?: number; body: unknown } | undefined;

/** Gives out tokens, and remembers who asked how. */
export class TokenServer {
  asked: TokenAsk[] = [];
  /** How it answers from now on. */
  answer: (ask: TokenAsk) => TokenAnswer | Promise<TokenAnswer>;
  private readonly server: Server;

  private constructor(answer: (ask: TokenAsk) => TokenAnswer | Promise<TokenAnswer>) {
    this.answer = answer;
    this.server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        const body = Buffer.concat(pieces).toString();
        const form = Object.fromEntries(new URLSearchParams(body));
        const ask = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body, form };
        this.asked.push(ask);
        void Promise.resolve(this.answer(ask)).then((answer) => {
          if (!answer) return;
          response.writeHead(answer.status ?? 200, { "content-type": "application/json" });
          response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
        });
      });
    });
  }

  static async start(answer: (ask: TokenAsk) => TokenAnswer | Promise<TokenAnswer>): Promise<TokenServer> {
    const server = new TokenServer(answer);
    await new Promise<void>((listening) => server.server.listen(0, "127.0.0.1", listening));
    return server;
  }

  get address(): Address {
    return { host: "127.0.0.1", port: (this.server.address() as AddressInfo).port };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

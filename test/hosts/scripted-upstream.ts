import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { type Address } from "../envoy/support/gateway-config.ts";
import { headerOf, type Message } from "./scenario.ts";

/** An upstream that answers what it is told and keeps what it gets. */
export class ScriptedUpstream {
  /** What the next requests are answered. */
  answer: Message = { headers: [[":status", "200"]], pieces: [] };
  /** The last request, whole. */
  received: Message | undefined;

  private constructor(private readonly server: Server) {
    // A request that is cut is none.
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      this.serve(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<ScriptedUpstream> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return new ScriptedUpstream(server);
  }

  get address(): Address {
    return { host: "127.0.0.1", port: (this.server.address() as AddressInfo).port };
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const { rawHeaders } = request;
    const headers = rawHeaders.flatMap((name, at): Message["headers"] =>
      at % 2 === 0 ? [[name, rawHeaders[at + 1]!]] : [],
    );
    this.received = { headers, pieces: [Buffer.concat(pieces).toString()] };
    const { answer } = this;
    response.writeHead(Number(headerOf(answer, ":status")), answer.headers.slice(1).flat());
    for (const piece of answer.pieces) await new Promise((written) => response.write(piece, written));
    response.end();
  }
}

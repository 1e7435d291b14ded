import { createServer, type Server } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { afterAll, afterEach, expect, test } from "vitest";
import { type Certificate, certificates } from "../model-router/certificates.ts";
import { type Answer, send } from "../support/client.ts";
import { EnvoyProcess } from "../support/envoy-process.ts";
import { exampleAt } from "../support/example.ts";
import { traps } from "../support/plugin-gateway.ts";
import { chat } from "./egress-gateway.ts";

const KEYS = { OPENAI_API_KEY: "marked-key-of-openai", AZURE_API_KEY: "marked-key-of-azure" };
const HOSTS = { openai: "api.openai.com", azure: "example.openai.azure.com", local: "llm.internal.example" };
type Name = keyof typeof HOSTS;

/** One connection's request, as a provider's TLS server sees it. */
interface Seen {
  provider: Name;
  serverName: string | false | null;
  /** The subject of a client certificate that this authority has signed. */
  client: string | undefined;
  headers: IncomingHttpHeaders;
}

const made = certificates({
  openai: { subject: "/CN=openai", san: `DNS:${HOSTS.openai}` },
  azure: { subject: "/CN=azure", san: `DNS:${HOSTS.azure}` },
  local: { subject: "/CN=local", san: `DNS:${HOSTS.local}` },
  impostor: { subject: "/CN=impostor", san: "DNS:impostor.example" },
  gateway: { subject: "/CN=gateway", san: "DNS:gateway.example" },
});

let seen: Seen[] = [];
const servers: Server[] = [];
const envoys: EnvoyProcess[] = [];

/** A provider with this certificate; `fails` makes it answer 503. */
async function provider(name: Name, certificate: Certificate, fails = false): Promise<number> {
  const asksForClient = name === "local";
  const options = { ...certificate, ca: made.ca.cert, requestCert: asksForClient, rejectUnauthorized: asksForClient };
  const server = createServer(options, (request, response) => {
    const socket = request.socket as TLSSocket;
    const client = asksForClient && socket.authorized ? socket.getPeerCertificate().subject.CN : undefined;
    seen.push({ provider: name, serverName: socket.servername, client: [client].flat()[0], headers: request.headers });
    request.resume().on("end", () => {
      response.writeHead(fails ? 503 : 200, { "content-type": "application/json", "x-mock-provider": name });
      response.end("{}");
    });
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return (server.address() as AddressInfo).port;
}

async function start(ports: Record<Name, number>): Promise<EnvoyProcess> {
  const hosts = Object.entries(HOSTS).map(([name, host]) => [host, { host: "127.0.0.1", port: ports[name as Name] }]);
  const identity = { own: made.gateway, ca: made.ca.cert };
  const envoy = await EnvoyProcess.start(exampleAt("failover", Object.fromEntries(hosts), { identity }), { env: KEYS });
  envoys.push(envoy);
  return envoy;
}

function ask(envoy: EnvoyProcess): Promise<Answer> {
  const headers = { authorization: "Bearer example-key-of-team-a" };
  return send(envoy.address(), { path: "/v1/chat/completions", headers, body: chat("gpt-4o") });
}

afterEach(async () => {
  for (const envoy of envoys.splice(0)) {
    expect(traps(envoy.log)).toEqual([]);
    await envoy.stop();
  }
  seen = [];
});
afterAll(() => {
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
});

test("each endpoint is asked by its own name, with its own key; the gateway shows its certificate to the one that asks", async () => {
  const envoy = await start({
    openai: await provider("openai", made.openai, true),
    azure: await provider("azure", made.azure, true),
    local: await provider("local", made.local),
  });
  expect((await ask(envoy)).headers["x-mock-provider"]).toBe("local");
  expect(seen.map(({ provider: name, serverName, client }) => ({ name, serverName, client }))).toEqual([
    { name: "openai", serverName: HOSTS.openai, client: undefined },
    { name: "azure", serverName: HOSTS.azure, client: undefined },
    { name: "local", serverName: HOSTS.local, client: "gateway" },
  ]);
  expect(seen.map(({ headers }) => [headers.host, headers.authorization, headers["api-key"]])).toEqual([
    [HOSTS.openai, `Bearer ${KEYS.OPENAI_API_KEY}`, undefined],
    [HOSTS.azure, undefined, KEYS.AZURE_API_KEY],
    [HOSTS.local, undefined, undefined],
  ]);
});

test.each([
  ["another's name", made.impostor],
  ["a name that nobody vouches for", certificates({ self: { subject: "/CN=self", san: `DNS:${HOSTS.openai}` } }).self],
])("a server with %s gets no request and no key; the next provider answers", async (_what, certificate) => {
  const envoy = await start({
    openai: await provider("openai", certificate),
    azure: await provider("azure", made.azure),
    local: await provider("local", made.local),
  });
  expect((await ask(envoy)).headers["x-mock-provider"]).toBe("azure");
  expect(seen.map(({ provider: name }) => name)).toEqual(["azure"]);
});

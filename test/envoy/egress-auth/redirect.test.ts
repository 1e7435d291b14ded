import { afterAll, expect, test } from "vitest";
import { send } from "../support/client.ts";
import { EnvoyProcess } from "../support/envoy-process.ts";
import { traps } from "../support/plugin-gateway.ts";
import { Upstreams, chat, egressCluster, egressConfig, egressFilter } from "./egress-gateway.ts";

const AGAIN = "/v1/chat/completions?again=1";

const upstreams = await Upstreams.start({ one: "OpenAi" });
afterAll(() => upstreams.stop());

test.each(["a-much-longer-name", "4o"])(
  "after an internal redirect, too, the body is whole under the name %s",
  async (name) => {
    upstreams.reset();
    const configuration = {
      select: { hostMetadata: ["weir", "provider"] },
      providers: [{ name: "one", host: "one.example", credential: { type: "Bearer", from: { value: "key" } } }],
      modelMapping: { one: { "gpt-4o": name } },
    };
    const llm = egressCluster("llm", [upstreams.endpoint("one")], [egressFilter(configuration)]);
    const route = { internal_redirect_policy: { redirect_response_codes: [307], allow_cross_scheme_redirect: true } };
    const envoy = await EnvoyProcess.start(egressConfig({ cluster: "llm", clusters: [llm], route }));
    const mock = upstreams.mock("one");
    mock.behave(({ path }) =>
      path === AGAIN ? {} : { answer: { status: 307, headers: { location: `http://gateway.example${AGAIN}` } } },
    );
    const answer = await send(envoy.address(), { path: "/v1/chat/completions", body: chat("gpt-4o") });
    expect(answer.status).toBe(200);
    expect(mock.seen.map(({ path, body, headers }) => [path, body.toString(), headers.authorization])).toEqual(
      ["/v1/chat/completions", AGAIN].map((path) => [path, chat(name), "Bearer key"]),
    );
    expect(traps(envoy.log)).toEqual([]);
    await envoy.stop();
  },
);

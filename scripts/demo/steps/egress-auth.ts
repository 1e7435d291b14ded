import { EnvoyProcess } from "../../../test/envoy/support/envoy-process.ts";
import { localConfig } from "../../../test/envoy/support/example.ts";
import { MockProvider } from "../../../test/envoy/support/mock-provider.ts";
import { EXAMPLE_KEYS } from "../authentication.ts";
import type { Link } from "../link.ts";
import type { Step, Walk } from "../walk.ts";

const PATH = "/v1/chat/completions";
const MESSAGES = [{ role: "user", content: "Why do weirs hum?" }];

/** The example with three providers, and what their keys are called here. */
const EXAMPLE = "failover";
const PROVIDERS = ["openai", "azure", "local"] as const;
const PROVIDER_KEYS = { OPENAI_API_KEY: "key-of-openai", AZURE_API_KEY: "key-of-azure" };

const steps: Step[] = [
  {
    title: "What a client sends about itself goes to no provider",
    async run(walk) {
      const headers = { cookie: "session=mine", "x-api-key": "mine", "openai-project": "mine" };
      const back = await walk.send({
        path: `${PATH}?api-key=mine&a=1`,
        json: { model: "gpt-4o", messages: MESSAGES },
        headers,
      });
      const request = back.upstream?.request;
      const seen = JSON.stringify([request?.rawHeaders, request?.path]);
      walk.check(
        "the provider got no cookie, key or project of the client's",
        back.status === 200 && !seen.includes("mine"),
      );
      walk.check("what is no secret stays: ?a=1", request?.path === `${PATH}?a=1`);
    },
  },
  { title: "A provider fails, and the next answers, each with its own key", run: failOver },
];

/** The last plugin before Envoy's router: it strips. The keys are put on upstream, in a gateway of the step's own. */
export const egressAuth: Link = {
  plugin: "egress-auth",
  configuration: { unknownProvider: "Strip" },
  steps,
  pastes: [],
};

/** `envoy-examples/failover` in front of three mock providers, of which one after the other goes away. */
async function failOver(walk: Walk): Promise<void> {
  const mocks = await Promise.all(PROVIDERS.map((name) => MockProvider.start(name, "OpenAi")));
  const addresses = Object.fromEntries(mocks.map(({ name, address }) => [name, address]));
  const envoy = await EnvoyProcess.start(localConfig(EXAMPLE, addresses), { env: PROVIDER_KEYS });
  try {
    const ask = async (answering: string, key: string | undefined, path: string): Promise<void> => {
      for (const mock of mocks) mock.seen = [];
      const answer = await fetch(envoy.url(PATH), {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${EXAMPLE_KEYS["team-a"]}` },
        body: JSON.stringify({ model: "gpt-4o", messages: MESSAGES }),
      });
      const text = await answer.text();
      const request = mocks.find(({ name }) => name === answering)?.seen.at(-1);
      const { authorization, "api-key": apiKey } = request?.headers ?? {};
      const got = authorization?.replace("Bearer ", "") ?? apiKey;
      walk.print.note("upstream", `${answering}: ${request?.path}, with ${String(got ?? "no key")}`);
      walk.print.note("back", `${answer.status} ${text.slice(0, 100)}`);
      walk.check(`${answering} answers`, answer.status === 200 && answer.headers.get("x-mock-provider") === answering);
      walk.check(`it got ${key ?? "no key"}, on its own path`, got === key && request?.path === path);
      walk.check("the client sees no key", !/key-of-/.test(text + JSON.stringify([...answer.headers])));
    };
    const azurePath = "/openai/deployments/prod-gpt-4o/chat/completions?api-version=2024-10-21";
    await ask("openai", PROVIDER_KEYS.OPENAI_API_KEY, PATH);
    walk.print.note("kill", "openai");
    await mocks[0]!.stop();
    await ask("azure", PROVIDER_KEYS.AZURE_API_KEY, azurePath);
    walk.print.note("kill", "azure");
    await mocks[1]!.stop();
    await ask("local", undefined, PATH);
    const line = await envoy.logged(/"attempts":"(openai=reset[^"]*,local=200[^"]*)"/);
    walk.print.note("logged", `attempts=${line[1]}`);
    walk.check("the log says who was tried", true);
  } finally {
    await envoy.stop();
    await mocks[2]!.stop();
    await Promise.allSettled(mocks.slice(0, 2).map((mock) => mock.stop()));
  }
}

import { request } from "node:http";
import { Gate } from "../../../test/envoy/support/gate.ts";
import { within } from "../../../test/envoy/support/until.ts";
import { KEYS } from "../authentication.ts";
import type { Link } from "../link.ts";
import { UNLIMITED_HOST } from "../unlimited-host.ts";
import type { Back, Step, Walk } from "../walk.ts";

const MESSAGES = [{ role: "user", content: "Why do weirs hum?" }];
const FAST = { "gpt-4o-mini": "openai", "claude-haiku": "anthropic-compat" } as Record<string, string>;

const steps: Step[] = [
  {
    title: "A model picks its provider",
    async run(walk) {
      walk.checkRouted(
        await walk.send({ path: "/v1/chat/completions", json: { model: "gpt-4o", messages: MESSAGES } }),
        "openai",
        "gpt-4o",
      );
    },
  },
  {
    title: "Anthropic's dialect is routed too",
    async run(walk) {
      const back = await walk.send({
        path: "/v1/messages",
        json: { model: "claude-sonnet", max_tokens: 50, messages: MESSAGES },
      });
      walk.checkRouted(back, "anthropic-compat", "claude-sonnet");
      walk.check("the answer is Anthropic's", back.json["type"] === "message");
    },
  },
  {
    title: "An alias is rewritten in the body, every other byte stays",
    async run(walk) {
      const text = '{ "messages": [{"role":"user","content":"caf\\u00e9"}],\n  "model" : "fast", "temperature":1e0 }';
      const back = await walk.send({ path: "/v1/chat/completions", text });
      const model = checkFast(walk, back);
      walk.check(
        "every other byte is as it was sent",
        back.upstream?.request.body.toString() === text.replace('"fast"', `"${model}"`),
      );
    },
  },
  {
    title: "A session stays with its target",
    async run(walk) {
      const targets = new Set<unknown>();
      for (let times = 0; times < 3; times++) {
        const headers = { "x-session-id": "weir-demo" };
        const back = await walk.send({
          path: "/v1/chat/completions",
          json: { model: "fast", messages: MESSAGES },
          headers,
        });
        targets.add(checkFast(walk, back));
      }
      walk.check("three requests of one session went to one target", targets.size === 1);
    },
  },
  {
    title: "An answer streams through as it comes",
    async run(walk) {
      const firstArrived = new Gate();
      walk.mock("openai").behave({ beforePiece: (index) => (index === 1 ? firstArrived.opened : undefined) });
      const json = { model: "gpt-4o", messages: MESSAGES, stream: true, stream_options: { include_usage: true } };
      const back = await walk.send({ path: "/v1/chat/completions", json, onFirstPiece: () => firstArrived.release() });
      walk.mock("openai").reset();
      walk.check("the client had the first event before the provider sent the second", back.status === 200);
      walk.check(
        "the stream is whole: usage, then [DONE]",
        /"total_tokens":\d+.*\n\ndata: \[DONE\]\n\n$/.test(back.text),
      );
    },
  },
  {
    title: "The body streams to the provider as soon as the model is known",
    run: earlyRelease,
  },
  {
    title: "An unknown model is refused in the client's dialect",
    async run(walk) {
      const openAi = await walk.send({ path: "/v1/chat/completions", json: { model: "gpt-9", messages: MESSAGES } });
      walk.checkRefused(openAi, 404);
      walk.check("OpenAI's words: model_not_found", errorOf(openAi)["code"] === "model_not_found");
      const anthropic = await walk.send({
        path: "/v1/messages",
        json: { model: "gpt-9", max_tokens: 5, messages: MESSAGES },
      });
      walk.checkRefused(anthropic, 404);
      walk.check("Anthropic's words: not_found_error", errorOf(anthropic)["type"] === "not_found_error");
    },
  },
  {
    title: "An access list decides who may use a model",
    async run(walk) {
      const json = { model: "internal-llama", messages: MESSAGES };
      walk.checkRouted(
        await walk.send({ path: "/v1/chat/completions", json, team: "team-a" }),
        "vllm",
        "internal-llama",
      );
      walk.checkRefused(await walk.send({ path: "/v1/chat/completions", json, team: "team-b" }), 403);
      const forged = { "x-consumer": "team-a" };
      walk.checkRefused(await walk.send({ path: "/v1/chat/completions", json, team: "team-b", headers: forged }), 403);
    },
  },
  {
    title: "No model means the default model",
    async run(walk) {
      checkFast(walk, await walk.send({ path: "/v1/chat/completions", json: { messages: MESSAGES } }));
    },
  },
  {
    title: "A second model key is no way around the router",
    async run(walk) {
      for (const second of ['"model":"internal-llama"', '"mod\\u0065l":"internal-llama"']) {
        const text = `{"model":"gpt-4o",${second},"messages":${JSON.stringify(MESSAGES)}}`;
        walk.checkRefused(await walk.send({ path: "/v1/chat/completions", text, team: "team-b" }), 400);
      }
    },
  },
  {
    title: "Routing headers from the client are not believed",
    async run(walk) {
      const headers = { "x-gateway-provider-name": "vllm", "x-gateway-model-name": "internal-llama" };
      const chat = await walk.send({
        path: "/v1/chat/completions",
        json: { model: "gpt-4o", messages: MESSAGES },
        headers,
        team: "team-b",
      });
      walk.checkRouted(chat, "openai", "gpt-4o");
      const list = await walk.send({ method: "GET", path: "/v1/models", headers, team: "team-b" });
      const stripped = Object.keys(headers).every((name) => !(name in (list.upstream?.request.headers ?? headers)));
      walk.check("a request without a body passes without them", list.status === 200 && stripped);
    },
  },
  {
    title: "Audio: the model is a field of a multipart form",
    async run(walk) {
      const form = new FormData();
      form.set("model", "whisper-1");
      form.set("file", new File([new Uint8Array(2000)], "weir.wav", { type: "audio/wav" }));
      walk.checkRouted(await walk.send({ path: "/v1/audio/transcriptions", form }), "openai", "whisper-1");
    },
  },
  {
    title: "Gemini: the model is in the path, an alias is rewritten there",
    async run(walk) {
      const json = { contents: [{ role: "user", parts: [{ text: "Why do weirs hum?" }] }] };
      const back = await walk.send({ path: "/v1beta/models/flash:generateContent", json });
      walk.checkRouted(back, "gemini", "gemini-2.5-flash");
      walk.check(
        "the path names the routed model",
        back.upstream?.request.path === "/v1beta/models/gemini-2.5-flash:generateContent",
      );
    },
  },
];

/** The model router of the demo's gateway. */
export const modelRouter: Link = {
  plugin: "model-router",
  configuration: {
    consumer: [{ header: "x-consumer" }],
    models: [
      { name: "gpt-4o*", provider: "openai" },
      { name: "whisper-1", provider: "openai" },
      { name: "claude-*", provider: "anthropic-compat" },
      { name: "flash", targets: [{ model: "gemini-2.5-flash", provider: "gemini" }] },
      {
        name: "fast",
        targets: [
          { model: "gpt-4o-mini", provider: "openai", weight: 90 },
          { model: "claude-haiku", provider: "anthropic-compat", weight: 10, dialects: ["OpenAiChat"] },
        ],
      },
      { name: "internal-*", provider: "vllm", allowConsumers: ["team-a"] },
    ],
    defaultModel: "fast",
    stickyHeader: "x-session-id",
  },
  steps,
  pastes: [
    {
      shows: "routed to openai by its model",
      path: "/v1/chat/completions",
      body: { model: "gpt-4o", messages: MESSAGES },
    },
    {
      shows: "an alias, streamed",
      path: "/v1/chat/completions",
      body: { model: "fast", stream: true, messages: MESSAGES },
    },
    {
      shows: "Anthropic's dialect",
      path: "/v1/messages",
      body: { model: "claude-sonnet", max_tokens: 50, messages: MESSAGES },
    },
    { shows: "an unknown model: 404", path: "/v1/chat/completions", body: { model: "gpt-9", messages: MESSAGES } },
    {
      shows: "not on the access list: 403",
      path: "/v1/chat/completions",
      body: { model: "internal-llama", messages: MESSAGES },
      key: KEYS["team-b"],
    },
  ],
};

/** Checks that "fast" became one of its targets, in the headers and in the body, and returns which. */
function checkFast(walk: Walk, back: Back): string {
  const model = String(back.upstream?.request.json?.["model"]);
  const provider = FAST[model];
  walk.check(`"fast" became ${Object.keys(FAST).join(" or ")}`, provider !== undefined);
  if (provider !== undefined) walk.checkRouted(back, provider, model);
  return model;
}

/** Sends a body's beginning, waits until the provider has some of it, and only then sends the rest. */
async function earlyRelease(walk: Walk): Promise<void> {
  const path = "/v1/chat/completions";
  const [beginning, rest] = ['{"model":"gpt-4o","messages":[{"role":"user","content":"Why do', ' weirs hum?"}]}'];
  // A limiter must read all of a request before it lets it go.
  const headers = {
    "content-type": "application/json",
    authorization: `Bearer ${KEYS["team-a"]}`,
    host: UNLIMITED_HOST,
  };
  walk.print.sent("POST", path, {}, beginning);
  const arrival = walk.mock("openai").next();
  const client = request(walk.gateway.envoy.url(path), { method: "POST", headers });
  const answered = new Promise<[number, string]>((answer, fail) => {
    client.on("error", fail).on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      response.on("error", fail).on("end", () => answer([response.statusCode ?? 0, text]));
    });
  });
  answered.catch(() => undefined);
  try {
    client.write(beginning);
    const seen = await arrival;
    await seen.firstByte();
    walk.check("the provider has the first bytes while the client has not sent the last", seen.state === "Receiving");
    walk.print.note("sent", `the rest: ${rest}`);
    client.end(rest);
    const [status, text] = await within("the answer came", answered);
    walk.checkRouted(await walk.settle(status, new Headers(), text), "openai", "gpt-4o");
  } finally {
    client.destroy();
  }
}

function errorOf({ json }: Back): Record<string, unknown> {
  return (json["error"] ?? {}) as Record<string, unknown>;
}

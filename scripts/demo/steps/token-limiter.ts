import { setTimeout as sleep } from "node:timers/promises";
import { Gate } from "../../../test/envoy/support/gate.ts";
import { KEYS } from "../authentication.ts";
import type { Link } from "../link.ts";
import { UNLIMITED_HOST } from "../unlimited-host.ts";
import type { Back, Sent, Step, Walk } from "../walk.ts";

const PATH = "/v1/chat/completions";
const MESSAGES = [{ role: "user", content: "Why do weirs hum?" }];

/** The model with the small limit, what that is, and what the provider says a request used. */
const TRIAL = "gpt-4o-trial";
const TRIAL_TOKENS = 300;
const TRIAL_WINDOW = "3s";
const USED_TOKENS = 250;
/** More than use up a window, also when another begins meanwhile. */
const MOST_REQUESTS = 6;

const steps: Step[] = [
  {
    title: "An answer's tokens are counted, and what is left is said",
    async run(walk) {
      const back = await walk.send({ path: PATH, json: { model: "gpt-4o", max_tokens: 50, messages: MESSAGES } });
      const { total_tokens } = back.json["usage"] as { total_tokens: number };
      walk.check(
        `the log has the ${total_tokens} tokens that the provider reports`,
        Number(back.logged["total_tokens"]) === total_tokens && back.logged["usage_source"] === "reported",
      );
      const [limit, remaining] = ["limit", "remaining"].map((name) => tokenHeader(back, name));
      walk.check(`${remaining} of ${limit} tokens are left`, remaining! > 0 && remaining! < limit!);
    },
  },
  {
    title: "A team that has used up its tokens waits; the other doesn't",
    async run(walk) {
      const usage = { prompt_tokens: 20, completion_tokens: USED_TOKENS - 20, total_tokens: USED_TOKENS };
      const answer = { object: "chat.completion", model: TRIAL, choices: [], usage };
      walk.mock("openai").behave({ answer: { pieces: [JSON.stringify(answer)] } });
      try {
        const refused = await useUp(walk, "team-b");
        walk.checkRefused(refused, 429);
        const seconds = Number(refused.headers.get("retry-after"));
        walk.check(`told to come back in ${seconds} s`, seconds >= 1);
        walk.check(
          "and what the limit is, in headers",
          tokenHeader(refused, "limit") === TRIAL_TOKENS && tokenHeader(refused, "remaining") < TRIAL_TOKENS,
        );
        walk.check("team A passes meanwhile", (await walk.send(trial("team-a"))).status === 200);
        walk.print.note("wait", `${seconds} s, as told`);
        await sleep(seconds * 1000);
        walk.check("team B passes again", (await walk.send(trial("team-b"))).status === 200);
      } finally {
        walk.mock("openai").reset();
      }
    },
  },
  {
    title: "A request that no wait will help is told so",
    async run(walk) {
      const json = { model: TRIAL, max_tokens: 10 * TRIAL_TOKENS, messages: MESSAGES };
      const back = await walk.send({ path: PATH, json });
      walk.checkRefused(back, 400);
      const { code } = back.json["error"] as { code: string };
      walk.check("in OpenAI's words: context_length_exceeded", code === "context_length_exceeded");
    },
  },
  {
    title: "A stream's usage is asked for, counted and taken out again",
    async run(walk) {
      const json = { model: "gpt-4o", stream: true, messages: MESSAGES };
      const back = await walk.send({ path: PATH, json });
      const asked = back.upstream?.request.json?.["stream_options"] as { include_usage?: boolean } | undefined;
      walk.check("the provider was asked for the usage", asked?.include_usage === true);
      walk.check("the log has it, as reported", back.logged["usage_source"] === "reported");
      walk.check(
        "the client has the stream that it asked for, without the event that only reports",
        !/"choices":\[\]/.test(back.text) && back.text.endsWith("data: [DONE]\n\n"),
      );
    },
  },
  {
    title: "A stream that the client breaks off is charged",
    run: brokenOff,
  },
];

/** The token limiter of the demo's gateway. */
export const tokenLimiter: Link = {
  plugin: "token-limiter",
  configuration: {
    consumer: [{ header: "x-consumer" }],
    limits: [
      { name: "hour", by: ["consumer"], count: "Total", amount: 1_000_000, per: "1h" },
      {
        name: "trial",
        by: ["consumer"],
        models: [TRIAL],
        count: "Total",
        amount: TRIAL_TOKENS,
        per: TRIAL_WINDOW,
        algorithm: "FixedWindow",
      },
      { name: "parallel", by: ["consumer"], count: "Concurrent", amount: 20 },
    ],
    overrides: [{ name: "unlimited", match: { hosts: [UNLIMITED_HOST] }, config: { mode: "Off" } }],
  },
  steps,
  pastes: [
    {
      shows: `a limit of ${TRIAL_TOKENS} tokens in ${TRIAL_WINDOW}: see x-ratelimit-remaining-tokens`,
      path: PATH,
      body: { model: TRIAL, max_tokens: 100, messages: MESSAGES },
    },
    {
      shows: "more than that limit ever allows: 400",
      path: PATH,
      body: { model: TRIAL, max_tokens: 10 * TRIAL_TOKENS, messages: MESSAGES },
    },
  ],
};

function trial(team: keyof typeof KEYS): Sent {
  return { path: PATH, json: { model: TRIAL, max_tokens: 50, messages: MESSAGES }, team };
}

/** Asks until it is refused, or can't be. */
async function useUp(walk: Walk, team: keyof typeof KEYS): Promise<Back> {
  for (let turn = 1; ; turn++) {
    const back = await walk.send(trial(team));
    if (back.status !== 200 || turn === MOST_REQUESTS) return back;
  }
}

/** Leaves after the first words, while the provider is about to send more. */
async function brokenOff(walk: Walk): Promise<void> {
  const left = new Gate();
  walk.mock("openai").behave({ beforePiece: (index) => (index === 2 ? left.opened : undefined) });
  const json = { model: "gpt-4o", stream: true, max_tokens: 50, messages: MESSAGES };
  walk.print.sent("POST", PATH, {}, JSON.stringify(json));
  const client = new AbortController();
  try {
    const answer = await fetch(walk.gateway.envoy.url(PATH), {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${KEYS["team-a"]}` },
      body: JSON.stringify(json),
      signal: client.signal,
    });
    const decoder = new TextDecoder();
    let text = "";
    for await (const piece of answer.body ?? []) {
      text += decoder.decode(piece as Uint8Array, { stream: true });
      if (text.includes('"content":"openai')) break;
    }
    client.abort();
    const { logged } = await walk.settle(answer.status, answer.headers, text);
    walk.check("the log says estimated", logged["usage_source"] === "estimated");
    walk.check(
      "the request counts, and the words that came",
      Number(logged["input_tokens"]) > 0 && Number(logged["output_tokens"]) > 0,
    );
  } finally {
    client.abort();
    left.release();
    walk.mock("openai").reset();
  }
}

/** A number out of `x-ratelimit-<name>-tokens`. */
function tokenHeader({ headers }: Back, name: string): number {
  return Number(headers.get(`x-ratelimit-${name}-tokens`) ?? NaN);
}

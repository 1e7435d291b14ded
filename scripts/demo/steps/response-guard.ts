import type { Link } from "../link.ts";
import { UNLIMITED_HOST } from "../unlimited-host.ts";
import type { Step, Walk } from "../walk.ts";

const PATH = "/v1/chat/completions";
const EMAIL_IN_EVENTS = ["Write to jane", ".doe@exam", "ple.com", " today."];
const MARK_IN_EVENTS = ["The plan is inter", "nal only", ", as I said."];

const chat = { model: "gpt-4o", stream: true, messages: [{ role: "user", content: "Whom can I ask?" }] };

/** What OpenAI sends for an answer in these pieces. */
function events(pieces: string[]): string[] {
  const event = (delta: object, finish: string | null): string =>
    `data: ${JSON.stringify({ object: "chat.completion.chunk", model: "gpt-4o", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  return [...pieces.map((content) => event({ content }, null)), event({}, "stop"), "data: [DONE]\n\n"];
}

async function answered(walk: Walk, pieces: string[]) {
  const headers = { "content-type": "text/event-stream" };
  walk.mock("openai").behave({ answer: { pieces: events(pieces), headers } });
  try {
    return await walk.send({ path: PATH, json: chat });
  } finally {
    walk.mock("openai").reset();
  }
}

const steps: Step[] = [
  {
    title: "An address that an answer gives away is masked while it streams, over the borders of events",
    async run(walk) {
      const { text, logged } = await answered(walk, EMAIL_IN_EVENTS);
      const said = [...text.matchAll(/"content":"([^"]*)"/g)].map(([, words]) => words).join("");
      walk.check(`the client reads: ${said}`, said === "Write to [address] today.");
      walk.check("the stream ends as OpenAI's do", text.endsWith("data: [DONE]\n\n"));
      walk.check("the log says which rule it was", String(logged["guard"]).endsWith(",address:Mask"));
    },
  },
  {
    title: "An answer that must not leave ends in the middle, in the dialect's words",
    async run(walk) {
      const { text } = await answered(walk, MARK_IN_EVENTS);
      walk.check("nothing of the mark has reached the client", !text.includes("nal only"));
      walk.check(
        "the client is told, and the stream has its proper end",
        text.includes("content_policy_violation") && text.endsWith("data: [DONE]\n\n"),
      );
    },
  },
];

/** The response guard of the demo's gateway. */
export const responseGuard: Link = {
  plugin: "response-guard",
  configuration: {
    rules: [
      { id: "address", detect: { builtin: ["Email"] }, action: "Mask" },
      { id: "mark", detect: { pattern: "(?i)internal[- ]only" }, action: "Reject" },
    ],
    overrides: [{ name: "unlimited", match: { hosts: [UNLIMITED_HOST] }, config: { mode: "Off" } }],
  },
  steps,
  pastes: [],
};

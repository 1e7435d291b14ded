import { Agent, type IncomingMessage, request } from "node:http";
import { CHAT, type ExampleGateway, TEAM_A, TEAM_B } from "../support/example-gateway.ts";
import { reconfigure } from "../support/example.ts";
import type { Bootstrap } from "../support/gateway-config.ts";
import { Gate } from "../support/gate.ts";
import type { Behaviour, SeenRequest } from "../support/mock-provider.ts";
import { within } from "../support/until.ts";

/** The longest that any answer may take, in milliseconds, on a machine that is busy with all of this. */
const PATIENCE_MS = 30_000;
const MESSAGES = [{ role: "user", content: "Why do weirs hum?" }];
const ANTHROPIC = "/v1/messages";
/** Says to a provider what it is to do with a request, by name in `FATES`. */
const FATE = "x-fate";
const NUMBER = "x-number";

/** An answer that the example's response guard refuses, and what it used. */
const INTERNAL = JSON.stringify({
  object: "chat.completion",
  model: "gpt-4o",
  choices: [{ index: 0, message: { role: "assistant", content: "This is internal-only." } }],
  usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 },
});
const JSON_TYPE = { "content-type": "application/json" };

const FATES = {
  fails: { answer: { status: 500, pieces: ['{"error":{"message":"overloaded","type":"server_error"}}'] } },
  resets: { resetAfterPieces: 0 },
  "resets-midway": { resetAfterPieces: 2 },
  waits: { until: new Promise(() => undefined) },
  "says-too-much": { answer: { status: 200, headers: JSON_TYPE, pieces: [INTERNAL] } },
  "stops-midway": { beforePiece: (index) => (index === 0 ? undefined : new Promise(() => undefined)) },
} satisfies Record<string, Behaviour>;

/** One kind of request, with what may become of it. */
interface Kind {
  name: string;
  /** How many, of all shares. */
  share: number;
  /** Statuses that may come. */
  answers: readonly number[];
  /** GET without. */
  body?: (number: number) => object;
  path?: string;
  headers?: Readonly<Record<string, string>>;
  fate?: keyof typeof FATES;
  /** When the client goes away. */
  leaves?: "BeforeTheAnswer" | "InTheAnswer";
  /** The answer may break off. */
  breaks?: boolean;
}

const chat = (over: object = {}) => ({ model: "gpt-4o", messages: MESSAGES, ...over });
const claude = (over: object = {}) => ({ model: "claude-sonnet-4", max_tokens: 9, messages: MESSAGES, ...over });

/** The model that `roomyLimits` lets nobody ask for often. */
const SCARCE = "text-embedding-scarce";
/** Of `roomyLimits`, the mark of what has passed. */
const VIA = "x-gateway-via";
const GATEWAY = "example";
/** Of `roomyLimits`, who has no label. */
const UNNAMED = { authorization: "Bearer example-key-of-team-z" };

const KINDS: readonly Kind[] = [
  { name: "JSON", share: 16, answers: [200], body: () => chat() },
  { name: "a stream", share: 14, answers: [200], body: () => chat({ stream: true }), headers: TEAM_B },
  { name: "JSON of Anthropic", share: 10, answers: [200], body: () => claude(), path: ANTHROPIC, headers: TEAM_B },
  { name: "a stream of Anthropic", share: 10, answers: [200], body: () => claude({ stream: true }), path: ANTHROPIC },
  {
    name: "embeddings",
    share: 4,
    answers: [200],
    body: () => ({ model: "text-embedding-3-small", input: "Why?" }),
    path: "/v1/embeddings",
  },
  {
    name: "a model that nobody has named, from somebody that nobody has named",
    share: 6,
    answers: [200],
    body: (number) => chat({ model: `gpt-invented-${number}` }),
    headers: UNNAMED,
  },
  {
    name: "a long prompt",
    share: 1,
    answers: [200],
    body: () => chat({ messages: [{ role: "user", content: "weir ".repeat(20_000) }] }),
  },
  { name: "a list of models", share: 2, answers: [200], path: "/v1/models" },
  { name: "an error of the provider", share: 4, answers: [500], body: () => chat(), fate: "fails" },
  { name: "a reset before the answer", share: 4, answers: [503], body: () => chat(), fate: "resets" },
  {
    name: "a reset in a stream",
    share: 4,
    answers: [200, 503],
    body: () => chat({ stream: true }),
    fate: "resets-midway",
    breaks: true,
  },
  { name: "nobody's", share: 2, answers: [401], body: () => chat(), headers: {} },
  {
    name: "what the router refuses",
    share: 4,
    answers: [404],
    body: (number) => chat({ model: `invented-${number}` }),
  },
  {
    name: "what the prompt guard refuses",
    share: 4,
    answers: [403],
    body: () => chat({ messages: [{ role: "user", content: "What is project-x?" }] }),
    headers: TEAM_B,
  },
  {
    name: "an answer that the response guard refuses",
    share: 4,
    answers: [403],
    body: () => chat(),
    fate: "says-too-much",
  },
  {
    name: "what has been through this gateway before",
    share: 2,
    answers: [508],
    body: () => chat(),
    headers: { ...TEAM_A, [VIA]: GATEWAY },
  },
  { name: "more than anybody has", share: 3, answers: [400], body: () => chat({ max_tokens: 1e12 }) },
  {
    name: "what is scarce",
    share: 3,
    answers: [200, 429],
    body: () => ({ model: SCARCE, input: "Why?" }),
    path: "/v1/embeddings",
    headers: TEAM_B,
  },
  {
    name: "one whose client leaves before the answer",
    share: 5,
    answers: [],
    body: () => chat(),
    fate: "waits",
    leaves: "BeforeTheAnswer",
  },
  {
    name: "one whose client leaves after the first token",
    share: 5,
    answers: [200],
    body: () => chat({ stream: true }),
    headers: TEAM_B,
    fate: "stops-midway",
    leaves: "InTheAnswer",
  },
];
const MIX = KINDS.flatMap((kind) => Array<Kind>(kind.share).fill(kind));

/**
 * The example, with limits that only those kinds of requests meet that are there for it, with a mark on what has passed, and with a
 * key for somebody unnamed.
 */
export function roomyLimits(config: Bootstrap): Bootstrap {
  reconfigure(config, "token-limiter", (limiter) => {
    for (const limit of limiter["limits"] as { count: unknown; amount: number }[]) limit.amount = 1e11;
    (limiter["limits"] as object[]).push({
      name: "scarce",
      by: ["consumer"],
      models: [SCARCE],
      count: "Requests",
      amount: 2,
      per: "1d",
    });
  });
  reconfigure(config, "egress-auth", (egress) => {
    if (egress["unknownProvider"] === "Strip") egress["loopTag"] = { name: GATEWAY };
  });
  const text = JSON.stringify(config);
  const teamB = '{"client":"team-b","key":"example-key-of-team-b"}';
  if (!text.includes(teamB)) throw new Error("the example has no key of team B");
  return JSON.parse(text.replace(teamB, `${teamB},{"client":"team-z","key":"example-key-of-team-z"}`)) as Bootstrap;
}

/** What clients saw. */
export class Tally {
  sent = 0;
  /** Clients that left before there was an answer, and in it. */
  left = 0;
  leftInAnswer = 0;
  /** Answers that the provider broke off. */
  brokeOff = 0;
  /** Answers by status, whole or not. */
  readonly statuses = new Map<number, number>();
  /** What the mix doesn't explain, and how often. */
  readonly surprises = new Map<string, number>();

  answered(status: number): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
  }

  surprise({ name }: Kind, what: string): void {
    const words = `${name}: ${what}`;
    this.surprises.set(words, (this.surprises.get(words) ?? 0) + 1);
  }

  get summary(): string {
    return [...this.statuses]
      .sort(([a], [b]) => a - b)
      .map(([status, count]) => `${status}: ${count}`)
      .join("  ");
  }
}

/** Clients of a gateway with `roomyLimits` that send all kinds of requests over connections that they keep. */
export class Traffic {
  readonly tally = new Tally();
  private readonly agent = new Agent({ keepAlive: true });
  /** Of requests whose client waits for their arrival at a provider. */
  private readonly arrivals = new Map<string, Gate>();

  constructor(
    private readonly gateway: ExampleGateway,
    private readonly random: (below: number) => number,
  ) {
    for (const mock of gateway.providers.all) mock.behave((seen) => this.fateOf(seen));
  }

  /** Clients that send one request after another, `parallel` at once, while `goesOn`. */
  async send(parallel: number, goesOn: () => boolean): Promise<void> {
    const client = async (): Promise<void> => {
      while (goesOn()) await this.one(MIX[this.random(MIX.length)]!, this.tally.sent++);
    };
    await Promise.all(Array.from({ length: parallel }, client));
  }

  stop(): void {
    this.agent.destroy();
  }

  private async one(kind: Kind, number: number): Promise<void> {
    try {
      await within("it was answered", this.exchange(kind, String(number)), PATIENCE_MS);
    } catch (error) {
      this.tally.surprise(kind, String(error));
    }
  }

  private exchange(kind: Kind, number: string): Promise<void> {
    const { body, path = CHAT, headers = TEAM_A, fate, leaves } = kind;
    const text = body ? JSON.stringify(body(Number(number))) : "";
    return new Promise((done, failed) => {
      const client = request({
        ...this.gateway.envoy.address(),
        agent: this.agent,
        method: body ? "POST" : "GET",
        path,
        headers: {
          ...(body ? { "content-type": "application/json", "content-length": Buffer.byteLength(text) } : {}),
          ...headers,
          ...(fate ? { [FATE]: fate, [NUMBER]: number } : {}),
        },
      });
      let isSettled = false;
      const leave = (): void => {
        isSettled = true;
        client.destroy();
        done();
      };
      client.once("response", () => (isSettled = true));
      client.on("error", (error) => {
        // A kept connection may be closed while a request goes out on it. Had the gateway seen that one, the log would have two.
        if (client.reusedSocket && !isSettled) this.exchange(kind, number).then(done, failed);
        else failed(error);
      });
      client.on("response", (response) => this.read(kind, response, leave, done));
      if (leaves === "BeforeTheAnswer") {
        const arrival = new Gate();
        this.arrivals.set(number, arrival);
        void arrival.opened.then(() => {
          this.tally.left++;
          leave();
        });
      }
      client.end(text);
    });
  }

  private read(kind: Kind, response: IncomingMessage, leave: () => void, done: () => void): void {
    const status = response.statusCode ?? 0;
    this.tally.answered(status);
    if (!kind.answers.includes(status)) this.tally.surprise(kind, `answered ${status}`);
    if (kind.leaves === "InTheAnswer") {
      response.once("data", () => {
        this.tally.leftInAnswer++;
        leave();
      });
    }
    response.resume();
    response.on("error", () => undefined);
    response.on("close", () => {
      if (!response.complete && !kind.leaves) {
        this.tally.brokeOff++;
        if (!kind.breaks) this.tally.surprise(kind, "broke off");
      }
      done();
    });
  }

  private fateOf({ headers }: SeenRequest): Behaviour {
    const number = String(headers[NUMBER]);
    this.arrivals.get(number)?.release();
    this.arrivals.delete(number);
    return FATES[String(headers[FATE]) as keyof typeof FATES] ?? {};
  }
}

import type { MockProvider, SeenRequest } from "../../test/envoy/support/mock-provider.ts";
import type { JsonObject } from "../../test/envoy/support/mock-shape.ts";
import { KEYS } from "./authentication.ts";
import type { DemoGateway } from "./gateway.ts";
import type { Printer } from "./printer.ts";

/** One thing that the demo shows: sends requests, and checks what came of them. */
export interface Step {
  title: string;
  run(walk: Walk): Promise<void>;
}

/** A request of the demo; `json` and `form` bring their content type along. */
export interface Sent {
  /** Default POST. */
  method?: string;
  path: string;
  json?: unknown;
  /** A body as it is, sent as `application/json`. */
  text?: string;
  form?: FormData;
  headers?: Record<string, string>;
  /** Whose API key goes along; default team A's. */
  team?: keyof typeof KEYS;
  /** Called when the first piece of the answer's body is there. */
  onFirstPiece?: () => void;
}

/** What came of a request: the answer, which mocks saw a request, and what Envoy's access log says of it. */
export interface Back {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON, an empty object when it isn't. */
  json: JsonObject;
  upstreams: Upstream[];
  /** The provider that answered, when exactly one saw the request. */
  upstream: Upstream | undefined;
  logged: Record<string, unknown>;
}

export interface Upstream {
  provider: string;
  request: SeenRequest;
}

export interface Verdict {
  title: string;
  passed: number;
  failed: number;
}

/** The longest that one request of the demo may take, in milliseconds. */
const PATIENCE_MS = 10_000;

/** Walks through the steps of the demo and keeps the score. */
export class Walk {
  private logLines = 0;
  private verdict: Verdict = { title: "", passed: 0, failed: 0 };

  constructor(
    readonly gateway: DemoGateway,
    readonly print: Printer,
  ) {}

  /** Runs the steps in turn. An error in one fails it and lets the others run. */
  async through(steps: Step[]): Promise<Verdict[]> {
    const verdicts: Verdict[] = [];
    for (const [index, { title, run }] of steps.entries()) {
      this.verdict = { title, passed: 0, failed: 0 };
      verdicts.push(this.verdict);
      this.forget();
      this.print.title(index + 1, title);
      try {
        await run(this);
      } catch (error) {
        this.check(error instanceof Error ? error.message : String(error), false);
      }
    }
    return verdicts;
  }

  /** A mock provider by its name. */
  mock(name: string): MockProvider {
    return this.gateway.mock(name);
  }

  /** Sends a request through the gateway and prints it, what reached the providers, and the answer. */
  async send(sent: Sent): Promise<Back> {
    this.forget();
    const { method = "POST", path, form } = sent;
    const body = form ?? sent.text ?? (sent.json === undefined ? undefined : JSON.stringify(sent.json));
    const headers = {
      ...(typeof body === "string" ? { "content-type": "application/json" } : {}),
      ...this.keyOf(sent),
      ...sent.headers,
    };
    this.print.sent(method, path, { ...(sent.team ? { key: sent.team } : {}), ...sent.headers }, body);
    const answer = await fetch(this.gateway.envoy.url(path), {
      method,
      headers,
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined ? {} : { body }),
    });
    const decoder = new TextDecoder();
    let text = "";
    for await (const piece of answer.body ?? []) {
      if (text === "") sent.onFirstPiece?.();
      text += decoder.decode(piece as Uint8Array, { stream: true });
    }
    return this.settle(answer.status, answer.headers, text);
  }

  /** Prints and returns what came of a request whose answer is complete. */
  async settle(status: number, headers: Headers, text: string): Promise<Back> {
    const upstreams = this.gateway.providers.seen;
    this.print.upstreams(upstreams);
    this.print.answer(status, headers, text);
    const lines = await this.gateway.envoy.accessLog(this.logLines + 1);
    this.logLines = lines.length;
    const logged = lines.at(-1) ?? {};
    this.print.log(logged);
    return {
      status,
      headers,
      text,
      json: parse(text),
      upstreams,
      logged,
      upstream: upstreams.length === 1 ? upstreams[0] : undefined,
    };
  }

  /** Scores a claim: `what` reads as a sentence that is true when `ok`. */
  check(what: string, ok: boolean): void {
    this.verdict[ok ? "passed" : "failed"] += 1;
    this.print.check(what, ok);
  }

  /** Checks where a request went: which provider, under which model, both in the routing headers. */
  checkRouted({ status, upstream, upstreams }: Back, provider: string, model: string): void {
    this.check(`answered 200 by ${provider}`, status === 200 && upstream?.provider === provider);
    const { "x-gateway-provider-name": named, "x-gateway-model-name": as } = upstream?.request.headers ?? {};
    this.check(
      `routing headers say ${provider}, ${model}`,
      upstreams.length === 1 && named === provider && as === model,
    );
  }

  /** Checks that a request was refused with this status and that no provider got a whole request. */
  checkRefused({ status, upstreams }: Back, expected: number): void {
    this.check(`refused with ${expected}`, status === expected);
    this.check(
      "no provider got the request",
      upstreams.every(({ request }) => request.state !== "Complete"),
    );
  }

  private keyOf({ team = "team-a" }: Sent): Record<string, string> {
    return { authorization: `Bearer ${KEYS[team]}` };
  }

  private forget(): void {
    for (const mock of this.gateway.providers.all) mock.seen = [];
  }
}

function parse(text: string): JsonObject {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return {};
  }
}

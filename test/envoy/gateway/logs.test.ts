import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AuditRecord, CHAT, ExampleGateway, PROVIDER_KEYS, TEAM_B } from "../support/example-gateway.ts";
import { EnvoyProcess } from "../support/envoy-process.ts";
import { freePort } from "../support/free-port.ts";
import { exampleConfig, fragmentNames } from "../support/example.ts";
import type { Bootstrap } from "../support/gateway-config.ts";
import { type AccessLogEntry, TelemetryReceiver, type Told } from "../support/telemetry-receiver.ts";
import { until } from "../support/until.ts";

const STATE = "wasm.weir.audit";
const BYTES_VALUE = "type.googleapis.com/google.protobuf.BytesValue";
/** A key that a client has put where keys don't belong. */
const QUERY_KEY = "?key=client-query-key";
const FRAGMENTS = fragmentNames("gateway");
/** More than Envoy may wait before it sends what it has. */
const SENT_MS = 15_000;
const USAGE = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };
const messages = [{ role: "user", content: "Why do weirs hum?" }];

let receiver: TelemetryReceiver;
let gateway: ExampleGateway;

beforeAll(async () => {
  receiver = await TelemetryReceiver.start();
  const addresses = { "access-log-service": receiver.address, "otel-collector": receiver.address };
  gateway = await ExampleGateway.start({ fragments: FRAGMENTS, addresses, change: withFilterState });
}, 600_000);

afterAll(async () => {
  await gateway?.stop();
  receiver?.stop();
});

/** Has the record sent as filter state, too. */
function withFilterState(config: Bootstrap): Bootstrap {
  const text = JSON.stringify(config).replace(
    '"custom_tags":[{"tag":"audit"',
    `"filter_state_objects_to_log":["${STATE}"],$&`,
  );
  return JSON.parse(text) as Bootstrap;
}

test(`envoy --mode validate takes the example with ${FRAGMENTS.join(", ")}`, async () => {
  expect(FRAGMENTS.length).toBe(3);
  expect(
    await EnvoyProcess.validate(exampleConfig("gateway", { fragments: FRAGMENTS }), { env: PROVIDER_KEYS }),
  ).toMatchObject({
    ok: true,
  });
});

test("what a collector that is away doesn't take is counted", async () => {
  const away = await freePort();
  const nowhere = { host: "127.0.0.1", port: away };
  const addresses = { "access-log-service": nowhere, "otel-collector": nowhere };
  const other = await ExampleGateway.start({ fragments: FRAGMENTS, addresses });
  try {
    await (await other.send({ model: "gpt-4o", messages })).text();
    const name = "access_logs.open_telemetry_access_log.logs_dropped";
    await until("it is counted", async () => ((await other.envoy.stat(name)) === 1 ? true : undefined), SENT_MS);
  } finally {
    await other.stop();
  }
});

/** A request, and the record that there must be of it. */
interface Case {
  send: () => Promise<unknown>;
  record: AuditRecord;
}

const CASES: Record<string, Case> = {
  JSON: {
    send: async () => {
      openai().behave({ usage: USAGE });
      await (await gateway.send({ model: "gpt-4o", messages }, { path: CHAT + QUERY_KEY })).text();
    },
    record: { consumer: "team-a", model: "gpt-4o", stream: false, status: 200, ...used(100, 50), cost_micros: 750 },
  },
  "a stream": {
    send: async () => {
      openai().behave({ usage: USAGE });
      await (await gateway.send({ model: "gpt-4o-mini", messages, stream: true }, { headers: TEAM_B })).text();
    },
    record: { consumer: "team-b", model: "gpt-4o-mini", stream: true, status: 200, ...used(100, 50), cost_micros: 45 },
  },
  "a refused request": {
    send: async () => await (await gateway.send({ model: "nope", messages }, { path: CHAT + QUERY_KEY })).text(),
    record: { consumer: "team-a", status: 404, error: "404", details: "weir.model-router.unknown_model" },
  },
  "a request whose client leaves before the answer": {
    send: async () => {
      const abort = new AbortController();
      openai().behave({ until: new Promise(() => undefined) });
      const answer = gateway.send({ model: "gpt-4o", messages }, { signal: abort.signal });
      await openai().next();
      abort.abort();
      await expect(answer).rejects.toThrow();
    },
    record: { consumer: "team-a", model: "gpt-4o", status: 0, error: "client_closed", usage_source: "estimated" },
  },
  "a request whose client leaves in the answer": {
    send: async () => {
      const abort = new AbortController();
      openai().behave({ beforePiece: (index) => (index === 0 ? undefined : new Promise(() => undefined)) });
      const answer = await gateway.send({ model: "gpt-4o", messages, stream: true }, { signal: abort.signal });
      await answer.body!.getReader().read();
      abort.abort();
    },
    record: { consumer: "team-a", stream: true, status: 200, error: "client_closed", usage_source: "estimated" },
  },
};

function openai() {
  return gateway.providers.mock("openai");
}

function used(input_tokens: number, output_tokens: number): AuditRecord {
  return { input_tokens, output_tokens, usage_source: "reported" };
}

describe("each request arrives once, in the log and wherever else logs go:", () => {
  /** Of each case the record in the log to standard output, by the request's id. */
  const logged = new Map<string, AuditRecord>();

  beforeAll(async () => {
    for (const [name, { send }] of Object.entries(CASES)) {
      await send();
      const lines = await gateway.logged(logged.size, 1);
      logged.set(name, lines.at(-1)!.audit!);
    }
  });

  const count = Object.keys(CASES).length;
  const arrived = <T>(what: string, items: T[]): Promise<T[]> =>
    until(`${count} ${what} arrive`, () => (items.length >= count ? items : undefined), SENT_MS);

  /** The only item that has the record of a case. */
  function onlyOne<T>(items: T[], recordOf: (item: T) => string | undefined, name: string): [T, AuditRecord] {
    const { id } = logged.get(name)!;
    const found = items
      .map((item) => [item, JSON.parse(recordOf(item) ?? "null") as AuditRecord] as [T, AuditRecord])
      .filter(([, record]) => record["id"] === id);
    expect(found.length).toBe(1);
    return found[0]!;
  }

  test("nothing else than these", async () => {
    await Promise.all([arrived("entries", receiver.accessLog), arrived("log records", receiver.logRecords)]);
    expect([gateway.lines.length, receiver.accessLog.length, receiver.logRecords.length]).toEqual([
      count,
      count,
      count,
    ]);
    expect([...receiver.logNames]).toEqual(["ai-gateway"]);
  });

  describe.each(Object.entries(CASES))("%s", (name, { record: expected }) => {
    test("in the log to standard output", () => {
      expect(logged.get(name)).toMatchObject(expected);
    });

    test("as a custom tag over gRPC", async () => {
      const entries = await arrived("entries", receiver.accessLog);
      const [entry, record] = onlyOne(entries, auditTag, name);
      expect(record).toEqual(logged.get(name));
      expect(entry.response.response_code?.value ?? 0).toBe(record["status"]);
    });

    test("as the body of an OpenTelemetry log record, with attributes", async () => {
      const records = await arrived("log records", receiver.logRecords);
      const [{ attributes }, record] = onlyOne(records, ({ body }) => body, name);
      expect(record).toEqual(logged.get(name));
      expect(attributes).toMatchObject({
        "gen_ai.request.model": String(record["model"] ?? "-"),
        "gen_ai.usage.output_tokens": String(record["output_tokens"] ?? "-"),
        "weir.consumer": record["consumer"],
        "http.response.status_code": String(record["status"]),
      });
    });

    test("as a span, with all that was known when the answer had been sent", async () => {
      const spans = await arrived("spans", receiver.spans);
      const { id, ...record } = logged.get(name)!;
      const own = spans.filter(({ attributes }) => attributes["guid:x-request-id"] === id);
      expect(own.length).toBe(1);
      expect(weirOf(own[0]!)).toEqual(spanOf(record));
    });
  });

  test("over gRPC as filter state, too, but wrapped as bytes", async () => {
    for (const entry of await arrived("entries", receiver.accessLog)) {
      const { type_url, value } = entry.common_properties.filter_state_objects.find(({ key }) => key === STATE)!.value;
      const text = auditTag(entry)!;
      expect([type_url, value.subarray(-Buffer.byteLength(text)).toString()]).toEqual([BYTES_VALUE, text]);
      // A field's number and type, and a length in two bytes.
      expect(value.length - Buffer.byteLength(text)).toBe(3);
    }
  });

  test("with the path's query in what has it by itself, where a request was refused before it was stripped", async () => {
    const [entries, spans] = await Promise.all([arrived("e", receiver.accessLog), arrived("s", receiver.spans)]);
    const paths = [
      entries.map(({ request }) => request.path),
      spans.map(({ attributes }) => attributes["http.url"] ?? ""),
      gateway.lines.map(({ path }) => path),
    ];
    const withKey = paths.map((all) => all.filter((path) => path.includes(QUERY_KEY)).length);
    expect(withKey).toEqual([1, 1, 0]);
    expect(JSON.stringify(receiver.logRecords)).not.toContain(QUERY_KEY);
  });

  test("providers learn nothing of traces", () => {
    const { seen } = gateway.providers;
    expect(seen.length).toBe(count - 1);
    expect(seen.filter(({ request }) => "traceparent" in request.headers)).toEqual([]);
  });
});

function auditTag({ common_properties: { custom_tags } }: AccessLogEntry): string | undefined {
  return custom_tags.find(({ key }) => key === "audit")?.value;
}

/** What the plugins tell of a span. */
function weirOf({ attributes }: Told): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => /^(gen_ai|weir)\./.test(key)));
}

/** What a span must tell of a request: what its record says, but for what an answer that broke off has used, and what it cost. */
function spanOf(record: AuditRecord): Record<string, string> {
  const isWhole = record["usage_source"] === "reported";
  const told: Record<string, unknown> = {
    "gen_ai.request.model": record["model"],
    "gen_ai.provider.name": record["model"] && record["provider"],
    "gen_ai.usage.input_tokens": isWhole ? record["input_tokens"] : undefined,
    "gen_ai.usage.output_tokens": isWhole ? record["output_tokens"] : undefined,
    "weir.usage_source": isWhole ? record["usage_source"] : undefined,
    "weir.consumer": record["consumer"],
    "weir.requested_model": record["requested_model"],
    "weir.attempts": record["attempts"],
    "weir.ttft_ms": record["ttft_ms"],
    "weir.details": record["details"],
  };
  const known = Object.entries(told).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known.map(([key, value]) => [key, String(value)]));
}

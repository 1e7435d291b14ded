import { describe, expect, test } from "vitest";
import { CHAT, EMAIL, RULES, completion, delta, events, startGuard } from "./support/guard.ts";

const UNIMPLEMENTED = 12;
/** How long a host may take to show that it sends no body under held headers, in milliseconds. */
const PATIENCE_MS = 5000;
const STREAM = events(delta("fine, "), delta(`write to ${EMAIL} soon`), "[DONE]");
const ANSWER = completion(`write to ${EMAIL}`);

const refused = "weir.response-guard.refused.reason.=.host_failure.=;.";
const bypassed = "weir.response-guard.bypassed.reason.=.host_failure.=;.";

describe("on a host that lets nobody write an answer", () => {
  test.each([
    ["in one piece", ANSWER, true],
    ["in one piece, without its headers held", ANSWER, false],
    ["as a stream", STREAM, true],
  ])("what is to be masked never goes out: %s", async (_how, answer, allowOnHeadersStopIteration) => {
    const { host, guard } = await startGuard({ rules: RULES }, { allowOnHeadersStopIteration });
    guard.send(CHAT, completion("fine words"));
    host.tick(PATIENCE_MS);
    host.fail = { proxy_set_buffer_bytes: UNIMPLEMENTED };
    const { client, stream } = guard.send(CHAT, { ...answer, split: [40, 60] });
    expect(client.body).not.toContain(EMAIL);
    expect(client.status === 500 || stream.wasReset).toBe(true);
    expect(host.process.metrics.counter(refused)).toBe(1);
  });

  test("it goes out as it came when FailOpen, with its right length, and is counted", async () => {
    const { host, guard } = await startGuard({ rules: RULES, failureMode: "FailOpen" });
    host.fail = { proxy_set_buffer_bytes: UNIMPLEMENTED };
    const { client } = guard.send(CHAT, ANSWER);
    expect([client.body, client.isFramed]).toEqual([ANSWER.body, true]);
    expect(host.process.metrics.counter(bypassed)).toBe(1);
  });
});

describe("on a host that lets nobody take an answer's length away", () => {
  test.each([
    ["in one piece", ANSWER],
    ["as a stream", STREAM],
  ])("an answer %s is refused", async (_how, answer) => {
    const { host, guard } = await startGuard();
    const stream = guard.stream();
    stream.request(CHAT);
    host.fail = { proxy_remove_header_map_value: UNIMPLEMENTED };
    stream.respond(answer);
    expect(stream.localReply).toMatchObject({ status: 500, details: "weir.response-guard.host_failure" });
  });

  test("it passes when FailOpen, and is counted", async () => {
    const { host, guard } = await startGuard({ rules: RULES, failureMode: "FailOpen" });
    const stream = guard.stream();
    stream.request(CHAT);
    host.fail = { proxy_remove_header_map_value: UNIMPLEMENTED };
    stream.respond(ANSWER);
    expect(stream.client.body).toBe(ANSWER.body);
    expect(host.process.metrics.counter(bypassed)).toBe(1);
  });
});

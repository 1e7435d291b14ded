import { describe, expect, test } from "vitest";
import { Gate } from "../support/gate.ts";
import type { SeenRequest } from "../support/mock-provider.ts";
import { DIALECTS, NAMES, leniency, useAttacked } from "./attack-fixture.ts";
import { OpenRequest } from "../support/client.ts";

const router = useAttacked();

describe.each(NAMES)("found after the release, %s", (name) => {
  const { hasLists } = leniency(name);
  interface Late {
    name: string;
    rest: string;
    /** The status in each kind of configuration; 200: the request goes on as it was routed. */
    closed: number;
    open: number;
    openWithLists: number;
  }
  const LATE: Late[] = [
    {
      name: "a second model, not allowed",
      rest: ',"model":"internal-x"}',
      closed: 400,
      open: 200,
      openWithLists: 403,
    },
    {
      name: "a second model, its key escaped",
      rest: ',"\\u006dodel":"internal-x"}',
      closed: 400,
      open: 200,
      openWithLists: 403,
    },
    { name: "a second model, allowed", rest: ',"model":"gpt-4o-mini"}', closed: 400, open: 200, openWithLists: 200 },
    {
      name: "a third model, not allowed",
      rest: ',"model":"gpt-4o","model":"internal-x"}',
      closed: 400,
      open: 200,
      openWithLists: 403,
    },
    { name: "no JSON", rest: ",]", closed: 400, open: 200, openWithLists: 400 },
    { name: "no end", rest: ',"x":', closed: 400, open: 200, openWithLists: 400 },
    {
      name: "no JSON, then a second model",
      rest: ',"x":NaN,"model":"internal-x"}',
      closed: 400,
      open: 200,
      openWithLists: 400,
    },
    { name: "a bad byte", rest: ',"x":"\0"}', closed: 400, open: 200, openWithLists: 400 },
    { name: "513 levels", rest: `,"x":${"[".repeat(512)}`, closed: 400, open: 200, openWithLists: 400 },
  ];
  const expected = (late: Late): number => {
    if (!name.startsWith("FailOpen")) return late.closed;
    if (
      name === "FailOpen that refuses unknown models" &&
      late.rest.includes('"internal-x"') &&
      !late.rest.includes("NaN")
    )
      return 404;
    return hasLists ? late.openWithLists : late.open;
  };
  /** Sends the beginning, and waits until the provider has it. */
  const begin = async (): Promise<[OpenRequest, SeenRequest]> => {
    const arrival = router.providers.mock("openai").next();
    const open = new OpenRequest(router.envoy.address(name), { path: "/v1/chat/completions" });
    await open.write('{"model":"gpt-4o","messages":[]');
    const seen = await arrival;
    await seen.firstByte();
    return [open, seen];
  };

  test.each(LATE)("$name, before the answer", async (late) => {
    const [open, seen] = await begin();
    const answer = await open.end(late.rest);
    await seen.ended();
    const status = expected(late);
    if (status === 200)
      return expect([seen.state, seen.headers["x-gateway-model-name"]]).toEqual(["Complete", "gpt-4o"]);
    expect([answer.status, answer.isWhole, seen.state]).toEqual([status, true, "Aborted"]);
    DIALECTS["/v1/chat/completions"](answer);
  });

  test.each(LATE)("$name, when the answer has begun", async (late) => {
    const more = new Gate();
    const pieces = ["data: 1\n\n", "data: 2\n\n"];
    router.providers.mock("openai").behave({
      early: true,
      answer: { status: 200, pieces },
      beforePiece: (index) => (index === 1 ? more.opened : undefined),
    });
    const [open, seen] = await begin();
    const ended = open.end(late.rest);
    await seen.ended();
    more.release();
    const answer = await ended;
    const passes = expected(late) === 200;
    expect([answer.isWhole, seen.state]).toEqual(passes ? [true, "Complete"] : [false, "Aborted"]);
    if (passes) expect([answer.status, answer.text]).toEqual([200, pieces.join("")]);
    else expect(answer.text).not.toContain("data: 2");
  });
});

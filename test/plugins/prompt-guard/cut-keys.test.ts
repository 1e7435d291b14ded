import { describe, expect, test } from "vitest";
import type { Outcome, RequestSpec } from "../../host/exchange.ts";
import { privateKey } from "../../lib/builtins-secrets.ts";
import { chat, masked, partsOf, post, received, startGuard } from "./support/guard.ts";

const KEY = privateKey("RSA PRIVATE KEY", 24);
const LINE = KEY.indexOf("\n");
const cutAt = (text: string, cuts: number[]): string[] =>
  [0, ...cuts].map((from, i) => text.slice(from, cuts[i] ?? text.length));
const inParts = (texts: string[]): RequestSpec => chat(texts.map((text) => ({ type: "text", text })));
const contentsOf = (outcome: Outcome): string[] =>
  (received(outcome)["messages"] as { content: string }[]).map(({ content }) => content);

describe("what is masked", () => {
  test.each<[where: string, cuts: number[]]>([
    ["within its first line", [18]],
    ["behind its first line", [LINE]],
    ["before its second line", [LINE + 1]],
    ["within its first line, and at its end", [18, LINE]],
    ["within its first line and in its middle", [18, 900]],
    ["often", Array.from({ length: 16 }, (_, i) => i * 100 + 20)],
  ])("is masked whole where a private key is cut %s", async (_, cuts) => {
    const parts = cutAt(KEY, cuts);
    const texts = parts.map((part, i) => `${i > 0 ? "" : "see "}${part}${i < cuts.length ? "" : " or so"}`);
    const request = inParts(texts);
    const rule = masked("PrivateKey");
    for (const split of [[], [500], [300, 301, 1000]]) {
      const outcome = (await startGuard({ rules: [rule] })).guard.send({ ...request, split });
      expect(partsOf(outcome)).toEqual(
        parts.map((_part, i) => `${i > 0 ? "" : "see "}[pii]${i < cuts.length ? "" : " or so"}`),
      );
    }
    const { guard } = await startGuard({ rules: [{ ...rule, action: "Reject" }] });
    expect(guard.send(request).localReply?.status).toBe(403);
  });

  test.each<[what: string, detect: object, maxHoldBack: number]>([
    ["words", { words: ["ab"] }, 256],
    ["patterns", { pattern: "[A-Za-z0-9/+]{40}" }, 256],
    ["patterns, many at a time,", { pattern: "[A-Za-z0-9/+]{16}" }, 4096],
  ])("is masked whole where %s have hits within a private key that is cut", async (_, detect, maxHoldBack) => {
    const key = KEY.replaceAll(/^[\w/+]{7}/gm, "ab+ab/a");
    const rules = [masked("PrivateKey"), { id: "others", detect, action: "Audit" }];
    const { guard } = await startGuard({ rules, maxHoldBack });
    for (const cuts of [[18], [18, 900]]) {
      const texts = cutAt(key, cuts);
      const outcome = guard.send(inParts(texts));
      expect(partsOf(outcome)).toEqual(texts.map(() => "[pii]"));
    }
  });

  test.each([20, 40, 80])("is masked whole where a private key that is cut has %i invisible letters", async (count) => {
    const { guard } = await startGuard({ rules: [masked("PrivateKey")] });
    for (let at = 60; at < 360; at += 20) {
      const key = `${KEY.slice(0, at)}${"\u200b".repeat(count)}${KEY.slice(at)}`;
      const outcome = guard.send(inParts([key.slice(0, 18), key.slice(18)]));
      expect(partsOf(outcome)).toEqual(["[pii]", "[pii]"]);
    }
  });

  test.each<[others: string, rules: object[]]>([
    ["no other rule", []],
    ["a rule that records the same", [{ id: "others", detect: { builtin: ["PrivateKey"] }, action: "Audit" }]],
  ])("is not what follows a key that has no end, with %s", async (_, others) => {
    const { guard } = await startGuard({ rules: [masked("PrivateKey"), ...others] });
    const texts = [KEY.slice(0, 150), "what is this?", "tell me, please"];
    const messages = texts.map((content) => ({ role: "user", content }));
    const sent = guard.send(post("/v1/chat/completions", { model: "m", messages }));
    expect(contentsOf(sent)).toEqual(["[pii]", ...texts.slice(1)]);
  });

  test("is what goes on of a key in a scope that the rule is for, where its beginning was in another", async () => {
    const { guard } = await startGuard({ rules: [{ ...masked("PrivateKey"), scopes: ["User"] }] });
    const texts = [KEY.slice(0, 18), KEY.slice(18, 500), KEY.slice(500)];
    const messages = texts.map((content, i) => ({ role: i < 2 ? "assistant" : "user", content }));
    const sent = guard.send(post("/v1/chat/completions", { model: "m", messages }));
    expect(contentsOf(sent)).toEqual([...texts.slice(0, 2), "[pii]"]);
  });
});

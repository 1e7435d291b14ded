import { beforeAll, describe, expect, test } from "vitest";
import { type LoaderExports, loadModule } from "./load.ts";
import { randomFrom, SEED } from "./seeded.ts";

interface Path {
  inputPointer(): number;
  outputPointer(): number;
  outputLength(): number;
  normalise(length: number): number;
  encodeSegment(length: number): number;
}

let m: Path & LoaderExports;

beforeAll(async () => {
  m = await loadModule<Path>("llm-path");
});

function put(bytes: Uint8Array): number {
  new Uint8Array(m.memory.buffer, m.inputPointer(), bytes.length).set(bytes);
  return bytes.length;
}

function output(): string {
  return Buffer.from(m.memory.buffer, m.outputPointer(), m.outputLength()).toString("utf8");
}

function normalise(path: string): string {
  m.normalise(put(Buffer.from(path)));
  return output();
}

describe("a path is compared", () => {
  const PATHS: [why: string, path: string, normalised: string][] = [
    ["as it is", "/v1/chat/completions", "/v1/chat/completions"],
    ["without its query", "/v1/chat/completions?a=/../b", "/v1/chat/completions"],
    ["without its fragment", "/v1/chat/completions#/x", "/v1/chat/completions"],
    ["without empty segments", "//v1///chat/completions", "/v1/chat/completions"],
    ["without a trailing slash", "/v1/models/", "/v1/models"],
    ["without dots", "/./v1/./chat/completions/.", "/v1/chat/completions"],
    ["with steps up done", "/v1/foo/../chat/completions", "/v1/chat/completions"],
    ["with no step above the top", "/../../v1/models", "/v1/models"],
    ["with a step up at the end", "/v1/models/x/..", "/v1/models"],
    ["with encoded dots as dots", "/v1/foo/%2e%2E/models", "/v1/models"],
    ["with half-encoded dots as dots", "/v1/foo/.%2e/models", "/v1/models"],
    ["with three dots kept", "/v1/.../models", "/v1/.../models"],
    ["with encoded slashes as slashes", "/v1/chat%2Fcompletions", "/v1/chat/completions"],
    ["with backslashes as slashes", "/v1\\chat%5ccompletions", "/v1/chat/completions"],
    ["without parameters", "/v1/chat;a=b/completions;x=1", "/v1/chat/completions"],
    ["with parameters of dots dropped", "/v1/foo/..;/models", "/v1/models"],
    ["with an encoded semicolon kept", "/v1/a%3Bb", "/v1/a;b"],
    ["with an encoding at its end undone", "/v1/model%73", "/v1/models"],
    ["decoded once", "/v1/chat%252Fcompletions", "/v1/chat%2Fcompletions"],
    ["with what is no encoding kept", "/v1/%zz/%2/%", "/v1/%zz/%2/%"],
    ["with its case kept", "/V1/Models/GPT-4", "/V1/Models/GPT-4"],
    ["without being one", "", ""],
    ["with nothing but a slash", "/", ""],
    ["without a first slash", "v1/models", "/v1/models"],
  ];

  test.each(PATHS)("%s: %s", (_why, path, normalised) => {
    expect(normalise(path)).toBe(normalised);
  });

  test("up to 8 KiB of what is left, and not at all beyond", () => {
    expect(m.normalise(put(Buffer.from(`/${"a".repeat(8191)}`)))).toBe(1);
    expect(output()).toHaveLength(8192);
    expect(m.normalise(put(Buffer.from(`/${"a".repeat(8192)}`)))).toBe(0);
    expect(normalise(`/${"a".repeat(8192)}`)).toBe("");
    expect(normalise(`${"/.".repeat(30_000)}/v1/models`)).toBe("/v1/models");
    expect(normalise(`/v1/models?${"a".repeat(20_000)}`)).toBe("/v1/models");
    expect(normalise("/.".repeat(33_000))).toBe("");
  });

  test("never with a trap, whatever its bytes", () => {
    const random = randomFrom(SEED);
    const letters = Buffer.from("//..;%2f5cE?#ab\\\u0000\u00ff");
    for (let i = 0; i < 20_000; i++) {
      const bytes = Uint8Array.from({ length: random(24) }, () => letters[random(letters.length)] ?? 0);
      m.normalise(put(bytes));
      expect(output(), `seed ${SEED}, path ${JSON.stringify(Buffer.from(bytes).toString())}`).not.toMatch(
        /\/\/|\/\.(?:\/|$)|\/\.\.(?:\/|$)|[^/]*\/$|\\/u,
      );
    }
  });
});

test("a model goes into a path as one segment", () => {
  m.encodeSegment(put(Buffer.from("arn:aws/é x-._~%")));
  expect(output()).toBe("arn%3Aaws%2F%C3%A9%20x-._~%25");
});

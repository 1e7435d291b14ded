import { beforeAll, expect, test } from "vitest";
import { JsonModule, Kind, type Event } from "./json-module.ts";
import { bytesOf } from "./json-oracle.ts";

let json: JsonModule;

beforeAll(async () => {
  json = await JsonModule.load();
});

/** The strings, numbers and literals that were heard, by path. */
function heard(paths: string[], text: string, cuts: number[] = []): string[] {
  json.setPaths(paths);
  const { events, problem } = json.scan(bytesOf(text), cuts);
  expect(problem).toBe(0);
  const values: string[] = [];
  let value = "";
  for (const event of events as Event[]) {
    if (event.type === "value") value = "";
    else if (event.type === "bytes") value += event.text;
    else if (event.type === "end" && event.kind < Kind.Object) values.push(`${paths[event.path]}=${value}`);
  }
  return values;
}

const CASES: [name: string, paths: string[], text: string, values: string[]][] = [
  ["every value", ["**"], '{"a":1,"b":["x",{"c":true}],"d":{}}', ["**=1", "**=x", "**=true"]],
  ["a text that is no object", ["**", ""], '"x"', ["=x"]],
  ["all but the other paths'", ["a", "**"], '{"a":1,"b":2,"c":{"a":3}}', ["a=1", "**=2", "**=3"]],
  ["what is beside a path", ["a.b", "**"], '{"a":{"b":1,"c":2,"d":{"b":3}}}', ["a.b=1", "**=2", "**=3"]],
  ["elements", ["a[*]", "**"], '{"a":[1,[2]],"b":[3]}', ["a[*]=1", "**=2", "**=3"]],
  ["however deep", ["**"], `${'[{"a":'.repeat(200)}1${"}]".repeat(200)}`, ["**=1"]],
];

test.each(CASES)("all others: %s", (_name, paths, text, values) => {
  expect(heard(paths, text)).toEqual(values);
  if (text.length > 200) return;
  for (let cut = 0; cut <= text.length; cut++) expect(heard(paths, text, [cut])).toEqual(values);
});

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { BuiltinsModule, type Hit } from "./builtins-module.ts";

/** A folder with labelled texts, `pii/samples.jsonl`, and ordinary ones; without it nothing here runs. */
const FOLDER = process.env.WEIR_DATA ?? "";
const SAMPLES = join(FOLDER, "pii", "samples.jsonl");
const isThere = process.env.WEIR_DATA !== undefined && existsSync(SAMPLES);

interface Sample {
  text: string;
  kind: "pii" | "secret";
  type: string;
  label: 0 | 1;
  /** By characters. */
  spans?: { type: string; start: number; end: number; value: string }[];
}

const KINDS_OF_SPANS: Record<string, string> = {
  CREDIT_CARD: "CreditCard",
  IBAN: "Iban",
  IBAN_CODE: "Iban",
  EMAIL: "Email",
  EMAIL_ADDRESS: "Email",
  PHONE: "PhoneNumber",
  PHONE_NUMBER: "PhoneNumber",
  SSN: "UsSsn",
  US_SSN: "UsSsn",
  IP: "IpAddress",
  IPV6: "IpAddress",
  IP_ADDRESS: "IpAddress",
};

/** The rules of the secrets that are of one of the kinds; a webhook is none of Slack's tokens. */
const KINDS_OF_RULES: [rule: RegExp, kind: string][] = [
  [/aws-access/, "AwsAccessKey"],
  [/github/, "GitHubToken"],
  [/openai/, "OpenAiKey"],
  [/anthropic/, "AnthropicKey"],
  [/slack-(?!webhook)/, "SlackToken"],
  [/gcp-api|google-api/, "GoogleApiKey"],
  [/stripe/, "StripeKey"],
  [/private-key/, "PrivateKey"],
  [/jwt/, "Jwt"],
  [/connection/, "ConnectionString"],
];

interface Count {
  found: number;
  missed: number;
  wrong: number;
  inexact: number;
}

interface Wanted {
  kind: string;
  start: number;
  end: number;
}

function wantedIn({ text, type, label, spans }: Sample): Wanted[] {
  if (!spans) {
    const kind = KINDS_OF_RULES.find(([rule]) => rule.test(type))?.[1];
    return kind && label ? [{ kind, start: 0, end: Buffer.byteLength(text) }] : [];
  }
  const characters = [...text];
  const bytesBefore = (end: number): number => Buffer.byteLength(characters.slice(0, end).join(""));
  return spans
    .filter((span) => KINDS_OF_SPANS[span.type] !== undefined)
    .filter((span) => span.type !== "SSN" || /^\d{3}-\d\d-\d{4}$/.test(span.value))
    .map((span) => ({ kind: KINDS_OF_SPANS[span.type]!, start: bytesBefore(span.start), end: bytesBefore(span.end) }));
}

function read<T>(...path: string[]): T[] {
  return readFileSync(join(FOLDER, ...path), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as T);
}

describe.skipIf(!isThere)("labelled texts", () => {
  let m: BuiltinsModule;

  beforeAll(async () => {
    m = await BuiltinsModule.load();
  });

  test("personal data and secrets are found, and little else", () => {
    m.configure(256);
    const counts: Record<Sample["kind"], Record<string, Count>> = { pii: {}, secret: {} };
    for (const sample of read<Sample>("pii", "samples.jsonl")) {
      const count = (kind: string): Count =>
        (counts[sample.kind][kind] ??= { found: 0, missed: 0, wrong: 0, inexact: 0 });
      const hits = new Set<Hit>(m.find(Buffer.from(sample.text)));
      for (const { kind, start, end } of wantedIn(sample)) {
        const hit = [...hits].find((each) => each.kind === kind && each.start < end && each.end > start);
        if (!hit) {
          count(kind).missed++;
          continue;
        }
        hits.delete(hit);
        count(kind).found++;
        if (sample.spans && (hit.start !== start || hit.end !== end)) count(kind).inexact++;
      }
      for (const { kind } of hits) count(kind).wrong++;
    }
    for (const [group, kinds] of Object.entries(counts)) {
      const table = Object.fromEntries(
        Object.entries(kinds).map(([kind, count]) => [kind, { ...count, ...rates(count) }]),
      );
      console.table(table);
      const total = { found: 0, missed: 0, wrong: 0, inexact: 0 };
      for (const count of Object.values(kinds)) {
        for (const key of Object.keys(total) as (keyof Count)[]) total[key] += count[key];
      }
      const { recall, precision } = rates(total);
      expect(recall, `recall of ${group}`).toBeGreaterThanOrEqual(0.95);
      expect(precision, `precision of ${group}`).toBeGreaterThanOrEqual(0.95);
      expect(total.inexact / total.found, `inexact of ${group}`).toBeLessThanOrEqual(0.01);
    }
  });

  test.each([
    ["guard", "benign.jsonl"],
    ["tokens", "texts.jsonl"],
  ])("of ordinary texts few have anything: %s/%s", (...path) => {
    m.configure(256);
    const texts = read<{ text: string }>(...path);
    const kinds: Record<string, number> = {};
    let texted = 0;
    for (const { text } of texts) {
      const hits = m.find(Buffer.from(text));
      if (hits.length > 0) texted++;
      for (const { kind } of hits) kinds[kind] = (kinds[kind] ?? 0) + 1;
    }
    console.table(kinds);
    expect(texted / texts.length).toBeLessThan(0.03);
  });
});

function rates({ found, missed, wrong }: Count): { recall: number; precision: number } {
  return { recall: found / (found + missed || 1), precision: found / (found + wrong || 1) };
}

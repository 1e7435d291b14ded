import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";
import { hostCallsInHostOnly } from "./host-calls.mjs";

/** What each layer of the library may import besides itself. */
const LAYERS = {
  bytes: [],
  json: ["bytes"],
  sse: ["bytes"],
  match: ["bytes"],
  llm: ["bytes", "json", "sse", "match"],
  config: ["bytes", "json"],
  host: ["bytes"],
  statistics: [],
  crypto: ["bytes"],
  filter: ["host", "config", "llm", "bytes", "json", "match", "crypto"],
  guard: ["filter", "llm", "match", "crypto", "config", "json", "bytes"],
};

/** What each folder of `llm` may import of the others; all may import the files beside the folders. */
const LLM_FOLDERS = {
  tokens: [],
  form: [],
  reply: [],
  answer: ["tokens"],
  request: ["tokens"],
  model: ["form"],
  refusal: ["reply"],
  batch: ["form", "request", "tokens"],
  prompt: ["batch", "form", "request", "tokens"],
};

const PLUGIN_LAYERS = ["guard", "filter", "crypto", "llm", "config", "json", "sse", "match", "statistics", "bytes"];

/**
 * The dependency rule of the project at `root`, for ESLint: which layer builds on which, and that no plugin imports a
 * plugin or a host call. The plugins are the folders in `plugins/`.
 *
 * @param {string} root
 * @returns {import("eslint").Linter.Config}
 */
export function dependencyRule(root) {
  const layers = Object.entries(LAYERS).flatMap(([layer, below]) => layerZones(layer, below));
  const folders = Object.entries(LLM_FOLDERS).map(([folder, below]) => folderZone(folder, below));
  const plugins = readdirSync(join(root, "plugins"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => pluginZones(entry.name));
  return {
    files: ["assembly/**/*.ts", "plugins/**/*.ts"],
    languageOptions: { parser: tseslint.parser, parserOptions: { allowInvalidAST: true } },
    plugins: { "import-x": importX, weir: { rules: { "host-calls": hostCallsInHostOnly } } },
    settings: { "import-x/resolver-next": [createNodeResolver({ extensions: [".ts"] })] },
    rules: {
      "import-x/no-restricted-paths": ["error", { basePath: root, zones: [...layers, ...folders, ...plugins] }],
      "weir/host-calls": "error",
    },
  };
}

function layerZones(layer, below) {
  const target = `./assembly/${layer}`;
  return [
    {
      target,
      from: "./assembly",
      except: inside([layer, ...below]),
      message: `assembly/${layer} builds on ${below.join(", ") || "nothing"} only.`,
    },
    { target, from: "./plugins", message: "The library knows no plugin." },
  ];
}

function folderZone(folder, below) {
  return {
    target: `./assembly/llm/${folder}`,
    from: "./assembly/llm/*/*",
    except: [folder, ...below].map((name) => `**/assembly/llm/${name}/*`),
    message: `assembly/llm/${folder} builds on ${below.join(", ") || "no other folder"} only.`,
  };
}

function pluginZones(plugin) {
  return [
    {
      target: `./plugins/${plugin}/**/!(index).ts`,
      from: "./assembly",
      except: inside(PLUGIN_LAYERS),
      message: "A plugin reaches the host through assembly/filter.",
    },
    {
      target: `./plugins/${plugin}/index.ts`,
      from: "./assembly",
      except: inside([...PLUGIN_LAYERS, "host/exports"]),
      message: "A plugin's index takes nothing but the exports from assembly/host.",
    },
    {
      target: `./plugins/${plugin}`,
      from: "./plugins",
      except: inside([plugin]),
      message: "No plugin imports a plugin.",
    },
  ];
}

function inside(folders) {
  return folders.map((folder) => `./${folder}`);
}

import ts from "typescript";
import { parseAllDocuments } from "yaml";

/** A fenced block of a README that holds data: `info` is what follows the language, such as a plugin's name. */
export interface Block {
  language: string;
  info: string;
  text: string;
}

/** The json, jsonc and yaml blocks of a Markdown text, without the indentation of their fences. */
export function dataBlocks(markdown: string): Block[] {
  const fence = /^([ \t]*)```(jsonc|json|yaml)\b[ \t]*(.*)\n([\s\S]*?)^\1```[ \t]*$/gm;
  return [...markdown.matchAll(fence)].map(([, indent, language, info, text]) => ({
    language: language!,
    info: info!.trim(),
    text: text!.replaceAll(new RegExp(`^${indent!}`, "gm"), ""),
  }));
}

/** What a block holds, one value a document; throws where it does not parse. */
export function parseBlock({ language, text }: Block): unknown[] {
  if (language === "json") return [JSON.parse(text)];
  if (language === "jsonc") {
    const { config, error } = ts.parseConfigFileTextToJson("block.jsonc", text) as {
      config?: unknown;
      error?: ts.Diagnostic;
    };
    if (error) throw new SyntaxError(ts.flattenDiagnosticMessageText(error.messageText, "\n"));
    return [config];
  }
  return parseAllDocuments(text).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS() as unknown;
  });
}

type Node = Record<string, unknown>;

/**
 * The plugin configurations in a parsed block, with their plugin: the block itself where its info string names the plugin,
 * else every one inside an Envoy configuration (`root_id`), a WasmPlugin (`pluginName`) or an EnvoyExtensionPolicy (`rootID`).
 */
export function pluginConfigurations(block: Block, plugins: string[]): { plugin: string; config: unknown }[] {
  const documents = parseBlock(block);
  if (plugins.includes(block.info)) return documents.map((config) => ({ plugin: block.info, config }));
  return documents.flatMap((document) => inside(document));
}

function inside(node: unknown): { plugin: string; config: unknown }[] {
  if (typeof node !== "object" || node === null) return [];
  const { root_id, configuration, pluginName, pluginConfig, rootID, config } = node as Node;
  const nested = Object.values(node).flatMap((child) => inside(child));
  if (typeof root_id === "string" && configuration)
    return [...nested, { plugin: root_id, config: unpack(configuration) }];
  if (typeof pluginName === "string" && pluginConfig) return [...nested, { plugin: pluginName, config: pluginConfig }];
  if (typeof rootID === "string" && config) return [...nested, { plugin: rootID, config }];
  return nested;
}

/** Envoy takes a configuration as an Any: a StringValue holds JSON text, a Struct holds the object. */
function unpack(any: unknown): unknown {
  const { "@type": _type, value, ...rest } = any as Node;
  if (value === undefined) return rest;
  return typeof value === "string" ? (JSON.parse(value) as unknown) : value;
}

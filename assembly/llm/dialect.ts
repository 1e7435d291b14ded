/**
 * The language that a request and its answer are written in, one value an operation of a provider's API. What it decides:
 * where texts and usage are, which shape an error has, and which targets can serve it.
 */
export const enum Dialect {
  Unknown,
  OpenAiChat,
  OpenAiCompletions,
  OpenAiResponses,
  OpenAiEmbeddings,
  OpenAiModerations,
  OpenAiImages,
  OpenAiAudio,
  OpenAiRealtime,
  OpenAiModels,
  OpenAiFiles,
  OpenAiBatches,
  AnthropicMessages,
  AnthropicComplete,
  AnthropicBatches,
  Gemini,
  BedrockConverse,
  BedrockInvoke,
  CohereChat,
  CohereEmbed,
  CohereRerank,
  OllamaChat,
  OllamaGenerate,
  OllamaEmbed,
  OllamaModels,
}

/** Whose error bodies a dialect has. */
export const enum Family {
  OpenAi,
  Anthropic,
  Gemini,
  Bedrock,
  Cohere,
  Ollama,
}

/** The dialects' names in configurations, in the order of `Dialect`; "Unknown" can't be configured. */
export const DIALECT_NAMES: string[] = [
  "Unknown",
  "OpenAiChat",
  "OpenAiCompletions",
  "OpenAiResponses",
  "OpenAiEmbeddings",
  "OpenAiModerations",
  "OpenAiImages",
  "OpenAiAudio",
  "OpenAiRealtime",
  "OpenAiModels",
  "OpenAiFiles",
  "OpenAiBatches",
  "AnthropicMessages",
  "AnthropicComplete",
  "AnthropicBatches",
  "Gemini",
  "BedrockConverse",
  "BedrockInvoke",
  "CohereChat",
  "CohereEmbed",
  "CohereRerank",
  "OllamaChat",
  "OllamaGenerate",
  "OllamaEmbed",
  "OllamaModels",
];

/** The dialect of this name in a configuration; `Dialect.Unknown` when there is none. At load, not on the hot path. */
export function dialectOfName(name: string): Dialect {
  return <Dialect>max(DIALECT_NAMES.indexOf(name), Dialect.Unknown);
}

/** An unknown dialect is answered like OpenAI, whose shape most clients read. */
export function familyOf(dialect: Dialect): Family {
  if (dialect < Dialect.AnthropicMessages) return Family.OpenAi;
  if (dialect < Dialect.Gemini) return Family.Anthropic;
  if (dialect == Dialect.Gemini) return Family.Gemini;
  if (dialect < Dialect.CohereChat) return Family.Bedrock;
  if (dialect < Dialect.OllamaChat) return Family.Cohere;
  return Family.Ollama;
}

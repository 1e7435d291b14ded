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

const FAMILIES = families();

/** An unknown dialect is answered like OpenAI, whose shape most clients read. */
export function familyOf(dialect: Dialect): Family {
  return <Family>unchecked(FAMILIES[dialect]);
}

function families(): StaticArray<u8> {
  const all = new StaticArray<u8>(DIALECT_NAMES.length);
  for (let dialect: i32 = Dialect.AnthropicMessages; dialect < all.length; dialect++) {
    let family: Family = Family.Ollama;
    if (dialect < Dialect.OllamaChat) family = Family.Cohere;
    if (dialect < Dialect.CohereChat) family = Family.Bedrock;
    if (dialect == Dialect.Gemini) family = Family.Gemini;
    if (dialect < Dialect.Gemini) family = Family.Anthropic;
    all[dialect] = <u8>family;
  }
  return all;
}

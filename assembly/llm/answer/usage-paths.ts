import { Count } from "../usage";

/**
 * Where counts are in a usage object, by the providers' API references; `countInUsage` says what each is. Vertex's and the
 * gateways' spellings beside the providers' own.
 */
export const USAGE_PATHS: string[] = [
  "prompt_tokens",
  "completion_tokens",
  "total_tokens",
  "prompt_tokens_details.cached_tokens",
  "prompt_tokens_details.cache_write_tokens",
  "prompt_tokens_details.cache_creation_tokens",
  "completion_tokens_details.reasoning_tokens",
  "prompt_cache_hit_tokens",
  "cached_tokens",
  "reasoning_tokens",
  "input_tokens",
  "output_tokens",
  "input_tokens_details.cached_tokens",
  "input_tokens_details.cache_write_tokens",
  "input_token_details.cached_tokens",
  "output_tokens_details.reasoning_tokens",
  "output_tokens_details.thinking_tokens",
  "cache_read_input_tokens",
  "cache_creation_input_tokens",
  "cache_creation.ephemeral_5m_input_tokens",
  "cache_creation.ephemeral_1h_input_tokens",
  "promptTokenCount",
  "toolUsePromptTokenCount",
  "candidatesTokenCount",
  "responseTokenCount",
  "thoughtsTokenCount",
  "cachedContentTokenCount",
  "totalTokenCount",
  "total_input_tokens",
  "total_tool_use_tokens",
  "total_output_tokens",
  "total_thought_tokens",
  "total_cached_tokens",
  "inputTokens",
  "outputTokens",
  "totalTokens",
  "cacheReadInputTokens",
  "cacheReadInputTokenCount",
  "cacheWriteInputTokens",
  "cacheWriteInputTokenCount",
  "tokens.input_tokens",
  "tokens.output_tokens",
  "billed_units.input_tokens",
  "billed_units.output_tokens",
  "billed_units.image_tokens",
  "inputTokenCount",
  "outputTokenCount",
  "promptTokens",
  "completionTokens",
  "cachedInputTokens",
  "reasoningTokens",
  "prompt_audio_seconds",
];
// prettier-ignore
const COUNTS: StaticArray<i32> = [
  Count.Prompt, Count.Completion, Count.Total, Count.Cached, Count.CacheCreated, Count.CacheCreated, Count.Reasoning,
  Count.Cached, Count.Cached, Count.Reasoning,
  Count.Input, Count.Output, Count.Cached, Count.CacheCreated, Count.Cached, Count.Reasoning, Count.Reasoning,
  Count.CacheRead, Count.CacheWrite, Count.CacheWriteShort, Count.CacheWriteLong,
  Count.GeminiPrompt, Count.GeminiToolUse, Count.GeminiCandidates, Count.GeminiCandidates, Count.GeminiThoughts,
  Count.Cached, Count.Total,
  Count.GeminiPrompt, Count.GeminiToolUse, Count.GeminiCandidates, Count.GeminiThoughts, Count.Cached,
  Count.Input, Count.Output, Count.Total, Count.CacheRead, Count.CacheRead, Count.CacheWrite, Count.CacheWrite,
  Count.Prompt, Count.Completion, Count.SpareInput, Count.SpareOutput, Count.SpareImages,
  Count.SpareInput, Count.SpareOutput,
  Count.Prompt, Count.Completion, Count.Cached, Count.Reasoning,
  Count.AudioSeconds,
];

/** What is counted at a path of `USAGE_PATHS`. */
export function countInUsage(path: i32): Count {
  return unchecked(COUNTS[path]);
}

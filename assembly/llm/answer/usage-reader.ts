import { JsonKind, JsonListener } from "../../json/listener";
import { JsonPaths } from "../../json/paths";
import { JsonScanner } from "../../json/scanner";
import { Count, Usage } from "../usage";
import { CountReader } from "../tokens/count";

/**
 * Where counts are in a usage object, by the providers' API references; `COUNTS` says what each is. Vertex's and the
 * gateways' spellings beside the providers' own.
 */
const PATHS = new JsonPaths([
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
  "inputTokenCount",
  "outputTokenCount",
  "promptTokens",
  "completionTokens",
  "cachedInputTokens",
  "reasoningTokens",
  "prompt_audio_seconds",
]);
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
  Count.Prompt, Count.Completion, Count.SpareInput, Count.SpareOutput,
  Count.SpareInput, Count.SpareOutput,
  Count.Prompt, Count.Completion, Count.Cached, Count.Reasoning,
  Count.AudioSeconds,
];


@final
class CountListener extends JsonListener {
  private readonly count: CountReader = new CountReader();

  constructor(private readonly usage: Usage) {
    super();
  }

  override onValue(path: i32, kind: JsonKind, start: u64): void {
    this.count.begin();
  }

  override onBytes(path: i32, pointer: usize, length: i32): void {
    this.count.append(pointer, length);
  }

  override onValueEnd(path: i32, kind: JsonKind, end: u64): void {
    if (kind == JsonKind.Number) this.usage.put(unchecked(COUNTS[path]), this.count.exact);
  }
}

/**
 * Reads a usage object of any dialect, which arrives in pieces, into a `Usage`.
 *
 * A count that is absent, null or malformed (negative, a string, a fraction, over `MAX_COUNT`) keeps the one before it. An
 * object that never ends changes nothing that shows.
 */
@final
export class UsageReader {
  private readonly scanner: JsonScanner;

  constructor(private readonly usage: Usage) {
    this.scanner = new JsonScanner(PATHS, new CountListener(usage));
  }

  begin(): void {
    this.scanner.reset();
  }

  feed(pointer: usize, length: i32): void {
    this.scanner.feed(pointer, length);
  }

  /** The object is complete. */
  end(): void {
    this.usage.settle();
  }
}

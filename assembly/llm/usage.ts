import { MAX_COUNT, NO_COUNT, addCounts } from "./tokens/count";

/** A count as a provider gives it; what its name means is the same wherever the name is used. */
export const enum Count {
  /** All of the input, cached or not. */
  Prompt,
  Completion,
  /** The input without what was read from a cache or written to one. */
  Input,
  Output,
  CacheRead,
  CacheWrite,
  CacheWriteShort,
  CacheWriteLong,
  /** Cached input that an input count includes. */
  Cached,
  /** Cache creation that an input count includes. */
  CacheCreated,
  Reasoning,
  GeminiPrompt,
  GeminiToolUse,
  GeminiCandidates,
  GeminiThoughts,
  Total,
  /** Seconds of sound in the input, whose tokens only the total counts (Mistral). */
  AudioSeconds,
  /** Like `Input` and `Output`, read only where nothing else counts these: what is billed, and what a gateway measures. */
  SpareInput,
  SpareOutput,
  /** Of pictures, beside `SpareInput` (Cohere). */
  SpareImages,
  End,
}

/**
 * The tokens of one answer, normalised whatever its dialect, as OpenTelemetry's GenAI conventions count them: input
 * includes cached input and cache creation, output includes reasoning, total is input plus output.
 *
 * Every field is a number of tokens up to `MAX_COUNT`, or `NO_COUNT`; the reasoning is at most the output.
 */
@final
export class Usage {
  input: i64 = NO_COUNT;
  output: i64 = NO_COUNT;
  total: i64 = NO_COUNT;
  cachedInput: i64 = NO_COUNT;
  cacheCreation: i64 = NO_COUNT;
  reasoning: i64 = NO_COUNT;
  /** The output is what there was when the answer began (Anthropic, "message_start"): what the model writes comes on top. */
  isProvisional: bool = false;
  /** The answer has said that it is over: no other count comes, though its end may still be missing. */
  isFinal: bool = false;
  /** The total came with an earlier usage than the other counts, so that it is not theirs. */
  private isTotalOld: bool = false;
  /** Likewise the reasoning. */
  private isReasoningOld: bool = false;
  /** No count has come since the fields were computed. */
  private isSettled: bool = true;
  private readonly counts: StaticArray<i64> = new StaticArray<i64>(Count.End);

  constructor() {
    this.reset();
  }

  reset(): void {
    for (let i = 0; i < Count.End; i++) unchecked((this.counts[i] = NO_COUNT));
    this.isProvisional = false;
    this.isFinal = false;
    this.isTotalOld = false;
    this.isReasoningOld = false;
    this.isSettled = true;
    this.input = NO_COUNT;
    this.output = NO_COUNT;
    this.total = NO_COUNT;
    this.cachedInput = NO_COUNT;
    this.cacheCreation = NO_COUNT;
    this.reasoning = NO_COUNT;
  }

  /** Whether the answer says how much was used. */
  get isReported(): bool {
    return this.total != NO_COUNT;
  }

  /** Another usage begins. */
  begin(): void {
    this.isTotalOld = true;
    this.isReasoningOld = true;
  }

  /** Replaces a count, unless the new one is `NO_COUNT`. The fields follow with `settle`. */
  put(count: Count, value: i64): void {
    if (value == NO_COUNT) return;
    unchecked((this.counts[count] = value));
    if (count == Count.Total) this.isTotalOld = false;
    if (count == Count.Reasoning) this.isReasoningOld = false;
    this.isSettled = false;
  }

  /** Adds to a count that is there. */
  add(count: Count, value: i64): void {
    if (value != NO_COUNT) this.put(count, addCounts(this.of(count), value));
  }

  /** Computes the fields from the counts. Where an answer has the counts of several dialects, the larger ones. */
  settle(): void {
    if (this.isSettled) return;
    this.isSettled = true;
    const read = this.of(Count.CacheRead);
    let written = this.of(Count.CacheWrite);
    if (written == NO_COUNT) written = sum(this.of(Count.CacheWriteShort), this.of(Count.CacheWriteLong));
    const caches = sum(read, written);
    let input = including(this.of(Count.Input), caches);
    input = max(input, sum(this.of(Count.GeminiPrompt), this.of(Count.GeminiToolUse)));
    input = max(input, this.of(Count.Prompt));
    if (input == NO_COUNT) input = including(sum(this.of(Count.SpareInput), this.of(Count.SpareImages)), caches);

    const thoughts = this.of(Count.GeminiThoughts);
    const reasoning = this.of(Count.Reasoning);
    const total = this.isTotalOld ? NO_COUNT : this.of(Count.Total);
    let output = max(this.of(Count.Completion), this.of(Count.Output));
    // xAI's completions leave reasoning out, which only their total tells; Perplexity's too, which its being more tells.
    const isLeftOut =
      !this.isReasoningOld && (reasoning > output || (input != NO_COUNT && total == input + output + reasoning));
    if (reasoning > 0 && output != NO_COUNT && isLeftOut) output += reasoning;
    // So do Gemini's, without saying how much. What a cache adds to the total is no output.
    const rest = total - input - output;
    const isOpenAi = this.of(Count.Prompt) != NO_COUNT && this.of(Count.Completion) != NO_COUNT && total != NO_COUNT;
    if (isOpenAi && rest > 0 && rest != caches) {
      if (this.of(Count.AudioSeconds) > 0) input += rest;
      else output += rest;
    }
    output = max(output, sum(this.of(Count.GeminiCandidates), thoughts));
    if (output == NO_COUNT) output = this.of(Count.SpareOutput);

    this.input = min(input, MAX_COUNT);
    this.output = min(output, MAX_COUNT);
    this.cachedInput = max(this.of(Count.Cached), read);
    this.cacheCreation = min(max(this.of(Count.CacheCreated), written), MAX_COUNT);
    this.reasoning = min(max(reasoning, thoughts), this.output);
    const both = min(sum(this.input, this.output), MAX_COUNT);
    this.total = input == NO_COUNT || output == NO_COUNT ? max(both, this.of(Count.Total)) : both;
  }


  @inline
  private of(count: Count): i64 {
    return unchecked(this.counts[count]);
  }
}

/** A count that leaves `others` out, with them; absent when it is. */
function including(count: i64, others: i64): i64 {
  return count == NO_COUNT ? NO_COUNT : sum(count, others);
}

/** The sum of those that are present. */
function sum(a: i64, b: i64): i64 {
  if (a == NO_COUNT) return b;
  return b == NO_COUNT ? a : a + b;
}

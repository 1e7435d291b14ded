import { ABSENT, MAX_COUNT } from "./usage-count";

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
  /** Like `Input` and `Output`, read only where nothing else counts these: what is billed, and what a gateway measures. */
  SpareInput,
  SpareOutput,
  End,
}

/**
 * The tokens of one answer, normalised whatever its dialect, as OpenTelemetry's GenAI conventions count them: input
 * includes cached input and cache creation, output includes reasoning, total is input plus output.
 *
 * Every field is a number of tokens up to `MAX_COUNT`, or `ABSENT`.
 */
@final
export class Usage {
  input: i64 = ABSENT;
  output: i64 = ABSENT;
  total: i64 = ABSENT;
  cachedInput: i64 = ABSENT;
  cacheCreation: i64 = ABSENT;
  reasoning: i64 = ABSENT;
  private readonly counts: StaticArray<i64> = new StaticArray<i64>(Count.End);

  constructor() {
    this.reset();
  }

  reset(): void {
    for (let i = 0; i < Count.End; i++) unchecked((this.counts[i] = ABSENT));
    this.settle();
  }

  /** Whether the answer says how much was used. */
  get isReported(): bool {
    return this.total != ABSENT;
  }

  /** Replaces a count, unless the new one is `ABSENT`. The fields follow with `settle`. */
  put(count: Count, value: i64): void {
    if (value != ABSENT) unchecked((this.counts[count] = value));
  }

  /** Computes the fields from the counts. Where an answer has the counts of several dialects, the larger ones. */
  settle(): void {
    const read = this.of(Count.CacheRead);
    let written = this.of(Count.CacheWrite);
    if (written == ABSENT) written = sum(this.of(Count.CacheWriteShort), this.of(Count.CacheWriteLong));
    const caches = sum(read, written);
    let input = including(this.of(Count.Input), caches);
    input = max(input, sum(this.of(Count.GeminiPrompt), this.of(Count.GeminiToolUse)));
    input = max(input, this.of(Count.Prompt));
    if (input == ABSENT) input = including(this.of(Count.SpareInput), caches);

    const thoughts = this.of(Count.GeminiThoughts);
    const reasoning = this.of(Count.Reasoning);
    const total = this.of(Count.Total);
    let output = max(this.of(Count.Completion), this.of(Count.Output));
    // xAI's completions leave reasoning out, which only their total tells.
    if (reasoning > 0 && input != ABSENT && output != ABSENT && total == input + output + reasoning)
      output += reasoning;
    output = max(output, sum(this.of(Count.GeminiCandidates), thoughts));
    if (output == ABSENT) output = this.of(Count.SpareOutput);

    this.input = min(input, MAX_COUNT);
    this.output = min(output, MAX_COUNT);
    this.cachedInput = max(this.of(Count.Cached), read);
    this.cacheCreation = min(max(this.of(Count.CacheCreated), written), MAX_COUNT);
    this.reasoning = max(reasoning, thoughts);
    const both = min(sum(this.input, this.output), MAX_COUNT);
    this.total = input == ABSENT || output == ABSENT ? max(both, total) : both;
  }


  @inline
  private of(count: Count): i64 {
    return unchecked(this.counts[count]);
  }
}

/** A count that leaves `others` out, with them; absent when it is. */
function including(count: i64, others: i64): i64 {
  return count == ABSENT ? ABSENT : sum(count, others);
}

/** The sum of those that are present. */
function sum(a: i64, b: i64): i64 {
  if (a == ABSENT) return b;
  return b == ABSENT ? a : a + b;
}

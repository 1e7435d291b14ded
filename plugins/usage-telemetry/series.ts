import { BatchedCounters } from "../../assembly/filter/batched-counters";
import { LazyHistogram } from "../../assembly/filter/histogram";
import { tag } from "../../assembly/filter/tag";
import { CallRecord } from "./call-record";
import { NO_COST } from "./prices";

const NO_COUNTER: i32 = -1;

const enum TokenType {
  Input,
  Output,
  CachedInput,
  CacheCreation,
  Reasoning,
}

/** `gen_ai.token.type` of each: OpenTelemetry's two, then what is part of them. */
const TOKEN_TYPES: string[] = ["input", "output", "cached_input", "cache_creation", "reasoning"];

/** The metrics of one combination of labels. Each is made when it has its first value. */
@final
export class Series {
  private readonly requests: i32;
  private cost: i32 = NO_COUNTER;
  private readonly tokens: StaticArray<i32> = new StaticArray<i32>(TOKEN_TYPES.length).fill(NO_COUNTER);
  private readonly input: LazyHistogram;
  private readonly output: LazyHistogram;
  private readonly duration: LazyHistogram;
  private readonly first: LazyHistogram;
  private readonly perToken: LazyHistogram;

  constructor(
    private readonly tags: string,
    private readonly counters: BatchedCounters,
  ) {
    this.requests = counters.define(`requests${tags}.`);
    this.input = new LazyHistogram("gen_ai.client.token.usage", tags, tokenType(TokenType.Input) + ".");
    this.output = new LazyHistogram("gen_ai.client.token.usage", tags, tokenType(TokenType.Output) + ".");
    this.duration = new LazyHistogram("gen_ai.server.request.duration_us", tags, ".");
    this.first = new LazyHistogram("gen_ai.server.time_to_first_token_us", tags, ".");
    this.perToken = new LazyHistogram("gen_ai.server.time_per_output_token_us", tags, ".");
  }

  add(call: CallRecord): void {
    const counters = this.counters;
    const usage = call.usage;
    counters.add(this.requests, 1);
    this.count(TokenType.Input, usage.input);
    this.count(TokenType.Output, usage.output);
    this.count(TokenType.CachedInput, usage.cachedInput);
    this.count(TokenType.CacheCreation, usage.cacheCreation);
    this.count(TokenType.Reasoning, usage.reasoning);
    if (call.cost != NO_COST) {
      if (this.cost == NO_COUNTER) this.cost = counters.define(`cost_micros${this.tags}.`);
      counters.add(this.cost, call.cost);
    }
    this.input.record(usage.input);
    this.output.record(usage.output);
    this.duration.record(call.durationUs);
    if (!call.isStream) return;
    this.first.record(call.firstUs);
    this.perToken.record(call.perTokenUs);
  }

  private count(type: TokenType, tokens: i64): void {
    if (tokens <= 0) return;
    if (this.tokens[type] == NO_COUNTER) {
      this.tokens[type] = this.counters.define(`tokens${this.tags}${tokenType(type)}.`);
    }
    this.counters.add(this.tokens[type], tokens);
  }
}

function tokenType(type: TokenType): string {
  return tag("gen_ai_token_type", TOKEN_TYPES[type]);
}

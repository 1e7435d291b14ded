import { Dialect } from "../dialect";
import { NO_COUNT } from "../tokens/count";

/** Where a request bounds the tokens of one answer, by the providers' API references. */
export const OUTPUT_CAPS = [
  "max_tokens",
  "max_completion_tokens",
  "max_output_tokens",
  "max_tokens_to_sample",
  "max_gen_len",
  "maxTokens",
  "generationConfig.maxOutputTokens",
  "generationConfig.max_output_tokens",
  "generation_config.max_output_tokens",
  "generation_config.maxOutputTokens",
  "inferenceConfig.maxTokens",
  "inferenceConfig.max_new_tokens",
  "textGenerationConfig.maxTokenCount",
  "options.num_predict",
];
export const OUTPUT_CAP_COUNT: i32 = 14;

const MAX_TOKENS: i32 = 0x0001;
const MAX_COMPLETION_TOKENS: i32 = 0x0002;
const MAX_OUTPUT_TOKENS: i32 = 0x0004;
const MAX_TOKENS_TO_SAMPLE: i32 = 0x0008;
const GEMINI: i32 = 0x03c0;
const CONVERSE: i32 = 0x0400;
const NUM_PREDICT: i32 = 0x2000;
const ALL: i32 = 0x3fff;

/** The caps that a request gives. One that its API doesn't know bounds nothing: servers ignore what they don't know. */
@final
export class OutputCaps {
  private readonly values: StaticArray<i64> = new StaticArray<i64>(OUTPUT_CAP_COUNT);
  private given: i32 = 0;

  reset(): void {
    this.given = 0;
  }

  /** Takes the cap at `index` of `OUTPUT_CAPS`; a negative one is none, of two the larger one counts. */
  take(index: i32, value: i64): void {
    const bit = 1 << index;
    // Ollama: "-1 = infinite generation, -2 = fill context"; 0 ends nothing either.
    if (value < 0 || (bit == NUM_PREDICT && value == 0)) return;
    if ((this.given & bit) != 0) value = max(value, unchecked(this.values[index]));
    this.given |= bit;
    unchecked((this.values[index] = value));
  }

  /** The largest one that counts in this dialect; `NO_COUNT` when there is none. */
  largest(dialect: Dialect): i64 {
    let most: i64 = NO_COUNT;
    for (let rest = this.given & capsOf(dialect); rest != 0; rest &= rest - 1) {
      most = max(most, unchecked(this.values[ctz(rest)]));
    }
    return most;
  }
}

/** Bits by index of `OUTPUT_CAPS`. Of Bedrock's invoke the model decides, of a path that isn't known nobody knows who. */
function capsOf(dialect: Dialect): i32 {
  switch (dialect) {
    case Dialect.OpenAiChat:
    case Dialect.OpenAiCompletions:
      return MAX_TOKENS | MAX_COMPLETION_TOKENS;
    case Dialect.OpenAiResponses:
      return MAX_OUTPUT_TOKENS;
    case Dialect.OpenAiBatches:
      return MAX_TOKENS | MAX_COMPLETION_TOKENS | MAX_OUTPUT_TOKENS;
    case Dialect.AnthropicMessages:
    case Dialect.AnthropicBatches:
    case Dialect.CohereChat:
      return MAX_TOKENS;
    case Dialect.AnthropicComplete:
      return MAX_TOKENS_TO_SAMPLE;
    case Dialect.Gemini:
      return GEMINI;
    case Dialect.BedrockConverse:
      return CONVERSE;
    case Dialect.OllamaChat:
    case Dialect.OllamaGenerate:
      return NUM_PREDICT;
    default:
      return ALL;
  }
}

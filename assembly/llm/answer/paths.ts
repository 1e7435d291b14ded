import { JsonPaths, SharedPaths } from "../../json/paths";
import { Count } from "../usage";
import { countInUsage, USAGE_PATHS } from "./usage-paths";

/** Where each group of `ANSWER_PATHS` begins; the order of the groups is that of what is done about them. */
export const enum AnswerPath {
  Root = 0,
  Choices = 1,
  Choice = 2,
  Type = 3,
  /** Base64 of another object: Bedrock's invoke streams. */
  Bytes = 4,
  Error = 5,
  /** What the last event of a stream has, Bedrock's and Gemini's. */
  FirstEnd = 6,
  FirstModel = 8,
  FirstUsage = 12,
  /** What a stream says when it begins. */
  MessageUsage = 14,
  /** A count that is in no usage object, of each prompt where an answer is to several; `countOfPath` says which. */
  FirstCount = 26,
  /** Text where it is a string; an object of that name is something else. */
  FirstString = 38,
  GeneratedText = 45,
  /** Text anywhere within. */
  FirstTree = 46,
  ResponseOutput = 46,
  /** As a string it is an error's. */
  Message = 47,
  /** A count of a usage object. */
  FirstInUsage = 64,
}

/** What is read of an answer, or of one event of it, by the providers' API references. */
// prettier-ignore
const PATHS: string[] = [
  "", "choices", "choices[*]", "type", "bytes", "error",

  "metrics.latencyMs", "candidates[*].finishReason",

  "model", "modelVersion", "message.model", "response.model",

  "usage", "usageMetadata", "message.usage", "response.usage", "response.usageMetadata", "response.meta", "delta.usage",
  "choices[*].usage", "x_groq.usage", "metadata.usage", "meta", "interaction.usage", "result.usage",
  "amazon-bedrock-invocationMetrics",

  "prompt_eval_count", "eval_count", "inputTextTokenCount", "totalOutputTextTokenCount", "results[*].tokenCount",
  "prompt_token_count", "generation_token_count", "tokens_evaluated", "tokens_predicted", "details.input_length",
  "details.generated_tokens", "predictions[*].embeddings.statistics.token_count",

  "choices[*].text", "text", "response", "thinking", "generation", "completion", "results[*].outputText", "generated_text",

  "response.output", "message", "choices[*].delta", "choices[*].message", "delta", "content", "content_block", "candidates",
  "response.candidates", "output", "item", "start", "outputs", "outputText", "generations", "tool_calls", "steps", "token",
];

export const ANSWER_PATHS = new JsonPaths(
  PATHS,
  new SharedPaths(USAGE_PATHS, AnswerPath.FirstUsage, AnswerPath.FirstCount),
);

// prettier-ignore
const COUNTS: StaticArray<i32> = [
  Count.Prompt, Count.Completion, Count.Prompt, Count.Completion, Count.Completion, Count.Prompt, Count.Completion,
  Count.Prompt, Count.Completion, Count.Prompt, Count.Completion, Count.Prompt,
];

/** What is counted at a path of the groups `AnswerPath.FirstCount` and `AnswerPath.FirstInUsage`. */
export function countOfPath(path: i32): Count {
  if (path >= AnswerPath.FirstInUsage) return countInUsage(path - AnswerPath.FirstInUsage);
  return unchecked(COUNTS[path - AnswerPath.FirstCount]);
}

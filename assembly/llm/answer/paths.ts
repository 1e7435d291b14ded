import { JsonPaths } from "../../json/paths";
import { Count } from "../usage";

/** Where each group of `ANSWER_PATHS` begins; the order of the groups is that of what is done about them. */
export const enum AnswerPath {
  Root = 0,
  Choices = 1,
  Choice = 2,
  Type = 3,
  /** Base64 of another object: Bedrock's invoke streams. */
  Bytes = 4,
  FirstModel = 5,
  FirstUsage = 9,
  /** What a stream says when it begins. */
  MessageUsage = 11,
  /** A count that is in no usage object; `countOfPath` says which. */
  FirstCount = 23,
  /** Text where it is a string; an object of that name is something else. */
  FirstString = 30,
  GeneratedText = 37,
  /** Text anywhere within. */
  FirstTree = 38,
  ResponseOutput = 38,
  /** As a string it is an error's. */
  Message = 39,
}

/** What is read of an answer, or of one event of it, by the providers' API references. */
// prettier-ignore
export const ANSWER_PATHS = new JsonPaths([
  "", "choices", "choices[*]", "type", "bytes",

  "model", "modelVersion", "message.model", "response.model",

  "usage", "usageMetadata", "message.usage", "response.usage", "response.usageMetadata", "response.meta", "delta.usage",
  "choices[*].usage", "x_groq.usage", "metadata.usage", "meta", "interaction.usage", "result.usage",
  "amazon-bedrock-invocationMetrics",

  "prompt_eval_count", "eval_count", "inputTextTokenCount", "totalOutputTextTokenCount", "results[*].tokenCount",
  "prompt_token_count", "generation_token_count",

  "choices[*].text", "text", "response", "thinking", "generation", "completion", "results[*].outputText", "generated_text",

  "response.output", "message", "choices[*].delta", "choices[*].message", "delta", "content", "content_block", "candidates",
  "response.candidates", "output", "item", "start", "outputs", "outputText", "generations", "tool_calls", "steps", "token",
]);

// prettier-ignore
const COUNTS: StaticArray<i32> = [
  Count.Prompt, Count.Completion, Count.Prompt, Count.Completion, Count.Completion, Count.Prompt, Count.Completion,
];

/** What is counted at a path of the group `AnswerPath.FirstCount`. */
export function countOfPath(path: i32): Count {
  return unchecked(COUNTS[path - AnswerPath.FirstCount]);
}

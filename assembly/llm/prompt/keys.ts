import { indexOfWord } from "../../bytes/ascii";
import { ByteString } from "../../bytes/view";
import { JsonPaths, MAX_PATHS, NONE } from "../../json/paths";
import { KeyRole, roleOfKey } from "../request/keys";

/** What the value of a key is to somebody who looks for what a model reads. */
export const enum PromptKey {
  /** No key of the protocols: what is in it, and the key itself, count as texts. */
  Unknown,
  Model,
  /** A list of messages, or one of them. */
  Messages,
  /** A list of messages or a text; within a message, a tool's input. */
  Input,
  /** A text whose numbers are tokens. */
  Prompt,
  /** What a model takes in place of words: tokens, or their vectors. */
  Tokens,
  /** Whose words the texts beside it are. */
  Role,
  /** What the texts beside it are. */
  Type,
  MediaType,
  Stream,
  Answers,
  /** A text of the part that it is in, whatever that part is. */
  Text,
  /** A message's content: a text or a list of parts. */
  Parts,
  /** Anything in it is the operator's words. */
  System,
  /** A setting where it is a string, else like `System`. */
  Format,
  /** Anything in it is the model's words. */
  Assistant,
  /** A setting where it is a string, else calls of tools around their arguments. */
  Calls,
  /** What tools have answered, around it. */
  Results,
  /** What a tool is called with: any JSON, keys too. */
  Arguments,
  /** A schema: a model gets all of it. */
  Schema,
  /** Likewise, in the operator's words. */
  SystemSchema,
  /** A schema in a tool's description, arguments in a call. */
  Parameters,
  /** What a tool has answered: any JSON, keys too, but for pictures and files. */
  Output,
  /** What a tool has answered: any JSON, keys too. */
  Response,
  /** Any JSON, keys too. */
  Payload,
  /** Likewise, also in a tool's description. */
  Example,
  /** The keys right below are names that somebody has chosen. */
  Names,
  /** A picture, sound or film: where it is, its bytes, or an object around them. */
  Media,
  /** A file, likewise, which may hold a text. */
  File,
  /** The bytes of a file, or a text, or any JSON. */
  Data,
  /** Where a file is or a text comes from; an object around a file. */
  Source,
  /** Known, and text where it is a string. */
  Plain,
  /** A setting, an identifier: nothing that a model reads, but for objects below. */
  Mute,
  /** Likewise, with all that is below. */
  MuteTree,
}

/** No number: it doesn't matter whether an object has a second one of this key. */
export const UNNUMBERED: i32 = -1;

/** At most `MAX_PATHS` keys and what they are, numbered in the order in which they are added. */
@final
class KeyTable {
  private keys: string[] = [];
  private paths: JsonPaths | null = null;
  private readonly kinds: StaticArray<u8> = new StaticArray<u8>(MAX_PATHS);

  add(kind: PromptKey, keys: string): this {
    const list = keys.split(" ");
    for (let i = 0; i < list.length; i++) this.kinds[this.keys.push(list[i]) - 1] = <u8>kind;
    return this;
  }

  close(): this {
    this.paths = new JsonPaths(this.keys);
    this.keys = [];
    return this;
  }

  /** The number of a key, or `NONE`. */
  find(pointer: usize, length: i32): i32 {
    const paths = this.paths!;
    return paths.indexOf(paths.node(paths.root), pointer, length);
  }

  kind(number: i32): PromptKey {
    return <PromptKey>unchecked(this.kinds[number]);
  }
}

/** Those that decide what is read and how: servers differ in which one counts where an object has two. `SHAPE_KEYS` has the first. */
const DECIDING = new KeyTable()
  .add(PromptKey.Model, "model")
  .add(PromptKey.Messages, "messages contents")
  .add(PromptKey.Input, "input")
  .add(PromptKey.Prompt, "prompt")
  .add(PromptKey.Input, "inputs")
  .add(PromptKey.Role, "role")
  .add(PromptKey.Type, "type")
  .add(PromptKey.MediaType, "media_type mimeType mime_type")
  .add(PromptKey.Stream, "stream")
  .add(PromptKey.Answers, "n candidateCount candidate_count")
  .add(PromptKey.Text, "text")
  .add(PromptKey.Parts, "content parts")
  .add(PromptKey.System, "system instructions system_instruction systemInstruction preamble template tools functions")
  .add(PromptKey.Calls, "tool_calls function_call functionCall toolUse")
  .add(PromptKey.Results, "functionResponse function_response toolResult")
  .add(PromptKey.Arguments, "arguments args")
  .add(PromptKey.Parameters, "parameters")
  .add(PromptKey.Output, "output")
  .add(PromptKey.Response, "response")
  .add(PromptKey.Payload, "documents")
  .add(PromptKey.Data, "data")
  .add(PromptKey.Source, "source")
  .add(PromptKey.Messages, "chat_history")
  .add(PromptKey.Plain, "message query texts suffix inputText name description thinking")
  .close();

/** Those in which tools, schemas and dialects' extensions say what is read. */
const FURTHER = new KeyTable()
  .add(PromptKey.Prompt, "context")
  .add(PromptKey.Messages, "additional_messages inputs")
  .add(PromptKey.Tokens, "prompt_token_ids input_ids prompt_embeds input_embeds")
  .add(
    PromptKey.System,
    "functionDeclarations function_declarations toolConfig tool_config json_schema chat_template role_information " +
      "roleInformation",
  )
  .add(PromptKey.SystemSchema, "responseSchema response_schema responseJsonSchema response_json_schema")
  .add(PromptKey.Format, "response_format format output_format responseFormat outputConfig")
  .add(PromptKey.Assistant, "prediction")
  .add(PromptKey.Calls, "executableCode executable_code")
  .add(PromptKey.Results, "codeExecutionResult code_execution_result")
  .add(PromptKey.Arguments, "action actions operation")
  .add(PromptKey.Output, "outputs results error")
  .add(PromptKey.Response, "tool_results")
  .add(PromptKey.Payload, "json")
  .add(PromptKey.Example, "default const enum examples input_examples")
  .add(PromptKey.Names, "variables promptVariables $defs definitions patternProperties")
  .add(PromptKey.Media, "inputImage")
  .add(PromptKey.File, "result")
  .add(
    PromptKey.Plain,
    "reasoning filename reasoning_content reasoningContent reasoningText tool_plan guardContent pattern code",
  )
  .close();

/** Those of the newer protocols' own: they stand around texts, or are nothing that is read. */
const PLAIN = new KeyTable()
  .add(
    PromptKey.Plain,
    "document annotations citations converse invokeModel custom tool_name queries logs stdout stderr server_label " +
      "server_description definition instances generateContentRequest textGenerationConfig " +
      "text_prompts textToImageParams functionCallingConfig allowedFunctionNames value values",
  )
  .add(PromptKey.Schema, "schema outputSchema")
  .add(PromptKey.Names, "dependentRequired dependentSchemas")
  .add(
    PromptKey.Mute,
    "thought is_error return_code exit_code maxTokens maxTokenCount max_gen_len max_new_tokens topP minimum maximum minLength " +
      "maxLength minItems maxItems",
  )
  .close();
const SETTINGS = new KeyTable()
  .add(
    PromptKey.Mute,
    "maxOutputTokens responseModalities response_modalities thinkingConfig thinking_config includeThoughts thinkingBudget " +
      "thinkingLevel frequencyPenalty presencePenalty responseLogprobs speechConfig mediaResolution cachedContent " +
      "cached_content min_p repetition_penalty min_tokens size quality moderation output_compression " +
      "partial_images input_fidelity language response_id max_tool_calls prompt_cache_retention taskType numberOfImages " +
      "qualifiers outcome redactedContent authorization authorization_token guardrailIdentifier guardrailVersion s3Location " +
      "bucketOwner min_length safe_prompt prompt_mode priority p k speed return_documents top_n timestamp_granularities " +
      "chunking_strategy known_speaker_references",
  )
  .add(
    PromptKey.MuteTree,
    "headers requestMetadata toolChoice performanceConfig imageGenerationConfig citation_options",
  )
  .close();

const IN_ANY_CASE: StaticArray<ByteString> = [
  new ByteString("context"),
  new ByteString("input"),
  new ByteString("prompt"),
  new ByteString("messages"),
];

const OTHERS: StaticArray<KeyTable> = [FURTHER, PLAIN, SETTINGS];

/** What a key is, with its number; see `kindOf` and `numberOf`. Never allocates. */
export function findKey(pointer: usize, length: i32): i32 {
  let number = DECIDING.find(pointer, length);
  if (number != NONE) return (number << KIND_BITS) | DECIDING.kind(number);
  for (let i = 0; i < OTHERS.length; i++) {
    const table = unchecked(OTHERS[i]);
    number = table.find(pointer, length);
    if (number != NONE) return unnumbered(table.kind(number));
  }
  const kind = kindOfRole(roleOfKey(pointer, length));
  return unnumbered(kind == PromptKey.Unknown ? kindInLowerCase(pointer, length) : kind);
}

/**
 * Servers written in Go (Ollama) take a key in whatever case. Where it may have tokens, that counts; of any other, what is in it is
 * text anyway.
 */
function kindInLowerCase(pointer: usize, length: i32): PromptKey {
  const index = indexOfWord(pointer, length, IN_ANY_CASE);
  if (index < 0) return PromptKey.Unknown;
  const known = unchecked(IN_ANY_CASE[index]);
  return kindOf(findKey(known.pointer, known.length));
}

export function kindOf(key: i32): PromptKey {
  return <PromptKey>(key & KIND_MASK);
}

/** The number of a key that decides something, less than 64; or `UNNUMBERED`. */
export function numberOf(key: i32): i32 {
  return key >> KIND_BITS;
}

const KIND_BITS: i32 = 8;
const KIND_MASK: i32 = (1 << KIND_BITS) - 1;

function unnumbered(kind: PromptKey): i32 {
  return (UNNUMBERED << KIND_BITS) | kind;
}

function kindOfRole(role: KeyRole): PromptKey {
  switch (role) {
    case KeyRole.Unknown:
      return PromptKey.Unknown;
    case KeyRole.Payload:
      return PromptKey.Payload;
    case KeyRole.Properties:
      return PromptKey.Names;
    case KeyRole.Tool:
      return PromptKey.Schema;
    case KeyRole.Mute:
      return PromptKey.Mute;
    case KeyRole.MuteTree:
      return PromptKey.MuteTree;
    case KeyRole.Image:
    case KeyRole.Media:
      return PromptKey.Media;
    case KeyRole.File:
      return PromptKey.File;
    default:
      return PromptKey.Plain;
  }
}

import { fnv1a } from "../../bytes/fnv";
import { encodeUtf8 } from "../../bytes/text";

/** What the value of a key in a request means for the count of its tokens. */
export const enum KeyRole {
  /** No key of the protocols: a tool's argument or parameter, or a field newer than this. A model reads key and value. */
  Unknown,
  /** The model reads the strings in it. */
  Text,
  /** The model reads the strings in it; its numbers are tokens themselves. */
  Prompt,
  /** A tool's arguments or result: the model reads all of it, keys too, however deep. */
  Payload,
  /** A schema's properties: the keys right below are parameters, whatever their names. */
  Properties,
  /** The model reads nothing of it, but may read what is in objects below. */
  Mute,
  /** The model reads nothing of it, however deep. */
  MuteTree,
  /** Once in a message; mute. */
  Message,
  /** Once in a tool's description, around its parameters. */
  Tool,
  /** A picture: its link, its bytes in base64, or an object around them. */
  Image,
  /** Sound or film, likewise. */
  Media,
  /** A file, likewise. */
  File,
}

const TEXT =
  "messages content text system instructions contents parts system_instruction systemInstruction message chat_history texts " +
  "documents query tools functions function tool_calls function_call functionCall functionResponse function_response " +
  "functionDeclarations function_declarations toolSpec toolConfig toolUse toolResult tool_use tool_result name description " +
  "thinking summary title reasoning refusal suffix template items required anyOf oneOf allOf enum " +
  "config generationConfig generation_config inferenceConfig body params request requests json_schema schema url uri";
const PROMPT = "prompt input context";
const PAYLOAD = "arguments args output response json chat_template_kwargs";
const PROPERTIES = "properties";
const MUTE =
  "model type id tool_call_id call_id tool_use_id toolUseId custom_id method media_type mimeType mime_type format detail " +
  "filename file_id file_uri fileUri signature thoughtSignature thought_signature encrypted_content previous_response_id " +
  "conversation user safety_identifier prompt_cache_key service_tier reasoning_effort effort verbosity voice modalities " +
  "include truncation anthropic_version anthropic_beta stop stop_sequences stopSequences keep_alive " +
  "parallel_tool_calls stream store n best_of max_tokens max_completion_tokens " +
  "max_output_tokens max_tokens_to_sample temperature top_p top_k topP topK seed presence_penalty frequency_penalty logprobs " +
  "top_logprobs echo encoding_format dimensions strict additionalProperties additional_properties background status index " +
  "budget_tokens responseMimeType response_mime_type think raw embedding_types input_type truncate";
const MUTE_TREES =
  "stream_options tool_choice cache_control cachePoint metadata logit_bias safetySettings safety_settings options guardrailConfig labels";
const MESSAGE = "role";
const TOOL = "parameters input_schema inputSchema parametersJsonSchema parameter_definitions";
const IMAGE = "image_url image images";
const MEDIA = "input_audio audio video video_url";
const FILE = "source data bytes inlineData inline_data fileData file_data file file_url document_url";

const SLOTS: u32 = 512;

/** What one slot has: 20 bits of the key's hash, and its role below. 0 is free. */
const SLOT_BYTES: usize = 3;

/** By hash; one byte behind the last slot is only read. */
const TABLE = makeTable();

/** The role of a key, by name. Never allocates. */
export function roleOfKey(pointer: usize, length: i32): KeyRole {
  const hash = hashOf(pointer, length);
  const wanted = tagOf(hash);
  let at = hash;
  let entry = slotAt(TABLE, at);
  while (entry != 0 && entry >> 4 != wanted) entry = slotAt(TABLE, ++at);
  return <KeyRole>(entry & 15);
}

function makeTable(): StaticArray<u8> {
  const slots = new StaticArray<u8>(<i32>SLOTS * <i32>SLOT_BYTES + 1);
  enter(slots, TEXT, KeyRole.Text);
  enter(slots, PROMPT, KeyRole.Prompt);
  enter(slots, PAYLOAD, KeyRole.Payload);
  enter(slots, PROPERTIES, KeyRole.Properties);
  enter(slots, MUTE, KeyRole.Mute);
  enter(slots, MUTE_TREES, KeyRole.MuteTree);
  enter(slots, MESSAGE, KeyRole.Message);
  enter(slots, TOOL, KeyRole.Tool);
  enter(slots, IMAGE, KeyRole.Image);
  enter(slots, MEDIA, KeyRole.Media);
  enter(slots, FILE, KeyRole.File);
  return slots;
}

function enter(slots: StaticArray<u8>, keys: string, role: KeyRole): void {
  const bytes = encodeUtf8(keys);
  const pointer = changetype<usize>(bytes);
  let start = 0;
  for (let end = 0; end <= bytes.byteLength; end++) {
    if (end < bytes.byteLength && load<u8>(pointer + end) != 0x20) continue;
    const hash = hashOf(pointer + start, end - start);
    let at = hash;
    while (slotAt(slots, at) != 0) at++;
    const slot = placeOf(slots, at);
    const entry = (tagOf(hash) << 4) | role;
    store<u16>(slot, <u16>entry);
    store<u8>(slot, <u8>(entry >> 16), 2);
    start = end + 1;
  }
}

// @ts-ignore: decorator
@inline
function slotAt(slots: StaticArray<u8>, at: u32): u32 {
  return load<u32>(placeOf(slots, at)) & 0xffffff;
}

// @ts-ignore: decorator
@inline
function placeOf(slots: StaticArray<u8>, at: u32): usize {
  return changetype<usize>(slots) + <usize>(at & (SLOTS - 1)) * SLOT_BYTES;
}

// @ts-ignore: decorator
@inline
function tagOf(hash: u32): u32 {
  return hash >> 12;
}

/** Of an unknown key one in about 2^20 is taken for a known one. */
function hashOf(pointer: usize, length: i32): u32 {
  const hash = fnv1a(pointer, length);
  return hash ^ (hash >> 15);
}

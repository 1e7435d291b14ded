import { fnv1a } from "../../bytes/fnv";
import { encodeUtf8 } from "../../bytes/text";

/** What the value of a key in an answer is. A string that "grows" is, in an event of a stream, more of a text that began earlier. */
export const enum ReplyKey {
  /** No key of the protocols, or one whose string is a text of its own. */
  Unknown,
  /** What the model says; a string grows. */
  Text,
  /** Grows; which text it is, the event's type tells. An object's own strings grow, whatever their keys. */
  Delta,
  /** Reasoning, as a string that grows or as an object or array with texts. */
  Reasoning,
  Refusal,
  /** Said beside the content; grows. */
  Aside,
  /** A tool's input: a string that grows, or any JSON, of which the model wrote each key, string and number. */
  ToolInput,
  /** What a tool has printed; grows. */
  ToolOutput,
  /** A tool's name. */
  Name,
  /** An object that says what a tool is to do. */
  Call,
  /** What it refers to, however deep: texts of their own. */
  Quote,
  /** No text, but texts may be below. */
  Mute,
  /** No text, however deep. */
  MuteTree,
  /** No text, and another one in every event. */
  Noise,
  /** The text again, in pieces: not judged, but emptied where a text is masked. */
  Repeat,
  /** Like `Repeat` where it is an array, else unknown. */
  RepeatList,
  Index,
  /** The type of an event, at the top; elsewhere mute. */
  Type,
  /** Likewise, of events only. */
  EventType,
  /** A string that isn't empty says that the texts around are over. */
  Finish,
  /** True says so. */
  Done,
  /** True says that the texts beside are reasoning. */
  Thought,
  /** Which part of a tool's input a string beside belongs to. */
  Path,
  /** Its elements are told apart by position, if they have no index. */
  Choices,
  ToolCalls,
  Message,
  Source,
  /** Text within a source, else binary. */
  Data,
  /** Who a command is to run as, within what a tool is to do; else no text. */
  User,
  Id,
  Model,
  Created,
}

const TEXT = "content text completion generation response answer outputText";
const DELTA = "delta";
const REASONING =
  "reasoning reasoning_content reasoning_text thinking reasoningContent reasoningText reasoning_details thinking_blocks summary";
const REFUSAL = "refusal";
const ASIDE = "transcript tool_plan";
const TOOL_INPUT = "arguments partial_json input args parameters code diff stringValue env";
const TOOL_OUTPUT = "stdout stderr logs output result";
const NAME = "name";
const CALL = "action actions operation";
const QUOTE =
  "citations citation annotations annotation citationMetadata groundingMetadata grounding_metadata search_results documents sources";
const MUTE =
  "object role status signature thoughtSignature thought_signature service_tier serviceTier system_fingerprint b64_json " +
  "partial_image_b64 embedding audio mime_type media_type encoding size quality background detail effort verbosity " +
  "truncation modality language languageCode severity provider version phase page_age " +
  "input_user safety_identifier prompt_cache_key blockReason block_reason";
const MUTE_TREE =
  "tools usage usageMetadata usage_metadata metadata instructions tool_choice safetyRatings safety_ratings " +
  "content_filter_results content_filter_result prompt_filter_results content_filters meta metrics timings " +
  "prompt_logprobs prompt_token_ids format response_format variables";
const NOISE = "obfuscation event_id createTime p";
const REPEAT =
  "logprobs logprobsResult logprobs_result top_logprobs token_ids token_likelihoods completion_logprobs completion_probabilities";
const REPEAT_LIST = "tokens context words";
const INDEX = "index output_index content_index summary_index contentBlockIndex";
const TYPE = "type";
const EVENT_TYPE = "event_type";
const FINISH = "finish_reason stop_reason finishReason stopReason done_reason completionReason";
const DONE = "done is_finished";
const THOUGHT = "thought";
const PATH = "jsonPath";
const CHOICES = "choices candidates";
const TOOL_CALLS = "tool_calls toolCalls";
const MESSAGE = "message content_block";
const SOURCE = "source";
const DATA = "data";
const USER = "user";
const ID = "id";
const MODEL = "model modelVersion";
const CREATED = "created created_at";

const SLOTS: i32 = 512;
const ROLE_BITS: u32 = 31;

/** By hash: what is left of the hash above the role; 0 is free. */
const TABLE = makeTable();

export function hashOfKey(pointer: usize, length: i32): u32 {
  const hash = fnv1a(pointer, length);
  return hash ^ (hash >> 15);
}

/** What the value of a key is, by the key's hash, or by how the key begins or ends. Never allocates. */
export function roleOfKey(hash: u32, pointer: usize, length: i32): ReplyKey {
  let at = hash;
  while (true) {
    const entry = unchecked(TABLE[at & (SLOTS - 1)]);
    if (entry == 0) return isTechnical(pointer, length) ? ReplyKey.Mute : ReplyKey.Unknown;
    if (((entry ^ hash) & ~ROLE_BITS) == 0) return <ReplyKey>(entry & ROLE_BITS);
    at++;
  }
}

/** Ids, types, times, and what only its maker can decrypt. */
function isTechnical(pointer: usize, length: i32): bool {
  const end = pointer + length;
  if (length < 4) return false;
  switch (load<u32>(end - 4)) {
    case 0x65707974: // "type"
    case 0x65707954: // "Type"
    case 0x7364695f: // "_ids"
      return true;
  }
  const last = load<u32>(end - 4) >> 8;
  if (last == 0x64695f /* "_id" */ || last == 0x74615f /* "_at" */) return true;
  if (load<u16>(end - 2) == 0x6449 /* "Id" */) return true;
  return length > 10 && load<u64>(pointer) == 0x6574707972636e65 /* "encrypte" */ && load<u16>(pointer, 8) == 0x5f64;
}

function makeTable(): StaticArray<u32> {
  const slots = new StaticArray<u32>(SLOTS);
  enter(slots, TEXT, ReplyKey.Text);
  enter(slots, DELTA, ReplyKey.Delta);
  enter(slots, REASONING, ReplyKey.Reasoning);
  enter(slots, REFUSAL, ReplyKey.Refusal);
  enter(slots, ASIDE, ReplyKey.Aside);
  enter(slots, TOOL_INPUT, ReplyKey.ToolInput);
  enter(slots, TOOL_OUTPUT, ReplyKey.ToolOutput);
  enter(slots, NAME, ReplyKey.Name);
  enter(slots, CALL, ReplyKey.Call);
  enter(slots, QUOTE, ReplyKey.Quote);
  enter(slots, MUTE, ReplyKey.Mute);
  enter(slots, MUTE_TREE, ReplyKey.MuteTree);
  enter(slots, NOISE, ReplyKey.Noise);
  enter(slots, REPEAT, ReplyKey.Repeat);
  enter(slots, REPEAT_LIST, ReplyKey.RepeatList);
  enter(slots, INDEX, ReplyKey.Index);
  enter(slots, TYPE, ReplyKey.Type);
  enter(slots, EVENT_TYPE, ReplyKey.EventType);
  enter(slots, FINISH, ReplyKey.Finish);
  enter(slots, DONE, ReplyKey.Done);
  enter(slots, THOUGHT, ReplyKey.Thought);
  enter(slots, PATH, ReplyKey.Path);
  enter(slots, CHOICES, ReplyKey.Choices);
  enter(slots, TOOL_CALLS, ReplyKey.ToolCalls);
  enter(slots, MESSAGE, ReplyKey.Message);
  enter(slots, SOURCE, ReplyKey.Source);
  enter(slots, DATA, ReplyKey.Data);
  enter(slots, USER, ReplyKey.User);
  enter(slots, ID, ReplyKey.Id);
  enter(slots, MODEL, ReplyKey.Model);
  enter(slots, CREATED, ReplyKey.Created);
  return slots;
}

function enter(slots: StaticArray<u32>, keys: string, role: ReplyKey): void {
  const bytes = encodeUtf8(keys);
  const pointer = changetype<usize>(bytes);
  let start = 0;
  for (let end = 0; end <= bytes.byteLength; end++) {
    if (end < bytes.byteLength && load<u8>(pointer + end) != 0x20) continue;
    const hash = hashOfKey(pointer + start, end - start);
    let at = hash;
    while (slots[at & (SLOTS - 1)] != 0) at++;
    slots[at & (SLOTS - 1)] = (hash & ~ROLE_BITS) | role;
    start = end + 1;
  }
}

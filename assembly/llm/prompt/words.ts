import { ByteString } from "../../bytes/view";
import { TextScope } from "../text-scope";

/** No scope: the word says nothing of whose a text is. */
export const NO_SCOPE: i32 = 0;

const CASE_BIT: u32 = 0x20;

/** A word in lower case, and whose texts it tells. */
@final
class ScopeWord {
  readonly bytes: ByteString;

  constructor(
    word: string,
    readonly scope: TextScope,
  ) {
    this.bytes = new ByteString(word);
  }
}

/** Sources: the providers' API references; chat templates of open models have the rest. */
const ROLES: StaticArray<ScopeWord> = [
  new ScopeWord("user", TextScope.User),
  new ScopeWord("assistant", TextScope.Assistant),
  new ScopeWord("tool", TextScope.ToolOutput),
  new ScopeWord("system", TextScope.System),
  new ScopeWord("model", TextScope.Assistant),
  new ScopeWord("developer", TextScope.System),
  new ScopeWord("function", TextScope.ToolOutput),
  new ScopeWord("chatbot", TextScope.Assistant),
  new ScopeWord("human", TextScope.User),
  new ScopeWord("ipython", TextScope.ToolOutput),
  new ScopeWord("observation", TextScope.ToolOutput),
];

/** How the types of items end that stand where messages do (OpenAI, "Responses"), and of parts of a message (Anthropic). */
const ITEM_TYPES: StaticArray<ScopeWord> = [
  new ScopeWord("_call", TextScope.ToolInput),
  new ScopeWord("_call_output", TextScope.ToolOutput),
  new ScopeWord("reasoning", TextScope.Assistant),
  new ScopeWord("mcp_approval_request", TextScope.ToolInput),
];
const PART_TYPES: StaticArray<ScopeWord> = [
  new ScopeWord("tool_use", TextScope.ToolInput),
  new ScopeWord("tool_result", TextScope.ToolOutput),
];

/** Whose texts a message of this role has, in whatever case it is written; `NO_SCOPE` for an unknown one. */
export function scopeOfRole(pointer: usize, length: i32): i32 {
  for (let i = 0; i < ROLES.length; i++) {
    const role = unchecked(ROLES[i]);
    if (role.bytes.length == length && isWord(role.bytes, pointer)) return role.scope;
  }
  return NO_SCOPE;
}

/** Whose texts an item of this type has, in a list of messages. */
export function scopeOfItem(pointer: usize, length: i32): i32 {
  return scopeByEnd(ITEM_TYPES, pointer, length);
}

/** Whose texts a part of this type has, in a message. */
export function scopeOfPart(pointer: usize, length: i32): i32 {
  return scopeByEnd(PART_TYPES, pointer, length);
}

function scopeByEnd(words: StaticArray<ScopeWord>, pointer: usize, length: i32): i32 {
  for (let i = 0; i < words.length; i++) {
    const word = unchecked(words[i]);
    const before = length - word.bytes.length;
    if (before >= 0 && isWord(word.bytes, pointer + before)) return word.scope;
  }
  return NO_SCOPE;
}

/** Whether this word stands at `pointer`, in whatever case. */
function isWord(word: ByteString, pointer: usize): bool {
  for (let i = 0; i < word.length; i++) {
    const letter = <u32>load<u8>(pointer + i);
    const isCapital = letter - 0x41 < 26;
    if ((isCapital ? letter | CASE_BIT : letter) != <u32>load<u8>(word.pointer + i)) return false;
  }
  return true;
}

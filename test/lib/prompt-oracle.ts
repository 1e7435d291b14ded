import { lettersOf } from "./prompt-texts.ts";

/**
 * A reading of a request whose JSON is already parsed, so that of every object all is known before its texts are: roles and
 * types need not come first. Of `VOCABULARY` it knows all that it must.
 */
export const VOCABULARY = [
  ...["role", "type", "content", "parts", "text", "messages", "contents", "input", "prompt", "system", "instructions"],
  ...[
    "tools",
    "function",
    "tool_calls",
    "functionResponse",
    "arguments",
    "parameters",
    "output",
    "response",
    "documents",
  ],
  ...["properties", "enum", "image_url", "source", "data", "media_type", "format", "prediction", "name", "id", "model"],
  ...["metadata", "max_tokens", "novelty", "ключ", ""],
];

const [SYSTEM, USER, ASSISTANT, TOOL_INPUT, TOOL_OUTPUT] = [1, 2, 4, 8, 16];
const ROLES: Record<string, number> = {
  system: SYSTEM,
  developer: SYSTEM,
  user: USER,
  assistant: ASSISTANT,
  model: ASSISTANT,
  tool: TOOL_OUTPUT,
};
const NUMBERED = new Set<Way>(["plain", "parts", "payload", "output", "names", "data", "schema", "schemaNames"]);
const SCHEMA_TYPE = /^(string|object|array|integer|number|boolean|null)$/i;
const SCHEMA_WAYS: Record<string, Way> = {
  type: "schemaType",
  properties: "schemaNames",
  enum: "payload",
  id: "setting",
  model: "setting",
  max_tokens: "setting",
};
const LONGEST_WORD = 128;
const KNOWN_FILE = /^(iVBORw0KGgo|JVBERi0)[A-Za-z0-9+/=_-]{5,}$/;
const BASE64 = /^[A-Za-z0-9+/=_-]+$/;
const MEDIA_URL = /^data:(image|audio|video)\/[^,]*,([A-Za-z0-9+/=_-]*)$/;
const LINK = /^https?:[^ ]*$/;

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Way =
  | "plain"
  | "prompt"
  | "messages"
  | "parts"
  | "payload"
  | "output"
  | "names"
  | "schema"
  | "setting"
  | "schemaType"
  | "schemaNames"
  | "media"
  | "file"
  | "data"
  | "none"
  | "mute";

interface Around {
  way: Way;
  scope: number;
  /** By a key, so that nothing within changes it. */
  isFixed: boolean;
  isInMessage: boolean;
  saysText?: boolean;
  saysMedia?: boolean;
}

/** The texts of a body, as the tables of cases have them. */
export function textsIn(body: Json): string[] {
  const texts: string[] = [];
  const tell = (scope: number, text: string) => void texts.push(`${lettersOf(scope)} ${text}`);

  function value(json: Json, at: Around) {
    const { way, scope } = at;
    if (typeof json === "string") {
      if (way === "none" || way === "mute" || (way === "schemaType" && SCHEMA_TYPE.test(json))) return;
      if ((way === "media" || way === "file" || way === "data") && isFile(json, at)) return;
      tell(scope, json);
    } else if (typeof json === "number") {
      if (NUMBERED.has(way)) tell(scope, `#${json}`);
    } else if (Array.isArray(json)) {
      for (const element of json) value(element, way === "setting" ? { ...at, way: "schema" } : at);
    } else if (json !== null && typeof json === "object") {
      object(json, at);
    }
  }

  function object(members: { [key: string]: Json }, outer: Around) {
    const at = outer.way === "file" ? { ...outer } : { ...outer, saysText: false, saysMedia: false };
    if (at.way === "setting" || at.way === "schemaType") at.way = "schema";
    let plainScope = at.scope;
    const word = (key: string) => (typeof members[key] === "string" ? members[key] : "");
    if (at.way === "messages" && !at.isFixed) {
      const hasRole = typeof members.role === "string";
      const byRole = hasRole ? (ROLES[word("role").toLowerCase()] ?? USER) : 0;
      plainScope = at.scope = byRole | scopeOfItem(word("type")) || USER;
      at.isInMessage = true;
    } else if (at.way === "parts" && !at.isFixed) {
      const byType = scopeOfPart(word("type"));
      plainScope = at.scope | byType;
      at.scope = byType || at.scope;
      at.isInMessage = true;
    }
    for (const [key, json] of Object.entries(members)) member(key, json, at, plainScope);
  }

  function member(key: string, json: Json, at: Around, plainScope: number) {
    if (at.way === "mute") return value(json, at);
    if (at.way === "data") at.way = "payload";
    const isAnyKey = ["payload", "output", "names", "schemaNames"].includes(at.way);
    if (isAnyKey || key === "novelty" || key === "ключ" || key === "") tell(at.scope, key);
    if (at.way === "payload") return value(json, at);
    if (at.way === "names") return value(json, { ...at, way: "plain" });
    if (at.way === "schemaNames") return value(json, { ...at, way: "schema" });
    if (at.way === "schema") return value(json, { ...at, way: SCHEMA_WAYS[key] ?? "schema" });
    if (at.way === "output" && !["image_url", "data"].includes(key)) return value(json, at);
    if (key === "type" && json === "text") at.saysText = true;
    if (key === "format" && json === "md") at.saysText = true;
    if (key === "media_type" && typeof json === "string") {
      if (json.startsWith("text/")) at.saysText = true;
      if (json.startsWith("image/")) at.saysMedia = true;
    }
    if (key === "role" && typeof json === "string" && json.toLowerCase() in ROLES) return;
    const next = { ...at, ...below(key, json, at) };
    if (next.isFixed && at.isFixed) next.scope = at.scope;
    value(json, key === "text" && typeof json === "string" ? { ...next, scope: plainScope } : next);
  }

  value(body, { way: "plain", scope: USER, isFixed: false, isInMessage: false });
  return texts;
}

/** What is known of the value at a key. */
function below(key: string, json: Json, at: Around): Partial<Around> {
  const isString = typeof json === "string";
  const isScalar = json === null || typeof json !== "object";
  const within = at.way === "media" || at.way === "file" ? at.way : "plain";
  const call = { scope: TOOL_INPUT, isFixed: true };
  const isDescription = at.isFixed && at.scope === SYSTEM;
  const any: Way = isDescription ? "plain" : "payload";
  const anySchema: Way = isDescription ? "schema" : "payload";
  switch (key) {
    case "role":
      return { way: isScalar && !isString ? "none" : "plain" };
    case "type":
    case "media_type":
      return { way: isString && json.length > LONGEST_WORD ? "plain" : "none" };
    case "id":
    case "model":
    case "max_tokens":
      return { way: "none" };
    case "metadata":
      return { way: "mute" };
    case "content":
    case "parts":
      return { way: "parts" };
    case "messages":
    case "contents":
      return { way: at.isFixed ? "plain" : "messages" };
    case "input":
      if (at.isFixed) return { way: any };
      return at.isInMessage ? { ...call, way: "payload" } : { way: "messages" };
    case "prompt":
      return { way: at.isFixed ? "plain" : "prompt" };
    case "system":
    case "instructions":
    case "tools":
      return { way: "plain", scope: SYSTEM, isFixed: true };
    case "format":
      return { way: isScalar ? "none" : "plain", scope: SYSTEM, isFixed: true };
    case "prediction":
      return { way: "plain", scope: ASSISTANT, isFixed: true };
    case "tool_calls":
      return { ...call, way: isScalar && !at.isFixed && !at.isInMessage ? "none" : "plain" };
    case "functionResponse":
      return { way: "plain", scope: TOOL_OUTPUT, isFixed: true };
    case "arguments":
      return { ...call, way: any };
    case "parameters":
      if (at.isFixed) return { way: anySchema };
      return at.isInMessage ? { ...call, way: "payload" } : { way: "plain" };
    case "output":
      return { way: at.isFixed ? any : "output", scope: TOOL_OUTPUT, isFixed: true };
    case "response":
      return { way: anySchema, scope: TOOL_OUTPUT, isFixed: true };
    case "documents":
      return { way: any };
    case "properties":
      return { way: "names" };
    case "enum":
      return { way: "payload" };
    case "image_url":
      return { way: "media" };
    case "source":
      if (at.way === "media") return { way: "media" };
      return { way: isScalar ? "plain" : "file" };
    case "data":
      return { way: at.way === "media" ? "media" : "data" };
    default:
      return { way: within };
  }
}

function isFile(text: string, { way, saysText, saysMedia }: Around): boolean {
  if (way !== "media" && saysText) return false;
  const isMedia = way === "media" || saysMedia === true;
  const ofUrl = MEDIA_URL.exec(text);
  if (ofUrl) return text.length >= 16 && isBinary(ofUrl[2]!);
  if (LINK.test(text) && text.length >= 16) return way !== "data";
  return BASE64.test(text) && isBinary(text) && (isMedia || KNOWN_FILE.test(text));
}

/** Whether base64 begins with what no text does. */
function isBinary(base64: string): boolean {
  const head = Buffer.from(base64.slice(0, LONGEST_WORD), "base64");
  try {
    return /[^\t\n\r -\uffff]/.test(new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true }));
  } catch {
    return true;
  }
}

function scopeOfItem(type: string): number {
  if (type.endsWith("_call")) return TOOL_INPUT;
  if (type.endsWith("_call_output")) return TOOL_OUTPUT;
  return type.endsWith("reasoning") ? ASSISTANT : 0;
}

function scopeOfPart(type: string): number {
  if (type.endsWith("tool_use")) return TOOL_INPUT;
  return type.endsWith("tool_result") ? TOOL_OUTPUT : 0;
}

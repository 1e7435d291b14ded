import { beginsWithWord, indexOfWord, isBlank, isSameInLowerCase, isWord } from "../../bytes/ascii";
import { ByteString, Bytes } from "../../bytes/view";

/** What an answer's content type says of its body. */
export const enum AnswerType {
  /** Nothing: there is none, or it is any bytes. */
  Untold,
  Json,
  /** Server-Sent Events. */
  Events,
  /** JSON, one text a line. */
  Lines,
  Text,
  /** Something else: pictures, sounds, documents, binary events. */
  Other,
}

const EVENTS = new ByteString("text/event-stream");
const JSON = new ByteString("application/json");
const JSON_SUFFIX = new ByteString("+json");
const TEXT = new ByteString("text/");
const LINES: StaticArray<ByteString> = [
  new ByteString("application/x-ndjson"),
  new ByteString("application/ndjson"),
  new ByteString("application/stream+json"),
  new ByteString("application/jsonl"),
  new ByteString("application/x-jsonl"),
  new ByteString("application/jsonlines"),
  new ByteString("application/x-jsonlines"),
];
const ANY_BYTES: StaticArray<ByteString> = [
  new ByteString("application/octet-stream"),
  new ByteString("binary/octet-stream"),
];

/**
 * What the value of a content type says, whatever the case of its letters and its parameters (RFC 9110, 8.3.1); null: it is absent.
 *
 * Lines have no registered type: these are the names that providers and tools use (Ollama, Anthropic's batches, Cohere 1, Spring).
 */
export function answerTypeOf(contentType: Bytes | null): AnswerType {
  if (contentType == null) return AnswerType.Untold;
  let start = contentType.pointer;
  const limit = start + contentType.length;
  while (start < limit && isBlank(load<u8>(start))) start++;
  let end = start;
  while (end < limit && !endsType(load<u8>(end))) end++;
  const length = <i32>(end - start);
  if (length == 0 || indexOfWord(start, length, ANY_BYTES) >= 0) return AnswerType.Untold;
  if (isWord(start, length, EVENTS)) return AnswerType.Events;
  if (indexOfWord(start, length, LINES) >= 0) return AnswerType.Lines;
  if (isWord(start, length, JSON) || endsWith(start, length, JSON_SUFFIX)) return AnswerType.Json;
  const isText = length > TEXT.length && beginsWithWord(start, length, TEXT);
  return isText ? AnswerType.Text : AnswerType.Other;
}

function endsWith(pointer: usize, length: i32, word: ByteString): bool {
  const before = length - word.length;
  return before > 0 && isSameInLowerCase(pointer + <usize>before, word.pointer, word.length);
}

function endsType(byte: u8): bool {
  return byte == 0x3b /* ; */ || byte == 0x2c /* , */ || isBlank(byte);
}

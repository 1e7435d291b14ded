import { beginsWithWord } from "../../assembly/bytes/ascii";
import { ByteString, Bytes } from "../../assembly/bytes/view";
import { AnswerType, answerTypeOf } from "../../assembly/llm/answer/type";

const AMAZON_EVENTS = new ByteString("application/vnd.amazon.eventstream");

/** Whether an answer of this content type, whatever the case of its letters, comes while it is written. */
export function isStreamed(contentType: Bytes | null): bool {
  if (contentType == null) return false;
  const type = answerTypeOf(contentType);
  if (type == AnswerType.Events || type == AnswerType.Lines) return true;
  return beginsWithWord(contentType.pointer, contentType.length, AMAZON_EVENTS);
}

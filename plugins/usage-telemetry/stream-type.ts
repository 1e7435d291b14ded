import { isSameInLowerCase } from "../../assembly/bytes/ascii";
import { ByteString, Bytes } from "../../assembly/bytes/view";

const EVENT_STREAM = new ByteString("text/event-stream");
const OBJECT_A_LINE = new ByteString("application/x-ndjson");
const AMAZON_EVENTS = new ByteString("application/vnd.amazon.eventstream");

/** Whether an answer of this content type, whatever the case of its letters, comes while it is written. */
export function isStreamed(type: Bytes | null): bool {
  return (
    type != null &&
    (startsWith(type, EVENT_STREAM) || startsWith(type, OBJECT_A_LINE) || startsWith(type, AMAZON_EVENTS))
  );
}

function startsWith(type: Bytes, prefix: ByteString): bool {
  return type.length >= prefix.length && isSameInLowerCase(type.pointer, prefix.pointer, prefix.length);
}

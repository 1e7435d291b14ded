import { Budget } from "../../bytes/budget";
import { ByteBuffer } from "../../bytes/buffer";
import { ByteString } from "../../bytes/view";
import { JsonKind } from "../../json/listener";
import { FieldPlace } from "./fields";

const OPTIONS_MEMBER = new ByteString('"stream_options":{"include_usage":true}');
const OPTIONS = new ByteString('{"include_usage":true}');
const USAGE_MEMBER = new ByteString('"include_usage":true');
const TRUE = new ByteString("true");
const COMMA: u8 = 0x2c;
const MAX_EDIT: i32 = 64;

/** Bytes [start, end) of a body that become others. */
@final
export class RequestEdit {
  constructor(
    readonly start: u64,
    readonly end: u64,
    readonly replacement: ByteBuffer,
  ) {}
}

/**
 * What makes a streamed answer report its usage (OpenAI API reference, "Create chat completion", `stream_options`): null when
 * the request asks for that already, or says there what no server takes.
 *
 * @param root the request's object
 * @param options its `stream_options`, read to the end
 * @param includeUsage `include_usage` in that
 */
export function includeUsageEdit(root: FieldPlace, options: FieldPlace, includeUsage: FieldPlace): RequestEdit | null {
  if (root.kind != JsonKind.Object) return null;
  if (options.count == 0) return member(root, OPTIONS_MEMBER);
  if (options.kind == JsonKind.Null) return replace(options, OPTIONS);
  if (options.kind != JsonKind.Object) return null;
  if (includeUsage.count == 0) return member(options, USAGE_MEMBER);
  return includeUsage.isOn ? null : replace(includeUsage, TRUE);
}

/** A first member, which may have others after it. */
function member(object: FieldPlace, text: ByteString): RequestEdit {
  const out = textOf(text);
  if (object.hasMembers) out.appendByte(COMMA);
  const at = object.start + 1;
  return new RequestEdit(at, at, out);
}

function replace(place: FieldPlace, text: ByteString): RequestEdit {
  return new RequestEdit(place.start, place.end, textOf(text));
}

function textOf(text: ByteString): ByteBuffer {
  const out = new ByteBuffer(new Budget(MAX_EDIT));
  out.append(text.pointer, text.length);
  return out;
}

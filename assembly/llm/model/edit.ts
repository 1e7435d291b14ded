/** The bytes that a routed model becomes, where the client's was. Made once a request that is rewritten. */
import { Budget } from "../../bytes/budget";
import { ByteBuffer } from "../../bytes/buffer";
import { appendEncoded } from "../../bytes/percent";
import { ByteString, Bytes } from "../../bytes/view";
import { appendJsonString } from "../../json/quote";
import { MAX_BOUNDARY, readBoundary } from "../form/multipart-header";
import { MAX_PATH } from "../path";
import { MAX_MODEL_BYTES } from "./name";

/** A byte takes at most six in JSON (`\u001f`), three in a path. */
const MAX_TEXT: i32 = MAX_MODEL_BYTES * 6 + 16;

const MEMBER = new ByteString('"model":');
const FIELD_OPEN = new ByteString("--");
const FIELD_HEAD = new ByteString('\r\nContent-Disposition: form-data; name="model"\r\n\r\n');
const FIELD_END = new ByteString("\r\n");

/** A JSON string. */
export function jsonText(model: Bytes): ByteBuffer {
  const out = new ByteBuffer(new Budget(MAX_TEXT));
  appendJsonString(out, model.pointer, model.length);
  return out;
}

/** A first member for a JSON object, which may have others after it. */
export function jsonMember(model: Bytes, hasMembers: bool): ByteBuffer {
  const out = new ByteBuffer(new Budget(MAX_TEXT));
  append(out, MEMBER);
  appendJsonString(out, model.pointer, model.length);
  if (hasMembers) out.appendByte(0x2c);
  return out;
}

/** A form field's content. */
export function plainText(model: Bytes): ByteBuffer {
  const out = new ByteBuffer(new Budget(MAX_TEXT));
  out.append(model.pointer, model.length);
  return out;
}

/** A first field for a form of this content type. */
export function formField(model: Bytes, contentType: Bytes): ByteBuffer {
  const out = new ByteBuffer(new Budget(MAX_TEXT + MAX_BOUNDARY));
  const boundary = new Bytes();
  if (!readBoundary(contentType, boundary)) return out;
  append(out, FIELD_OPEN);
  out.append(boundary.pointer, boundary.length);
  append(out, FIELD_HEAD);
  out.append(model.pointer, model.length);
  append(out, FIELD_END);
  return out;
}

/** `path` with the bytes [start, end) of it replaced by the model as a path segment. */
export function pathWith(model: Bytes, path: Bytes, start: i32, end: i32): ByteBuffer {
  const out = new ByteBuffer(new Budget(MAX_PATH + MAX_TEXT));
  out.append(path.pointer, start);
  appendEncoded(out, model.pointer, model.length);
  out.append(path.pointer + end, path.length - end);
  return out;
}

function append(out: ByteBuffer, text: ByteString): void {
  out.append(text.pointer, text.length);
}

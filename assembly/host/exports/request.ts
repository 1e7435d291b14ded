import { Action } from "../context";
import { enter, findStream, leave } from "../registry";

export function proxy_on_request_headers(id: u32, count: i32, end: u32): u32 {
  enter();
  const stream = findStream(id);
  const action = stream == null ? Action.Continue : stream.onRequestHeaders(count, end != 0);
  leave();
  return action;
}

export function proxy_on_request_body(id: u32, size: i32, end: u32): u32 {
  enter();
  const stream = findStream(id);
  const action = stream == null ? Action.Continue : stream.onRequestBody(size, end != 0);
  leave();
  return action;
}

export function proxy_on_request_trailers(id: u32, count: i32): u32 {
  enter();
  const stream = findStream(id);
  const action = stream == null ? Action.Continue : stream.onRequestTrailers(count);
  leave();
  return action;
}

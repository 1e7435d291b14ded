/** With `response-headers.ts`, for plugins that read the answer. */
import { Action } from "../context";
import { enter, findStream, leave } from "../registry";

export function proxy_on_response_body(id: u32, size: i32, end: u32): u32 {
  enter();
  const stream = findStream(id);
  const action = stream == null ? Action.Continue : stream.onResponseBody(size, end != 0);
  leave();
  return action;
}

export function proxy_on_response_trailers(id: u32, count: i32): u32 {
  enter();
  const stream = findStream(id);
  const action = stream == null ? Action.Continue : stream.onResponseTrailers(count);
  leave();
  return action;
}

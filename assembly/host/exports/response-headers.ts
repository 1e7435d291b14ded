/** For plugins that look at the answer. Without `response-body.ts` the host makes two calls less for each. */
import { Action } from "../context";
import { enter, findStream, leave } from "../registry";

export function proxy_on_response_headers(id: u32, count: i32, end: u32): u32 {
  enter();
  const stream = findStream(id);
  const action = stream == null ? Action.Continue : stream.onResponseHeaders(count, end != 0);
  leave();
  return action;
}

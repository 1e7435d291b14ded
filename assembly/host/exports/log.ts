import { enter, findStream, leave } from "../registry";

export function proxy_on_log(id: u32): void {
  enter();
  const stream = findStream(id);
  if (stream != null) stream.onLog();
  leave();
}

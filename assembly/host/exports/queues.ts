import { enter, findRoot, leave } from "../registry";

export function proxy_on_queue_ready(rootId: u32, queue: u32): void {
  enter();
  const root = findRoot(rootId);
  if (root != null) root.onQueueReady(queue);
  leave();
}

import { actOn } from "../host/control";
import { nowMs } from "../host/clock";
import { LogLevel, log } from "../host/log";
import { Exchange } from "./exchange";

const PATIENCE_MS: u64 = 3500;

/**
 * Finds requests that are held on a host which will never send their body.
 *
 * Without `allow_on_headers_stop_iteration` a request whose headers are held gets no body callback at all. The first body
 * callback under held headers proves the flag, and the watchdog retires: from then on a slow client is only slow.
 */
@final
export class Watchdog {
  private readonly held: Map<u32, u64> = new Map<u32, u64>();
  private isRetired: bool = false;

  constructor(private readonly plugin: string) {}

  /** A request's headers are held, its body is to come. */
  watch(id: u32): void {
    if (!this.isRetired) this.held.set(id, nowMs());
  }

  /** The request needs no watching any more. */
  forget(id: u32): void {
    if (!this.isRetired) this.held.delete(id);
  }

  /** A body came while headers were held: this host does as we ask. */
  retire(): void {
    if (this.isRetired) return;
    this.isRetired = true;
    this.held.clear();
  }

  /** Ends what has waited too long. `find` gives the exchange of an id. */
  tick(find: (id: u32) => Exchange | null): void {
    if (this.held.size == 0) return;
    const now = nowMs();
    const ids = this.held.keys();
    for (let i = 0; i < ids.length; i++) {
      const since = this.held.get(ids[i]);
      if (now < since + PATIENCE_MS) continue;
      this.held.delete(ids[i]);
      const exchange = find(ids[i]);
      if (exchange == null || !actOn(ids[i])) continue;
      log(
        LogLevel.Error,
        `${this.plugin}: a held request's body never came: set allow_on_headers_stop_iteration: true in this filter's ` +
          "configuration (README, Loading)",
      );
      exchange.endUnread();
    }
  }
}

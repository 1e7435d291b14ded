import { dropAt } from "../bytes/drop-at";
import { actOn } from "../host/control";
import { nowMs } from "../host/clock";
import { LogLevel, log } from "../host/log";
import { findStream } from "../host/registry";
import { Exchange } from "./exchange";

const PATIENCE_MS: u32 = 3500;

/** The filters of this VM, by name, that have had a body under held headers. A filter that is configured anew keeps its name. */
const proven: string[] = [];
/** The filters whose host never sends a body under held headers. */
const disproven: string[] = [];

/**
 * Finds requests that are held on a host which will never send their body.
 *
 * Without `allow_on_headers_stop_iteration` a request whose headers are held gets no body callback at all. The first body
 * callback under held headers proves the flag, and the watchdog retires: from then on a slow client is only slow. A plugin
 * that can do without held headers goes on with the body alone, and from then on holds no headers any more.
 */
@final
export class Watchdog {
  /** The low half is a stream's id, the high half since when it waits, in milliseconds. */
  private waiting: u64[] = [];
  private isRetired: bool = false;
  /** Held headers would never be followed by a body here: only the body may be held. */
  isPausingOff: bool = false;

  private filter: string = "";

  constructor(private readonly plugin: string) {}

  /** Says which filter of the host's configuration is watched. */
  name(filter: string): void {
    this.filter = filter;
    this.isPausingOff = disproven.includes(filter);
    this.isRetired = this.isPausingOff || proven.includes(filter);
  }

  /** A request's headers are held, its body is to come. */
  watch(id: u32): void {
    if (this.isRetired) return;
    this.waiting.push((nowMs() << 32) | id);
  }

  /** The request needs no watching any more. */
  forget(id: u32): void {
    for (let i = 0; i < this.waiting.length; i++) {
      if (<u32>unchecked(this.waiting[i]) == id) return dropAt(this.waiting, i);
    }
  }

  /** A body came while headers were held: this host does as we ask. */
  retire(): void {
    if (this.isRetired) return;
    this.isRetired = true;
    proven.push(this.filter);
    this.waiting = [];
  }

  /** Ends what has waited too long. */
  tick(): void {
    if (this.waiting.length == 0) return;
    const now = <u32>nowMs();
    for (let i = this.waiting.length - 1; i >= 0; i--) {
      const waiting = unchecked(this.waiting[i]);
      if (!this.isPausingOff && now - <u32>(waiting >> 32) < PATIENCE_MS) continue;
      const id = <u32>waiting;
      dropAt(this.waiting, i);
      const stream = findStream(id);
      if (stream == null || !actOn(id)) continue;
      const exchange = changetype<Exchange>(stream);
      const goesOn = exchange.goOnWithoutHeaders();
      log(
        goesOn ? LogLevel.Warn : LogLevel.Error,
        `${this.plugin}: a held request's body never came: set allow_on_headers_stop_iteration: true (README, Loading)`,
      );
      if (goesOn) this.disprove();
      else exchange.endUnread();
    }
  }

  private disprove(): void {
    if (this.isPausingOff) return;
    this.isPausingOff = true;
    disproven.push(this.filter);
  }
}

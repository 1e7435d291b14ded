import { actOn } from "../host/control";
import { nowMs } from "../host/clock";
import { LogLevel, log } from "../host/log";
import { Exchange } from "./exchange";

const PATIENCE_MS: u64 = 3500;

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
  private readonly held: u32[] = [];
  private readonly since: u64[] = [];
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
    this.held.push(id);
    this.since.push(nowMs());
  }

  /** The request needs no watching any more. */
  forget(id: u32): void {
    const index = this.held.indexOf(id);
    if (index >= 0) this.drop(index);
  }

  /** A body came while headers were held: this host does as we ask. */
  retire(): void {
    if (this.isRetired) return;
    this.isRetired = true;
    proven.push(this.filter);
    this.held.length = 0;
    this.since.length = 0;
  }

  /** Ends what has waited too long. `find` gives the exchange of an id. */
  tick(find: (id: u32) => Exchange | null): void {
    if (this.held.length == 0) return;
    const now = nowMs();
    for (let i = this.held.length - 1; i >= 0; i--) {
      if (!this.isPausingOff && now < this.since[i] + PATIENCE_MS) continue;
      const id = this.held[i];
      this.drop(i);
      const exchange = find(id);
      if (exchange == null || !actOn(id)) continue;
      const goesOn = exchange.goOnWithoutHeaders();
      log(
        goesOn ? LogLevel.Warn : LogLevel.Error,
        `${this.plugin}: a held request's body never came${goesOn ? ", it goes on with the body alone" : ""}: set ` +
          "allow_on_headers_stop_iteration: true in this filter's configuration (README, Loading)",
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

  private drop(index: i32): void {
    const id = this.held.pop();
    const since = this.since.pop();
    if (index == this.held.length) return;
    this.held[index] = id;
    this.since[index] = since;
  }
}

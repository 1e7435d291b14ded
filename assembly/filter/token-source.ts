import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { dropAt } from "../bytes/drop-at";
import { Bytes } from "../bytes/view";
import { calloutBody } from "../host/body";
import { nowMs, randomU32 } from "../host/clock";
import { CalloutReply } from "../host/context";
import { actOn, setTickPeriod } from "../host/control";
import { LogLevel, log } from "../host/log";
import { findStream } from "../host/registry";
import { NOT_SENT, RootCaller, forgetReply, rootCallout } from "./root-callout";
import { SharedSlots, SlotWrite } from "./shared-slots";
import { isAhead } from "./time";
import { TokenRequest } from "./token-request";
import { TokenState, TokenWaiter } from "./token-waiter";

/** Longest token that is kept, in bytes, and longest answer that is read. */
const MOST_TOKEN_BYTES: i32 = 7 << 10;
const MOST_ANSWER_BYTES: i32 = 64 << 10;

/** A token is used until so long before its end, or a quarter of its life: it has to reach the provider, too. In ms. */
const MARGIN_MS: u64 = 5000;
const LEAST_LIFETIME_MS: i64 = 1000;
const LEAST_BACK_OFF_MS: u64 = 500;
const MOST_BACK_OFF_MS: u64 = 30_000;
const MOST_DOUBLINGS: u32 = 6;
/** A token that is refused is kept for so long from its start, in ms. */
const LEAST_KEPT_MS: u64 = 10_000;
/** Beyond a callout's own timeout, after which somebody else may fetch. */
const LEASE_GRACE_MS: u64 = 500;
const MOST_ATTEMPTS: i32 = 4;
/** How often to look whether another VM has fetched what a request waits for, and else, in ms. */
const HURRIED_TICK_MS: u32 = 20;
const TICK_MS: u32 = 1000;

/** A slot: until when the token is used, when to renew it, until when somebody fetches, when to fetch again, failures, and the token. */
const USABLE_UNTIL: i32 = 0;
const RENEW_AT: i32 = 8;
const LEASED_UNTIL: i32 = 16;
const RETRY_AT: i32 = 24;
const FAILURES: i32 = 32;
const TOKEN: i32 = 40;
const slot = memory.data(TOKEN + MOST_TOKEN_BYTES, 8);

/** Waiting exchanges of this VM, over all sources. */
let waitingCount: i32 = 0;

/** Whether any exchange of this VM waits for a token. */
export function isTokenAwaited(): bool {
  return waitingCount > 0;
}

/** To be called after the sources of a configuration have ticked: looks often while anybody waits. */
export function paceTokenTicks(): void {
  setTickPeriod(waitingCount > 0 ? HURRIED_TICK_MS : TICK_MS);
}

/**
 * One token, fetched ahead of its end by one VM at a time, for all VMs of the host process with the same VM id.
 *
 * It is kept in shared data under a name that holds no secret; each VM has a copy. After a failed fetch the next one waits,
 * twice as long each time up to 30 s. Not for tokens of more than 7 KiB.
 */
@final
export class TokenSource extends RootCaller {
  private readonly slots: SharedSlots;
  private readonly token: ByteBuffer = new ByteBuffer(new Budget(MOST_TOKEN_BYTES));
  private readonly view: Bytes = new Bytes();
  /** Exchanges by id. */
  private readonly waiters: u32[] = [];
  private readonly deadlines: u64[] = [];
  private usableUntil: u64 = 0;
  private renewAt: u64 = 0;
  private tickedAt: u64 = 0;
  /** The callout that fetches; `NOT_SENT`: none. */
  private callout: u32 = NOT_SENT;
  /** Until when this VM was last to be the one that fetches. */
  private leasedUntil: u64 = 0;
  /** When a failed fetch may be repeated; requests are told. */
  retryAt: u64 = 0;

  constructor(
    /** For logs: where it was configured. */
    private readonly label: string,
    /** The same in all VMs for the same credential, and another for any other. */
    name: string,
    private readonly request: TokenRequest,
    /** How long a request waits at most, in ms. */
    private readonly waitMs: u32,
  ) {
    super();
    this.slots = new SharedSlots(name);
  }

  /** What was fetched last. Valid until the next fetch. */
  get value(): Bytes {
    return this.view.set(this.token.pointer, this.token.length);
  }

  /** Whether the token can be used now; when not, sees to it that it is fetched. */
  demand(): TokenState {
    const now = nowMs();
    return this.isFresh(now) ? TokenState.Ready : this.obtain(now);
  }

  /** A provider has refused the token: it is renewed at the next tick at which it is 10 s old, and serves on meanwhile. */
  distrust(): void {
    this.renewAt = 0;
  }

  /** Keeps an exchange until the token is there or its time is up. */
  wait(exchangeId: u32): void {
    this.waiters.push(exchangeId);
    this.deadlines.push(nowMs() + this.waitMs);
    waitingCount++;
    setTickPeriod(HURRIED_TICK_MS);
  }

  /** The exchange waits no more. */
  forget(exchangeId: u32): void {
    const index = this.waiters.indexOf(exchangeId);
    if (index >= 0) this.drop(index);
  }

  /** About once a second, or more often while somebody waits. */
  tick(): void {
    const now = nowMs();
    // The clock was set back: nobody knows any more when the token ends.
    if (now + MARGIN_MS < this.tickedAt) this.renewAt = 0;
    this.tickedAt = now;
    const isDue = now >= this.renewAt || !this.isFresh(now);
    const state = isDue ? this.obtain(now) : TokenState.Ready;
    if (this.waiters.length == 0) return;
    if (this.isFresh(now)) return this.resume(TokenState.Ready);
    if (state == TokenState.Failed) return this.resume(TokenState.Failed);
    for (let i = this.waiters.length - 1; i >= 0; i--) {
      if (now >= this.deadlines[i]) this.tell(i, TokenState.Pending);
    }
  }

  /** The configuration is over, and no reply will come any more: what it was about to fetch is left to others at once. */
  end(): void {
    if (this.callout == NOT_SENT) return;
    forgetReply(this.callout);
    this.callout = NOT_SENT;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      if (!this.load() || load<u64>(slot, LEASED_UNTIL) != this.leasedUntil) return;
      store<u64>(slot, 0, LEASED_UNTIL);
      if (this.slots.write(slot, this.storedLength) != SlotWrite.Conflict) return;
    }
  }

  onReply(reply: CalloutReply): void {
    this.callout = NOT_SENT;
    const now = nowMs();
    const lifetime = this.readReply(reply, now);
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      if (!this.load()) memory.fill(slot, 0, TOKEN);
      if (lifetime > 0) this.writeToken(now, lifetime);
      else this.writeFailure(now);
      const length = lifetime > 0 ? TOKEN + this.token.length : this.storedLength;
      if (this.slots.write(slot, length) != SlotWrite.Conflict) break;
    }
    if (lifetime <= 0) {
      const status = reply.answered ? reply.status.toString() : "no answer";
      log(LogLevel.Warn, `${this.label}: no token from ${this.request.cluster} (${status})`);
    }
    if (this.isFresh(now)) this.resume(TokenState.Ready);
    else if (this.waiters.length > 0) this.resume(TokenState.Failed);
  }

  private isFresh(now: u64): bool {
    return now < this.usableUntil;
  }

  /** Looks what others have; takes it upon this VM to fetch where nobody does. */
  private obtain(now: u64): TokenState {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      if (this.load()) this.adopt();
      else memory.fill(slot, 0, TOKEN);
      const isFresh = this.isFresh(now);
      if (isFresh && now < this.renewAt) return TokenState.Ready;
      const state = isFresh ? TokenState.Ready : TokenState.Pending;
      const leaseMs = this.request.timeoutMs + LEASE_GRACE_MS;
      if (this.callout != NOT_SENT || isAhead(load<u64>(slot, LEASED_UNTIL), now, leaseMs)) return state;
      this.retryAt = load<u64>(slot, RETRY_AT);
      if (isAhead(this.retryAt, now, MOST_BACK_OFF_MS)) return isFresh ? TokenState.Ready : TokenState.Failed;
      this.leasedUntil = now + leaseMs;
      store<u64>(slot, this.leasedUntil, LEASED_UNTIL);
      const written = this.slots.write(slot, this.storedLength);
      if (written == SlotWrite.Conflict) continue;
      // A host without shared data has one VM that needs no lease, or each fetches for itself.
      return this.fetch(now) ? state : isFresh ? TokenState.Ready : TokenState.Failed;
    }
    return TokenState.Pending;
  }

  private fetch(now: u64): bool {
    const body = new ByteBuffer(new Budget(MOST_ANSWER_BYTES));
    const headers = this.request.compose(now, body);
    if (headers.length > 0) {
      this.callout = rootCallout(this, this.request.cluster, headers, body, this.request.timeoutMs);
    }
    if (this.callout != NOT_SENT) return true;
    log(LogLevel.Warn, `${this.label}: no token: ${this.request.cluster} can't be asked`);
    if (!this.load()) memory.fill(slot, 0, TOKEN);
    this.writeFailure(now);
    this.slots.write(slot, this.storedLength);
    return false;
  }

  /** How much of `slot` is the stored value. */
  private storedLength: i32 = TOKEN;

  /** Copies what is stored into `slot`; false when there is nothing. */
  private load(): bool {
    const stored = this.slots.read(0);
    this.storedLength = TOKEN;
    if (stored == null || stored.length < TOKEN || stored.length > TOKEN + MOST_TOKEN_BYTES) return false;
    memory.copy(slot, stored.pointer, stored.length);
    this.storedLength = stored.length;
    return true;
  }

  private adopt(): void {
    const usableUntil = load<u64>(slot, USABLE_UNTIL);
    if (usableUntil == this.usableUntil || usableUntil == 0) return;
    this.token.clear();
    if (!this.token.append(slot + TOKEN, this.storedLength - TOKEN)) return;
    this.usableUntil = usableUntil;
    this.renewAt = load<u64>(slot, RENEW_AT);
  }

  /** How long the token in the reply lasts, in ms; 0 when there is none. The token itself is then in `token`. */
  private readReply(reply: CalloutReply, now: u64): i64 {
    if (!reply.answered || reply.status != 200 || reply.bodySize > MOST_ANSWER_BYTES) return 0;
    const answer = new ByteBuffer(new Budget(MOST_ANSWER_BYTES));
    while (answer.length < reply.bodySize) {
      const piece = calloutBody.read(answer.length, reply.bodySize - answer.length);
      if (piece == null || piece.length == 0 || !answer.append(piece.pointer, piece.length)) return 0;
    }
    const fetched = new ByteBuffer(new Budget(MOST_TOKEN_BYTES));
    const lifetime = this.request.read(this.view.set(answer.pointer, answer.length), now, fetched);
    if (lifetime < LEAST_LIFETIME_MS || fetched.length == 0) return 0;
    this.token.clear();
    return this.token.append(fetched.pointer, fetched.length) ? lifetime : 0;
  }

  /** Renewal is due at 75 to 85 % of the time of use: not all tokens of a fleet in the same second. */
  private writeToken(now: u64, lifetime: i64): void {
    const use = <u64>lifetime - min(MARGIN_MS, <u64>lifetime / 4);
    this.usableUntil = now + use;
    this.renewAt = now + (use * (192 + (randomU32() % 26))) / 256;
    this.retryAt = 0;
    memory.fill(slot, 0, TOKEN);
    store<u64>(slot, this.usableUntil, USABLE_UNTIL);
    store<u64>(slot, this.renewAt, RENEW_AT);
    store<u64>(slot, min(now + LEAST_KEPT_MS, this.renewAt), RETRY_AT);
    memory.copy(slot + TOKEN, this.token.pointer, this.token.length);
  }

  private writeFailure(now: u64): void {
    const failures = load<u32>(slot, FAILURES) + 1;
    const wait = min(LEAST_BACK_OFF_MS << min(failures - 1, MOST_DOUBLINGS), MOST_BACK_OFF_MS);
    this.retryAt = now + wait - (wait * (randomU32() & 63)) / 256;
    store<u64>(slot, 0, LEASED_UNTIL);
    store<u64>(slot, this.retryAt, RETRY_AT);
    store<u32>(slot, failures, FAILURES);
  }

  /** Lets all that wait go on; whoever waits again is told again at the next tick. */
  private resume(state: TokenState): void {
    for (let i = this.waiters.length - 1; i >= 0; i--) this.tell(i, state);
  }

  private tell(index: i32, state: TokenState): void {
    const id = this.waiters[index];
    this.drop(index);
    const stream = findStream(id);
    if (stream != null && actOn(id)) changetype<TokenWaiter>(stream).onToken(state);
  }

  private drop(index: i32): void {
    dropAt(this.waiters, index);
    dropAt(this.deadlines, index);
    waitingCount--;
  }
}

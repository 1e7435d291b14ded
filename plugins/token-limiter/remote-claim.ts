import { Budget } from "../../assembly/bytes/budget";
import { ByteString, Bytes } from "../../assembly/bytes/view";
import { GrpcService } from "../../assembly/filter/grpc-service";
import { AnswerMeter } from "../../assembly/llm/answer/meter";
import { Admission } from "./admission";
import { Claim } from "./claim";
import { Inquiry } from "./inquiry";
import { KeyPart, KeySource } from "./limit-key";
import { Limit } from "./limit";
import { RateLimitKey } from "./rate-limit-request";
import { RateLimitService } from "./rate-limit-service";
import { LimiterSettings } from "./settings";

/** All keys of one request, in bytes. */
const MOST_KEY_BYTES: i32 = 131072;
const CHECK_TAG: u32 = 1;

const NAMES: ByteString[] = [
  new ByteString("consumer"),
  new ByteString("model"),
  new ByteString("group"),
  new ByteString("provider"),
  new ByteString("route"),
  new ByteString("sourceAddress"),
];

const absent = new Bytes();

/**
 * A claim on limits that a rate limit service keeps for all gateways. There nothing is reserved and nothing given back: a
 * request passes while something is left, its input is charged at once, and what it used beyond that at its end.
 */
@final
export class RemoteClaim extends Claim {
  private readonly limits: Limit[] = [];
  private readonly keys: RateLimitKey[] = [];
  private readonly charged: i64[] = [];
  /** What it uses is to be charged. */
  private isCharged: bool = false;

  constructor(
    settings: LimiterSettings,
    private readonly service: RateLimitService,
    private readonly transport: GrpcService,
  ) {
    super(settings);
  }

  admit(inquiry: Inquiry, streamId: u32): Admission {
    const isWhole = this.makeKeys(inquiry);
    if (this.keys.length == 0) return Admission.Pass;
    for (let i = 0; i < this.limits.length; i++)
      this.charged.push(this.limits[i].count.of(inquiry.demand.input, 0, 0, 0, 0));
    const message = this.service.check(this.keys);
    const isAsked = isWhole && message.length > 0 && this.transport.ask(streamId, CHECK_TAG, message);
    return isAsked ? Admission.Pending : this.unanswered();
  }

  onReply(message: Bytes | null): Admission {
    if (message == null || !this.service.read(message, this.keys.length)) return this.unanswered();
    this.learn();
    const isDenied = this.decidedBy != null;
    if (isDenied && !this.isForced) return Admission.Denied;
    this.isCharged = true;
    this.charge(this.charged);
    return isDenied ? Admission.Denied : Admission.Pass;
  }

  /** Where FailOpen lets it by all the same, it is charged at its end. */
  private unanswered(): Admission {
    this.charged.fill(0);
    this.isCharged = true;
    return Admission.Unavailable;
  }

  settle(used: AnswerMeter): bool {
    if (!this.isCharged) return true;
    this.isCharged = false;
    const rest = new Array<i64>();
    for (let i = 0; i < this.limits.length; i++) {
      rest.push(max(this.usedOf(this.limits[i], used) - this.charged[i], 0));
    }
    this.charge(rest);
    return true;
  }

  /** Takes from the answer the limit that denies for longest, or else the one that is closest to it. */
  private learn(): void {
    let leastShare = f64.MAX_VALUE;
    for (let i = 0; i < this.limits.length; i++) {
      const limit = this.limits[i];
      const status = this.service.status(i);
      if (!status.isLimited && !status.isExhausted) continue;
      if (status.isExhausted) {
        if (this.decidedBy != null && status.resetSeconds <= <u32>this.retryAfterSeconds) continue;
        this.decidedBy = limit;
        this.retryAfterSeconds = max(status.resetSeconds, 1);
      } else {
        const share = <f64>status.remaining / <f64>max(status.amount, 1);
        if (this.decidedBy != null || !limit.count.isTokens || share >= leastShare) continue;
        leastShare = share;
      }
      const remaining = max<i64>(<i64>status.remaining - this.charged[i], 0);
      // The protocol lets a service refuse without naming its limit.
      const amount = status.isLimited ? <i64>status.amount : limit.capacity;
      this.report.set(limit.count.isTokens, amount, remaining, status.resetSeconds);
    }
  }

  /** False when a value is too long for the service, or all of them are: what doesn't fit is then as if it were absent. */
  private makeKeys(inquiry: Inquiry): bool {
    const settings = this.settings;
    const values = inquiry.values;
    const budget = new Budget(MOST_KEY_BYTES);
    this.match(inquiry);
    for (let i = 0; i < settings.limits.length; i++) {
      if (!this.isMatched(i)) continue;
      const limit = settings.limits[i];
      const key = new RateLimitKey(budget, limit.nameBytes);
      this.limits.push(limit);
      this.keys.push(key);
    }
    values.rewind(inquiry.model);
    let isWhole = true;
    for (let k = 0; k < settings.keys.length; k++) {
      const parts = settings.keys[k].parts;
      for (let j = 0; j < parts.length; j++) isWhole = this.addPart(k, parts[j], values.next(parts[j])) && isWhole;
    }
    return isWhole;
  }

  private addPart(key: i32, part: KeyPart, value: Bytes | null): bool {
    const name = part.source == KeySource.Header ? part.header : NAMES[part.source];
    let isWhole = true;
    for (let i = 0; i < this.limits.length; i++) {
      if (this.limits[i].key != key || this.keys[i].add(name, value == null ? absent : value)) continue;
      this.keys[i].add(name, absent);
      isWhole = false;
    }
    return isWhole;
  }

  private charge(amounts: i64[]): void {
    const message = this.service.charge(this.keys, amounts);
    if (message.length > 0) this.transport.tell(message);
  }
}

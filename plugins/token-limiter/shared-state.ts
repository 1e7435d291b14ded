import { AnomalousConsumers } from "../../assembly/filter/anomalous-consumers";
import { GrpcService } from "../../assembly/filter/grpc-service";
import { Published } from "../../assembly/filter/published";
import { nowMs } from "../../assembly/filter/time";
import { AnswerMeter } from "../../assembly/llm/answer/meter";
import { Admission } from "./admission";
import { Claim } from "./claim";
import { Event, Judgement, LimitCounters } from "./limit-counters";
import { LiveClaims } from "./live-claims";
import { LocalClaim } from "./local-claim";
import { LocalStore } from "./local-store";
import { RATE_LIMIT_METHOD, RATE_LIMIT_SERVICE, RateLimitService } from "./rate-limit-service";
import { RemoteClaim } from "./remote-claim";
import { LimiterSettings, StoreType } from "./settings";

/** Envoy's rate limit filter drops a formatted `hits_addend` that is larger. */
const MOST_HITS: i64 = 1_000_000_000;

/** What the exchanges of one configuration share. */
@final
export class SharedState {
  readonly counters: LimitCounters;
  /** Null where that makes no difference. */
  private readonly anomalous: AnomalousConsumers | null;
  private readonly live: LiveClaims = new LiveClaims();
  private readonly published: Published[] = [];
  private readonly local: LocalStore | null;
  private readonly service: RateLimitService | null;
  private readonly transport: GrpcService;

  /** `filter` names the filter: those of one name share their local accounts. */
  constructor(
    private readonly settings: LimiterSettings,
    filter: string,
  ) {
    const store = settings.store;
    const isLocal = store.type == StoreType.Local;
    this.local = isLocal ? new LocalStore(filter, store.maxKeys) : null;
    this.service = isLocal ? null : new RateLimitService(store.domain);
    this.anomalous = settings.tightens ? new AnomalousConsumers() : null;
    this.transport = new GrpcService(store.place, RATE_LIMIT_SERVICE, RATE_LIMIT_METHOD, store.timeoutMs);
    this.counters = new LimitCounters(settings.limits);
    for (let i = 0; i < settings.limits.length; i++)
      this.published.push(new Published("limit." + settings.limits[i].name));
  }

  newClaim(): Claim {
    const local = this.local;
    if (local != null) return new LocalClaim(this.settings, local, this.anomalous);
    return new RemoteClaim(this.settings, this.service!, this.transport);
  }

  /** Counts how the limits answered. */
  count(claim: Claim, admission: Admission): void {
    if (admission == Admission.Pending || admission == Admission.Unavailable) return;
    const limits = this.settings.limits;
    const decidedBy = claim.decidedBy;
    const judgement = admission == Admission.TooLarge ? Judgement.TooLarge : Judgement.Denied;
    for (let i = 0; i < limits.length; i++) {
      if (admission == Admission.Pass) {
        if (claim.isMatched(i) || claim.isFitting(i)) this.counters.judged(i, Judgement.Passed);
      } else if (claim.isMatched(i) && decidedBy != null && limits[i].tagLow == decidedBy.tagLow) {
        this.counters.judged(i, judgement);
      }
    }
    if (claim.overflowed > 0) this.counters.happened(Event.Overflowed, claim.overflowed);
  }

  admitted(claim: Claim): void {
    this.live.add(claim);
  }

  /** The exchange is over, and this is what it used. */
  settle(claim: Claim, used: AnswerMeter): void {
    this.live.remove(claim);
    this.counters.happened(used.isReported ? Event.Reported : Event.Estimated);
    if (!claim.settle(used)) this.counters.happened(Event.Unsettled);
    const limits = this.settings.limits;
    for (let i = 0; i < limits.length; i++) {
      if (!claim.isMatched(i)) continue;
      this.published[i].setNumber(min(claim.usedOf(limits[i], used), MOST_HITS));
    }
  }

  tick(): void {
    this.flush();
    this.live.renew(nowMs());
  }

  /** Hands to the host what was counted. */
  flush(): void {
    this.counters.happened(Event.Unsettled, this.transport.untaken);
    this.transport.untaken = 0;
    this.counters.flush();
  }
}

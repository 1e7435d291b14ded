import { AnomalousConsumers } from "../../assembly/filter/anomalous-consumers";
import { nowMs } from "../../assembly/filter/time";
import { AnswerMeter } from "../../assembly/llm/answer/meter";
import { Admission } from "./admission";
import { Claim } from "./claim";
import { Inquiry } from "./inquiry";
import { KeyDigest, LimitKey } from "./limit-key";
import { LocalStore } from "./local-store";
import { secondsUp } from "./rate-headers";
import { Reservation } from "./reservation";
import { LimiterSettings } from "./settings";

const MOST_IDLE: i32 = 64;
const idle: Reservation[] = [];
const digests: KeyDigest[] = [];

/** A claim on the limits that all workers of this process share. */
@final
export class LocalClaim extends Claim {
  private reservation: Reservation | null = null;

  constructor(
    settings: LimiterSettings,
    private readonly store: LocalStore,
    /** Null where nobody's limits can be tighter. */
    private readonly anomalous: AnomalousConsumers | null,
  ) {
    super(settings);
  }

  admit(inquiry: Inquiry, _streamId: u32): Admission {
    const settings = this.settings;
    if (settings.limits.length == 0) return Admission.Pass;
    const store = this.store;
    hashKeys(store, settings.keys, inquiry);
    const reservation = idle.length > 0 ? idle.pop() : new Reservation();
    this.reservation = reservation;
    reservation.begin(settings.reserve.ttlMs);
    reservation.isForced = this.isForced;
    this.match(inquiry);
    const now = nowMs();
    const anomalous = this.anomalous;
    if (anomalous != null) reservation.tighterUntilMs = anomalous.until(inquiry.values.caller.consumer, now);
    for (let i = 0; i < settings.limits.length; i++) {
      if (!this.isMatched(i)) continue;
      let limit = unchecked(settings.limits[i]);
      const tighter = limit.tighter;
      if (tighter != null && reservation.tighterUntilMs > 0) limit = tighter;
      reservation.ask(limit, digests[limit.key], inquiry.demand.reservedOf(limit, settings.reserve));
    }
    if (reservation.length == 0) return Admission.Pass;
    const admission = store.reserve(reservation, now);
    this.learn(reservation);
    for (let i = 0; i < reservation.length; i++) if (reservation.at(i).isOverflow) this.overflowed++;
    return admission;
  }

  renew(now: i64): void {
    const reservation = this.reservation;
    if (reservation != null && reservation.renewAtMs <= now) this.store.renew(reservation, now);
  }

  isOverdrawn(input: i64, output: i64): bool {
    const reservation = this.reservation;
    if (reservation == null) return false;
    for (let i = 0; i < reservation.length; i++) {
      const lease = reservation.at(i);
      lease.used = lease.limit.count.of(input, 0, 0, output, 0);
    }
    return !this.store.fits(reservation, nowMs());
  }

  settle(used: AnswerMeter): bool {
    const reservation = this.reservation;
    if (reservation == null) return true;
    this.reservation = null;
    for (let i = 0; i < reservation.length; i++) {
      const lease = reservation.at(i);
      lease.used = this.usedOf(lease.limit, used);
    }
    const isSettled = !reservation.isHeld || this.store.settle(reservation, nowMs());
    if (idle.length < MOST_IDLE) idle.push(reservation);
    return isSettled;
  }

  private learn(reservation: Reservation): void {
    const report = reservation.report;
    const limit = report.limit;
    if (limit == null) return;
    this.decidedBy = limit;
    this.retryAfterSeconds = secondsUp(report.retryAfterMs);
    this.report.set(limit.count.isTokens, report.capacity, report.remaining, (report.resetMs + 999) / 1000);
  }
}

function hashKeys(store: LocalStore, keys: LimitKey[], inquiry: Inquiry): void {
  const values = inquiry.values;
  values.rewind(inquiry.model);
  for (let i = 0; i < keys.length; i++) {
    if (i == digests.length) digests.push(new KeyDigest());
    const parts = unchecked(keys[i]).parts;
    store.hasher.begin();
    for (let j = 0; j < parts.length; j++) store.hasher.add(unchecked(parts[j]), values.next(unchecked(parts[j])));
    store.hasher.finish(digests[i]);
  }
}

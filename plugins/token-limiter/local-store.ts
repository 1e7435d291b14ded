import { formatInteger } from "../../assembly/config/integer";
import { SharedSlots, SlotWrite } from "../../assembly/filter/shared-slots";
import { Account } from "./account";
import { LAPSED, available, leaseEnd, outstanding, renew, reserve, settle } from "./account-leases";
import { msUntilUseAtMost } from "./account-use";
import { Admission } from "./admission";
import { Ledger } from "./ledger";
import { MOST, multiplyDivide } from "./ledger-math";
import { Algorithm } from "./limit";
import { KeyHasher } from "./limit-key";
import { Lease, LeaseState, NEVER, OVERFLOW_RECORD, Reservation } from "./reservation";

const RECORD_ACCOUNTS: i32 = 32;
const SECRET: u32 = u32.MAX_VALUE;
const SECRET_BYTES: i32 = 16;
/** Each lost race is another VM's success, so this many in a row are a host that doesn't compare. */
const MOST_ATTEMPTS: i32 = 1000;
/** A share in parts of this many tells which of two limits is closer to its end. */
const PARTS: i64 = 1 << 30;

/**
 * The accounts of one host process, in its shared data: exact over all of its VMs, since each change is one compare-and-swap
 * of the record that the account is in. Limits with the same `by` share a record, so they cost one read and one write.
 *
 * Keeps at most `maxKeys` accounts, spread by hash over records of up to 32. Where a record is full of accounts that are not
 * at rest, a new key uses its limit's overflow account, which all such keys share. Another `maxKeys` is another store.
 */
@final
export class LocalStore {
  readonly hasher: KeyHasher;
  private readonly slots: SharedSlots;
  private readonly ledger: Ledger = new Ledger();
  private readonly records: i32;
  /** An account that was there already has another amount now. */
  private isRedefined: bool = false;

  /** `filter` names the filter: those of one name share their accounts, if their VM id is the same. */
  constructor(
    filter: string,
    private readonly maxKeys: i32,
  ) {
    const records = (maxKeys - 1) / RECORD_ACCOUNTS + 1;
    const slots = new SharedSlots(`weir.token-limiter.${filter}.${formatInteger(records)}`);
    const secret = new StaticArray<u8>(SECRET_BYTES);
    slots.secret(SECRET, changetype<usize>(secret), SECRET_BYTES);
    this.hasher = new KeyHasher(secret);
    this.slots = slots;
    this.records = records;
  }

  /**
   * Reserves everything that was asked for, or nothing (`isForced`: everything, unless the store can't be reached). Every
   * limit is looked at, so that the strictest answers; the report says which.
   */
  reserve(reservation: Reservation, nowMs: i64): Admission {
    for (let i = 0; i < reservation.length; i++) reservation.at(i).record = this.homeOf(reservation.at(i));
    let admission = Admission.Pass;
    // A lease whose record is full moves to the overflow record, which therefore comes last.
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < reservation.length; i++) {
        const lease = reservation.at(i);
        if (lease.state != LeaseState.Asked || !isTurn(lease, round)) continue;
        const isWanted = isGranted(reservation, admission);
        admission = max(admission, this.reserveIn(reservation, lease.record, nowMs, isWanted));
      }
    }
    if (admission == Admission.Pass) reportClosest(reservation);
    if (!isGranted(reservation, admission)) this.giveBack(reservation, nowMs);
    return admission;
  }

  /** Whether what each lease says it `used` so far is within its limit. An account that isn't there is at rest: all of it is left. */
  fits(reservation: Reservation, nowMs: i64): bool {
    for (let i = 0; i < reservation.length; i++) {
      const lease = reservation.at(i);
      const more = lease.used - lease.reserved;
      if (!lease.isOpen || more <= 0) continue;
      this.ledger.open(this.slots.read(lease.record), nowMs);
      const account = this.find(lease);
      if (more > (account == null ? lease.limit.capacity : available(account))) return false;
    }
    return true;
  }

  /** Renews the leases that are due; false when the store can't be reached, and then they are still due. */
  renew(reservation: Reservation, nowMs: i64): bool {
    let isDone = true;
    for (let i = 0; i < reservation.length; i++) {
      const lease = reservation.at(i);
      if (isDue(lease, reservation.ttlMs, nowMs)) isDone = this.renewIn(reservation, lease.record, nowMs) && isDone;
    }
    return isDone;
  }

  /**
   * Replaces each lease by what its `used` says, once: a second call finds nothing open. False when the store can't be
   * reached: what is still open is charged as reserved when it ends, unless another call succeeds.
   */
  settle(reservation: Reservation, nowMs: i64): bool {
    let isDone = true;
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < reservation.length; i++) {
        const lease = reservation.at(i);
        if (lease.isOpen && isTurn(lease, round)) isDone = this.settleIn(reservation, lease.record, nowMs) && isDone;
      }
    }
    return isDone;
  }

  /** Takes back all that was reserved. */
  private giveBack(reservation: Reservation, nowMs: i64): void {
    for (let i = 0; i < reservation.length; i++) {
      const lease = reservation.at(i);
      lease.used = 0;
      if (lease.state == LeaseState.Asked) lease.state = LeaseState.Closed;
    }
    this.settle(reservation, nowMs);
  }

  /** One compare-and-swap for all leases of `record`; only judges them where `isWanted` is not. */
  private reserveIn(reservation: Reservation, record: u32, nowMs: i64, isWanted: bool): Admission {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      this.ledger.open(this.slots.read(record), nowMs);
      this.isRedefined = false;
      let admission = Admission.Pass;
      let reserved = 0;
      for (let i = 0; i < reservation.length; i++) {
        const lease = reservation.at(i);
        if (lease.state != LeaseState.Asked || lease.record != record) continue;
        const account = this.findOrAdd(lease, nowMs);
        if (account == null) continue;
        admission = max(admission, judge(reservation, lease, account));
        reserved++;
      }
      const isOver = !isWanted || !isGranted(reservation, admission);
      const written = isOver || reserved == 0 ? SlotWrite.Done : this.write();
      if (written == SlotWrite.Failed) return Admission.Unavailable;
      if (written == SlotWrite.Done) {
        if (isOver) this.redefine(reservation, record, nowMs);
        conclude(reservation, record, LeaseState.Asked, isOver ? LeaseState.Closed : LeaseState.Held);
        return admission;
      }
      // Perhaps there is room now, or another VM has added the account.
      for (let i = 0; i < reservation.length; i++) {
        const lease = reservation.at(i);
        if (lease.state == LeaseState.Asked && this.homeOf(lease) == record) lease.record = record;
      }
    }
    return Admission.Unavailable;
  }

  /**
   * Lets accounts that grant nothing go on by what their limits say now, or the debt of one would be worked off by another
   * amount than the client was told. Left to the next request where another VM writes.
   */
  private redefine(reservation: Reservation, record: u32, nowMs: i64): void {
    if (!this.isRedefined) return;
    this.ledger.open(this.slots.read(record), nowMs);
    for (let i = 0; i < reservation.length; i++) {
      // No other record has an account of that identity.
      const lease = reservation.at(i);
      const account = this.find(lease);
      if (account != null) account.define(lease.limit);
    }
    this.write();
  }

  private renewIn(reservation: Reservation, record: u32, nowMs: i64): bool {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      this.ledger.open(this.slots.read(record), nowMs);
      for (let i = 0; i < reservation.length; i++) {
        const lease = reservation.at(i);
        if (lease.record == record && isDue(lease, reservation.ttlMs, nowMs)) {
          lease.renewedToMs = this.renewLease(lease, reservation.ttlMs, nowMs);
        }
      }
      const written = this.write();
      if (written == SlotWrite.Conflict) continue;
      if (written == SlotWrite.Failed) return false;
      for (let i = 0; i < reservation.length; i++) {
        const lease = reservation.at(i);
        if (lease.record != record || !isDue(lease, reservation.ttlMs, nowMs)) continue;
        if (lease.renewedToMs == LAPSED) lease.state = LeaseState.Lapsed;
        else lease.expiresAtMs = lease.renewedToMs;
      }
      return true;
    }
    return false;
  }

  private renewLease(lease: Lease, ttlMs: i64, nowMs: i64): i64 {
    const isConcurrent = lease.limit.algorithm == Algorithm.Concurrent;
    // A lease of nothing, or a lapsed one, may have left its account at rest.
    const account = isConcurrent ? this.findOrAdd(lease, nowMs) : this.find(lease);
    if (account == null) return LAPSED;
    return renew(account, lease.reserved, lease.expiresAtMs, max(leaseEnd(account.clock, ttlMs), lease.expiresAtMs));
  }

  private settleIn(reservation: Reservation, record: u32, nowMs: i64): bool {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      this.ledger.open(this.slots.read(record), nowMs);
      for (let i = 0; i < reservation.length; i++) {
        const lease = reservation.at(i);
        if (lease.isOpen && lease.record == record) this.settleLease(lease, nowMs);
      }
      const written = this.write();
      if (written == SlotWrite.Failed) return false;
      if (written == SlotWrite.Done) {
        conclude(reservation, record, LeaseState.Held, LeaseState.Closed);
        conclude(reservation, record, LeaseState.Lapsed, LeaseState.Closed);
        return true;
      }
    }
    return false;
  }

  /** An account that is gone has forgotten the lease's charge; what was used beyond it is still owed. */
  private settleLease(lease: Lease, nowMs: i64): void {
    let account = this.find(lease);
    if (account == null && lease.used > lease.reserved) account = this.findOrAdd(lease, nowMs);
    if (account != null) settle(account, lease.reserved, lease.expiresAtMs, lease.used);
  }

  private find(lease: Lease): Account | null {
    return this.ledger.find(lowOf(lease), highOf(lease));
  }

  /** Null: the record is full, and the lease is now for the overflow record. */
  private findOrAdd(lease: Lease, nowMs: i64): Account | null {
    let account = this.find(lease);
    const isKnown = account != null;
    if (account == null) account = this.ledger.add(lowOf(lease), highOf(lease), nowMs, this.mostAccounts(lease.record));
    if (account != null) {
      if (account.define(lease.limit) && isKnown) this.isRedefined = true;
      return account;
    }
    lease.record = OVERFLOW_RECORD;
    // What all such keys share is not tighter for the sake of one.
    const usual = lease.limit.usual;
    if (usual != null) lease.limit = usual;
    return null;
  }

  /** `maxKeys` is spread evenly over the records. */
  private mostAccounts(record: u32): i32 {
    if (record == OVERFLOW_RECORD) return i32.MAX_VALUE;
    return this.maxKeys / this.records + (<i32>record < this.maxKeys % this.records ? 1 : 0);
  }

  private homeOf(lease: Lease): u32 {
    return <u32>(lease.key.place % <u64>this.records);
  }

  private write(): SlotWrite {
    return this.slots.write(this.ledger.pointer, this.ledger.length);
  }
}

/** What is in the overflow record waits until what is not has had the chance to move there. */
function isTurn(lease: Lease, round: i32): bool {
  return lease.isOverflow == (round == 1);
}

function isDue(lease: Lease, ttlMs: i64, nowMs: i64): bool {
  return lease.state == LeaseState.Held && nowMs >= lease.expiresAtMs - ttlMs;
}

/** All keys without a room of their own share the account that the limit's tag alone names. */
function lowOf(lease: Lease): u64 {
  return lease.isOverflow ? lease.limit.tagLow : lease.limit.tagLow ^ lease.key.low;
}

function highOf(lease: Lease): u64 {
  return lease.isOverflow ? lease.limit.tagHigh : lease.limit.tagHigh ^ lease.key.high;
}

function conclude(reservation: Reservation, record: u32, from: LeaseState, to: LeaseState): void {
  for (let i = 0; i < reservation.length; i++) {
    const lease = reservation.at(i);
    if (lease.record == record && lease.state == from) lease.state = to;
  }
}

/** Reserves where there is room, or `isForced`; where there is none, the longest wait goes into the report. */
function judge(reservation: Reservation, lease: Lease, account: Account): Admission {
  const wanted = max(lease.reserved, 1);
  const room = available(account);
  const held = outstanding(account);
  let admission = Admission.Pass;
  if (wanted > room) {
    const usual = lease.limit.usual;
    const whole = usual == null ? lease.limit : usual;
    const isTooLarge = whole.isTooLarge(wanted);
    const waitMs = isTooLarge
      ? NEVER
      : wanted > account.capacity
        ? max(reservation.tighterUntilMs - account.clock, 1)
        : msUntilUseAtMost(account, account.capacity - wanted, held);
    const report = reservation.report;
    const decisive = isTooLarge ? whole : lease.limit;
    if (waitMs > report.retryAfterMs) report.set(decisive, room, msUntilUseAtMost(account, 0, held), waitMs);
    admission = isTooLarge ? Admission.TooLarge : Admission.Denied;
    if (!reservation.isForced) return admission;
  }
  lease.expiresAtMs = reserve(account, lease.reserved, leaseEnd(account.clock, reservation.ttlMs));
  lease.remaining = max(room - lease.reserved, 0);
  if (lease.limit.count.isTokens) lease.resetMs = msUntilUseAtMost(account, 0, held + lease.reserved);
  return admission;
}

/** Whether a request with that admission holds what it asked for. */
function isGranted(reservation: Reservation, admission: Admission): bool {
  return admission == Admission.Pass || (reservation.isForced && admission != Admission.Unavailable);
}

/** Of the token limits the one with the smallest share left. */
function reportClosest(reservation: Reservation): void {
  let least = MOST;
  reservation.report.limit = null;
  for (let i = 0; i < reservation.length; i++) {
    const lease = reservation.at(i);
    if (!lease.limit.count.isTokens) continue;
    const share = multiplyDivide(lease.remaining, PARTS, 0, lease.limit.capacity);
    if (share >= least) continue;
    least = share;
    reservation.report.set(lease.limit, lease.remaining, lease.resetMs, 0);
  }
}

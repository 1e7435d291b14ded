import { SHA256_BYTES, Sha256 } from "../../assembly/bytes/sha256";
import { Bytes } from "../../assembly/bytes/view";
import { SharedSlots, SlotWrite } from "../../assembly/filter/shared-slots";
import { nowMs } from "../../assembly/filter/time";
import { AnomalyReport } from "./anomaly-report";
import { Anomaly } from "./anomaly-rules";
import { CallRecord } from "./call-record";
import { AnomalySettings } from "./config-anomalies";
import { ConsumerEntry, NOWHERE } from "./consumer-entry";
import { ConsumerTable } from "./consumer-table";
import { isOwnRefusal } from "./own-refusal";

const RECORD_ENTRIES: i32 = 32;
/** The record of the one entry of all that have no place in another. */
const REST: u32 = u32.MAX_VALUE - 1;
const SECRET: u32 = u32.MAX_VALUE - 2;
const SECRET_BYTES: i32 = 16;
/** Each lost race is another VM's success, so this many in a row are a host that doesn't compare. */
const MOST_ATTEMPTS: i32 = 1000;
/** A consumer that was silent for this many intervals gives way to a new one where there is no room. */
const SILENT_INTERVALS: i64 = 10;

const TOO_MANY_REQUESTS: i32 = 429;
const FORBIDDEN: i32 = 403;

const nobody = new Bytes();

/**
 * Watches what each consumer uses, is refused and fails with, over all VMs of one VM id, and reports what is unlike its own recent
 * past.
 *
 * Each VM sums up what it sees and hands that over at its ticks, by compare-and-swap of the record that the consumer is in; it
 * counts for the interval in which it is handed over. The write that closes an interval judges it, so each is judged once. Keeps at
 * most `maxConsumers` entries, spread by hash over records of up to 32; a new consumer that finds its record full takes the place
 * of one that was silent for 10 intervals, or counts among the rest.
 */
@final
export class AnomalyWatch {
  private readonly slots: SharedSlots;
  private readonly pending: ConsumerTable = new ConsumerTable();
  private readonly record: ConsumerTable = new ConsumerTable();
  private readonly found: Anomaly[] = [];
  private readonly records: i32;
  private readonly secret: StaticArray<u8> = new StaticArray<u8>(SECRET_BYTES);
  private readonly digest: StaticArray<u32> = new StaticArray<u32>(SHA256_BYTES / 4);
  private readonly hash: Sha256 = new Sha256();
  private interval: i64 = 0;

  /** `filter` names the filter: those of one name and the same settings watch together, if their VM id is the same. */
  constructor(
    filter: string,
    private readonly settings: AnomalySettings,
    private readonly report: AnomalyReport,
  ) {
    this.slots = new SharedSlots(`weir.usage-telemetry.${filter}.${settings.key}`);
    this.records = (settings.maxConsumers - 1) / RECORD_ENTRIES + 1;
    this.slots.secret(SECRET, changetype<usize>(this.secret), SECRET_BYTES);
  }

  /** Counts a call that is over; one without a consumer is nobody's. */
  add(call: CallRecord): void {
    if (call.consumer.isEmpty) return;
    const entry = this.pendingOf(call.consumer.value);
    const tokens = max<i64>(call.usage.input, 0) + max<i64>(call.usage.output, 0);
    if (isRefusal(call)) entry.countRefusal(tokens);
    else entry.countCall(tokens, !call.error.isEmpty);
  }

  tick(): void {
    const interval = this.intervalNow;
    if (this.pending.count > 0) this.handOver(interval);
    if (interval == this.interval) return;
    this.interval = interval;
    for (let i = 0; i < this.records; i++) this.update(i, interval, false);
    this.update(REST, interval, false);
  }

  private get intervalNow(): i64 {
    return <i64>nowMs() / this.settings.intervalMs;
  }

  /** However many names come between two ticks, one that is watched is not lost among them. */
  private pendingOf(name: Bytes): ConsumerEntry {
    const pending = this.pending;
    if (pending.find(name)) return pending.entry;
    if (pending.count >= this.settings.maxConsumers) this.handOver(this.intervalNow);
    pending.add(name);
    pending.entry.place = this.placeOf(name);
    return pending.entry;
  }

  /** By a hash with a secret: no client can crowd another's record. */
  private placeOf(name: Bytes): u32 {
    this.hash.reset();
    this.hash.update(changetype<usize>(this.secret), SECRET_BYTES);
    this.hash.update(name.pointer, name.length);
    this.hash.finish(changetype<usize>(this.digest));
    return this.digest[0] % this.records;
  }

  /** What finds no room in its record goes to the rest, whose turn is therefore last. */
  private handOver(interval: i64): void {
    const pending = this.pending;
    for (let isThere = pending.first(); isThere; isThere = pending.next()) {
      const at = pending.entry.at;
      const place = pending.entry.place;
      if (place < REST) this.update(place, interval, true);
      pending.entry.at = at;
    }
    this.update(REST, interval, true);
    pending.clear();
  }

  /** Closes what is over in a record, and with `takes` adds what is pending for it. */
  private update(place: u32, interval: i64, takes: bool): void {
    const record = this.record;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      record.open(this.slots.read(place));
      this.found.length = 0;
      const isClosed = this.closeAll(interval);
      const isTaken = takes && this.takePending(place, interval);
      const isChanged = isClosed || isTaken;
      const written = isChanged ? this.slots.write(record.pointer, record.length) : SlotWrite.Done;
      if (written == SlotWrite.Conflict) continue;
      if (takes) this.settle(place);
      if (written == SlotWrite.Done) this.tell();
      return;
    }
  }

  /** Entries from before the clock was set back go on from there; those of another VM may be one interval ahead. */
  private closeAll(interval: i64): bool {
    const record = this.record;
    let isClosed = false;
    for (let isThere = record.first(); isThere; isThere = record.next()) {
      if (record.entry.interval > interval + 1) {
        record.entry.interval = interval;
        isClosed = true;
      }
      if (!this.settings.rules.isDue(record.entry, interval)) continue;
      this.settings.rules.close(record.entry, this.found);
      isClosed = true;
    }
    return isClosed;
  }

  private takePending(place: u32, interval: i64): bool {
    const pending = this.pending;
    let isTaken = false;
    for (let isThere = pending.first(); isThere; isThere = pending.next()) {
      if (pending.entry.place != place) continue;
      const name = place == REST ? nobody : pending.entry.name;
      if (!this.findOrAdd(name, place, interval)) continue;
      const entry = this.record.entry;
      if (entry.isEmpty || entry.interval > interval) this.settings.rules.catchUp(entry, interval);
      entry.addSums(pending.entry);
      isTaken = true;
    }
    return isTaken;
  }

  /** Goes to the entry in the record; false when there is no room for a new one. */
  private findOrAdd(name: Bytes, place: u32, interval: i64): bool {
    const record = this.record;
    if (record.find(name)) return true;
    if (record.count >= this.mostEntries(place) && !record.removeOldest(interval - SILENT_INTERVALS)) return false;
    record.add(name);
    record.entry.interval = interval;
    return true;
  }

  /** `maxConsumers` is spread evenly over the records. */
  private mostEntries(place: u32): i32 {
    if (place == REST) return 1;
    const most = this.settings.maxConsumers;
    return most / this.records + (<i32>place < most % this.records ? 1 : 0);
  }

  /** What was pending for a record is in it now; what is not is for the rest. */
  private settle(place: u32): void {
    const pending = this.pending;
    for (let isThere = pending.first(); isThere; isThere = pending.next()) {
      if (pending.entry.place != place) continue;
      const isIn = place == REST || this.record.find(pending.entry.name);
      pending.entry.place = isIn ? NOWHERE : REST;
    }
  }

  private tell(): void {
    for (let i = 0; i < this.found.length; i++) this.report.add(this.found[i], <i64>nowMs());
    this.found.length = 0;
  }
}

function isRefusal(call: CallRecord): bool {
  if (call.status != TOO_MANY_REQUESTS && call.status != FORBIDDEN) return false;
  return isOwnRefusal(call.details.value);
}

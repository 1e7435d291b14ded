import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { Bytes, isSame } from "../bytes/view";
import { MAX_NAME_BYTES } from "./caller";
import { SharedSlots, SlotWrite } from "./shared-slots";
import { isAhead } from "./time";

/** For how long a consumer can be anomalous at most, in ms. */
export const MOST_ANOMALOUS_MS: i64 = 86_400_000;
/** How many consumers can be anomalous at once. */
const MOST_CONSUMERS: i32 = 256;
/** Each lost race is another VM's success, so this many in a row are a host that doesn't compare. */
const MOST_ATTEMPTS: i32 = 1000;

/** An entry: until when, in ms since the epoch (i64), the name's length (u16), the name. */
const LENGTH: usize = 8;
const HEAD_BYTES: i32 = 10;

/**
 * Who behaves unusually, and until when that counts: one list for all plugins and VMs of one VM id, in one value of shared data.
 * `usage-telemetry` writes it, `token-limiter` reads it.
 */
@final
export class AnomalousConsumers {
  private readonly slots: SharedSlots = new SharedSlots("weir.anomalous_consumers");

  /** Until when this consumer is anomalous, in ms since the epoch; 0 where it is not. */
  until(name: Bytes, nowMs: i64): i64 {
    const list = this.slots.read(0);
    if (list == null) return 0;
    const end = list.pointer + list.length;
    for (let entry = list.pointer; isWhole(entry, end); entry += entryBytes(entry)) {
      if (isAhead(load<u64>(entry), nowMs, MOST_ANOMALOUS_MS) && isNamed(entry, name)) return load<i64>(entry);
    }
    return 0;
  }

  /** Marks a consumer. False where it is marked already, which that doesn't prolong, or where there is no room. */
  add(name: Bytes, nowMs: i64, untilMs: i64): bool {
    const next = new ByteBuffer(new Budget(MOST_CONSUMERS * (HEAD_BYTES + MAX_NAME_BYTES)));
    const head = new StaticArray<u8>(HEAD_BYTES);
    store<i64>(changetype<usize>(head), untilMs);
    store<u16>(changetype<usize>(head), <u16>name.length, LENGTH);
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      next.clear();
      if (!this.keepOthers(next, name, nowMs)) return false;
      if (!next.append(changetype<usize>(head), HEAD_BYTES) || !next.append(name.pointer, name.length)) return false;
      const written = this.slots.write(next.pointer, next.length);
      if (written != SlotWrite.Conflict) return written == SlotWrite.Done;
    }
    return false;
  }

  /** Copies what is still valid of the list; false when `name` is in it, or it is full. */
  private keepOthers(to: ByteBuffer, name: Bytes, nowMs: i64): bool {
    const list = this.slots.read(0);
    if (list == null) return true;
    let count = 1;
    const end = list.pointer + list.length;
    for (let entry = list.pointer; isWhole(entry, end); entry += entryBytes(entry)) {
      if (!isAhead(load<u64>(entry), nowMs, MOST_ANOMALOUS_MS)) continue;
      if (isNamed(entry, name) || count++ == MOST_CONSUMERS) return false;
      if (!to.append(entry, entryBytes(entry))) return false;
    }
    return true;
  }
}

function isWhole(entry: usize, end: usize): bool {
  return entry + HEAD_BYTES <= end && entry + entryBytes(entry) <= end;
}

function entryBytes(entry: usize): i32 {
  return HEAD_BYTES + load<u16>(entry, LENGTH);
}

function isNamed(entry: usize, name: Bytes): bool {
  return load<u16>(entry, LENGTH) == name.length && isSame(entry + HEAD_BYTES, name.pointer, name.length);
}

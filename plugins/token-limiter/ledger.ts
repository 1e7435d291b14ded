import { Bytes } from "../../assembly/bytes/view";
import { ACCOUNT_BYTES, Account } from "./account";
import { advance, isAtRest } from "./account-leases";

/** Names the layout of a record; a record of another is read as an empty one. */
const LAYOUT: u32 = 0x5745_0001;

const HEAD_BYTES: i32 = 8;

/**
 * The accounts in one record, the value of one key of shared data: a head of 8 bytes (layout, how many), then the accounts.
 *
 * Accounts at rest hold no information and are dropped at once, so nothing ever needs to be deleted. Only a copy of the
 * record is changed; `pointer` and `length` are what is to be stored. Grows to the largest record seen, and keeps that.
 */
@final
export class Ledger {
  private data: StaticArray<u8> = new StaticArray<u8>(HEAD_BYTES + 8 * ACCOUNT_BYTES);
  private count: i32 = 0;
  private readonly cursor: Account = new Account();

  get pointer(): usize {
    store<u32>(changetype<usize>(this.data), LAYOUT);
    store<u32>(changetype<usize>(this.data), this.count, 4);
    return changetype<usize>(this.data);
  }

  get length(): i32 {
    return HEAD_BYTES + this.count * ACCOUNT_BYTES;
  }

  /** Copies a record, null for one that is not there yet, and brings its accounts up to `nowMs`. */
  open(record: Bytes | null, nowMs: i64): void {
    this.count = 0;
    if (record == null || !isRecord(record)) return;
    this.makeRoom(record.length);
    const accounts = (record.length - HEAD_BYTES) / ACCOUNT_BYTES;
    for (let i = 0; i < accounts; i++) {
      const at = this.place(this.count);
      memory.copy(at, record.pointer + HEAD_BYTES + i * ACCOUNT_BYTES, ACCOUNT_BYTES);
      this.cursor.at = at;
      advance(this.cursor, nowMs);
      if (!isAtRest(this.cursor)) this.count++;
    }
  }

  /** The account of that identity; null when there is none. Valid until the next `open`, `find` or `add`. */
  find(low: u64, high: u64): Account | null {
    const account = this.cursor;
    for (let i = 0; i < this.count; i++) {
      account.at = this.place(i);
      if (account.is(low, high)) return account;
    }
    return null;
  }

  /** A new account, of which nothing is used; null when the record has `most` already. */
  add(low: u64, high: u64, nowMs: i64, most: i32): Account | null {
    if (this.count >= most) return null;
    const at = this.count++;
    this.makeRoom(this.length);
    this.cursor.create(this.place(at), low, high, nowMs);
    return this.cursor;
  }

  private place(index: i32): usize {
    return changetype<usize>(this.data) + HEAD_BYTES + index * ACCOUNT_BYTES;
  }

  private makeRoom(length: i32): void {
    if (length <= this.data.length) return;
    const grown = new StaticArray<u8>(max(length, this.data.length * 2));
    memory.copy(changetype<usize>(grown), changetype<usize>(this.data), this.data.length);
    this.data = grown;
  }
}

function isRecord(record: Bytes): bool {
  if (record.length < HEAD_BYTES || load<u32>(record.pointer) != LAYOUT) return false;
  return <i64>record.length == HEAD_BYTES + <i64>load<u32>(record.pointer, 4) * ACCOUNT_BYTES;
}

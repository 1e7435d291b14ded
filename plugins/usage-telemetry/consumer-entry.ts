import { Bytes } from "../../assembly/bytes/view";
import { PAST_BYTES, RecentPast } from "../../assembly/statistics/recent-past";

export const enum AnomalyKind {
  /** Input and output together. */
  Tokens,
  /** Requests that a plugin of this gateway refused. */
  Refusals,
  /** The share of the other calls that failed. */
  Errors,
}

export const KINDS: i32 = 3;

/** The place of what needs none any more. */
export const NOWHERE: u32 = u32.MAX_VALUE;

const MOST_TOKENS: i64 = 1 << 53;

const NAME_LENGTH: usize = 2;
const PLACE: usize = 4;
const INTERVAL: usize = 8;
const TOKENS: usize = 16;
const REFUSALS: usize = 24;
const CALLS: usize = 32;
const ERRORS: usize = 40;
const FIRST_PAST: usize = 48;
const NAME: usize = 48 + KINDS * PAST_BYTES;

/**
 * The bytes of one consumer, in a record that VMs share or among what a VM has yet to hand over.
 *
 *     0   length        u16     of all of it, a multiple of 8
 *     2   name length   u16
 *     4   place         u32     the record it belongs to
 *     8   interval      i64     number of the interval that the sums are of; while there are none, of the first that isn't in the pasts
 *     16  tokens        i64     up to 2^53, as the other sums
 *     24  refusals      i64
 *     32  calls         i64     those that were not refused
 *     40  errors        i64     of them
 *     48  pasts         24 bytes for each `AnomalyKind`
 *     120 name          UTF-8 as it came; empty: all consumers together that have no entry of their own
 */
@final
export class ConsumerEntry {
  at: usize = 0;
  private readonly view: Bytes = new Bytes();
  private readonly past: RecentPast = new RecentPast();

  /** An entry without sums and without a past, at `pointer`, where `entryBytes` are free. */
  create(pointer: usize, name: Bytes): void {
    this.at = pointer;
    const length = entryBytes(name.length);
    memory.fill(pointer, 0, length);
    store<u16>(pointer, <u16>length);
    store<u16>(pointer, <u16>name.length, NAME_LENGTH);
    memory.copy(pointer + NAME, name.pointer, name.length);
  }

  get length(): i32 {
    return load<u16>(this.at);
  }

  get name(): Bytes {
    return this.view.set(this.at + NAME, load<u16>(this.at, NAME_LENGTH));
  }

  /** Whether the entry that `left` bytes begin with is within them. */
  fits(left: i32): bool {
    return left >= <i32>NAME && this.length <= left && this.length >= entryBytes(load<u16>(this.at, NAME_LENGTH));
  }

  get place(): u32 {
    return load<u32>(this.at, PLACE);
  }

  set place(record: u32) {
    store<u32>(this.at, record, PLACE);
  }

  get interval(): i64 {
    return load<i64>(this.at, INTERVAL);
  }

  set interval(number: i64) {
    store<i64>(this.at, number, INTERVAL);
  }

  get calls(): i64 {
    return load<i64>(this.at, CALLS);
  }

  /** Whether the sums say nothing. */
  get isEmpty(): bool {
    return this.calls == 0 && load<i64>(this.at, REFUSALS) == 0;
  }

  /** What the sums say of a kind. */
  value(kind: AnomalyKind): f64 {
    if (kind == AnomalyKind.Tokens) return <f64>load<i64>(this.at, TOKENS);
    if (kind == AnomalyKind.Refusals) return <f64>load<i64>(this.at, REFUSALS);
    return this.calls == 0 ? 0 : <f64>load<i64>(this.at, ERRORS) / <f64>this.calls;
  }

  /** Valid until the next. */
  pastOf(kind: AnomalyKind): RecentPast {
    this.past.at = this.at + FIRST_PAST + <usize>kind * PAST_BYTES;
    return this.past;
  }

  /** What a refused answer has used, counts. */
  countRefusal(tokens: i64): void {
    this.raise(REFUSALS, 1);
    this.raise(TOKENS, tokens);
  }

  countCall(tokens: i64, isError: bool): void {
    this.raise(CALLS, 1);
    this.raise(TOKENS, tokens);
    if (isError) this.raise(ERRORS, 1);
  }

  addSums(other: ConsumerEntry): void {
    for (let sum = TOKENS; sum <= ERRORS; sum += 8) this.raise(sum, load<i64>(other.at + sum));
  }

  clearSums(): void {
    memory.fill(this.at + TOKENS, 0, FIRST_PAST - TOKENS);
  }

  private raise(sum: usize, by: i64): void {
    store<i64>(this.at + sum, min(load<i64>(this.at + sum) + min(by, MOST_TOKENS), MOST_TOKENS));
  }
}

/** Length of the entry of a consumer whose name has this many bytes. */
export function entryBytes(nameLength: i32): i32 {
  return (<i32>NAME + nameLength + 7) & ~7;
}

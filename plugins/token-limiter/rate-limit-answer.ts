import { ProtobufReader, WireType } from "./protobuf-reader";

/** `RateLimitResponse.Code` (`rls.proto`). */
const enum Code {
  Unknown = 0,
  Ok = 1,
  OverLimit = 2,
}

/** The fields of `RateLimitResponse`, of its descriptor statuses, of their limits and of a `google.protobuf.Duration`. */
const enum Field {
  AnswerOverallCode = 1,
  AnswerStatus = 2,
  StatusCode = 1,
  StatusLimit = 2,
  StatusRemaining = 3,
  StatusReset = 4,
  LimitAmount = 1,
  DurationSeconds = 1,
  DurationNanos = 2,
}

/** What the service says of one key. */
@final
export class RateLimitStatus {
  /** Whether the service has a limit for the key. A key that its configuration doesn't name has none, and always passes. */
  isLimited: bool = false;
  /** Nothing more may pass in this window. The service itself lets a check pass while exactly all is used. */
  isExhausted: bool = false;
  /** What may be used in a window, as the service is configured. */
  amount: u32 = 0;
  /** What is left of it. */
  remaining: u32 = 0;
  /** Until the next window begins, rounded up. */
  resetSeconds: u32 = 0;
}

/**
 * Reads `envoy.service.ratelimit.v3.RateLimitResponse`: the status of each key, in the order in which they were asked for.
 *
 * Holds one answer at a time. Bytes that are no answer to what was asked are refused whole, never half read.
 */
@final
export class RateLimitAnswer {
  private readonly statuses: RateLimitStatus[] = [];
  private readonly answer: ProtobufReader = new ProtobufReader();
  private readonly status: ProtobufReader = new ProtobufReader();
  private readonly detail: ProtobufReader = new ProtobufReader();
  private code: u32 = Code.Unknown;
  private seconds: i64 = 0;
  private nanos: i32 = 0;

  /** The status of the key at `index` in the message that this answers. */
  at(index: i32): RateLimitStatus {
    return this.statuses[index];
  }

  /** Reads an answer to a message with `asked` keys; false when it is none, and `at` then means nothing. */
  read(pointer: usize, length: i32, asked: i32): bool {
    while (this.statuses.length < asked) this.statuses.push(new RateLimitStatus());
    const answer = this.answer;
    let overall: u32 = Code.Unknown;
    let count = 0;
    answer.open(pointer, length);
    while (answer.next()) {
      if (answer.field == Field.AnswerOverallCode && answer.type == WireType.Varint) {
        overall = <u32>answer.number;
      } else if (answer.field == Field.AnswerStatus && answer.type == WireType.Bytes) {
        if (count == asked || !this.readStatus(this.statuses[count++])) return false;
      }
    }
    return !answer.isBroken && isKnown(overall) && count == asked;
  }

  private readStatus(into: RateLimitStatus): bool {
    const status = this.status;
    into.isLimited = false;
    into.amount = 0;
    into.remaining = 0;
    this.code = Code.Unknown;
    this.seconds = 0;
    this.nanos = 0;
    status.open(this.answer.pointer, this.answer.length);
    while (status.next()) {
      if (status.type == WireType.Varint) {
        if (status.field == Field.StatusCode) this.code = <u32>status.number;
        else if (status.field == Field.StatusRemaining) into.remaining = <u32>status.number;
      } else if (status.type == WireType.Bytes) {
        if (status.field == Field.StatusLimit && !this.readLimit(into)) return false;
        if (status.field == Field.StatusReset && !this.readReset()) return false;
      }
    }
    into.isExhausted = this.code == Code.OverLimit || (into.isLimited && into.remaining == 0);
    into.resetSeconds = roundUp(this.seconds, this.nanos);
    return !status.isBroken && isKnown(this.code);
  }

  private readLimit(into: RateLimitStatus): bool {
    const limit = this.detail;
    into.isLimited = true;
    limit.open(this.status.pointer, this.status.length);
    while (limit.next()) {
      if (limit.field == Field.LimitAmount && limit.type == WireType.Varint) into.amount = <u32>limit.number;
    }
    return !limit.isBroken;
  }

  private readReset(): bool {
    const duration = this.detail;
    duration.open(this.status.pointer, this.status.length);
    while (duration.next()) {
      if (duration.type != WireType.Varint) continue;
      if (duration.field == Field.DurationSeconds) this.seconds = <i64>duration.number;
      else if (duration.field == Field.DurationNanos) this.nanos = <i32>duration.number;
    }
    return !duration.isBroken;
  }
}

function isKnown(code: u32): bool {
  return code == Code.Ok || code == Code.OverLimit;
}

function roundUp(seconds: i64, nanos: i32): u32 {
  if (seconds < 0 || nanos < 0) return 0;
  return <u32>min<u64>(<u64>seconds + (nanos > 0 ? 1 : 0), u32.MAX_VALUE);
}

import { EventListener } from "../../sse/listener";

/** Total length, headers' length and a checksum of these. */
const PRELUDE_BYTES: i32 = 12;
const CHECKSUM_BYTES: u32 = 4;
/** Amazon's own bounds (Amazon Transcribe Developer Guide and AWS SDKs, "event stream encoding"). */
const MAX_HEADERS_BYTES: u32 = 131072;
const MAX_MESSAGE_BYTES: u32 = 25165824;

const enum Within {
  Prelude,
  Headers,
  Payload,
  Checksum,
  /** A length can't be: nothing after it can be told. */
  Broken,
}

/**
 * Finds the payloads of a binary event stream (`application/vnd.amazon.eventstream`) that arrives in pieces; splitting it
 * anywhere gives the same result, but for how a payload is cut into `onData`.
 *
 * Headers are skipped, since the payloads say themselves what they are, and checksums are not verified: the connection's
 * own integrity is enough for counting. A length that can't be ends the reading. Keeps 12 bytes and never allocates.
 */
@final
export class EventStreamFramer {
  /** Where the message in hand begins. */
  eventStart: u64 = 0;
  private within: Within = Within.Prelude;
  /** How many bytes of what `within` says are still to come. */
  private left: u32 = PRELUDE_BYTES;
  private payload: u32 = 0;
  private offset: u64 = 0;
  private readonly prelude: StaticArray<u8> = new StaticArray<u8>(PRELUDE_BYTES);

  constructor(private readonly listener: EventListener) {}

  /** Begins another stream, of which the first `offset` bytes are known already. */
  begin(offset: u64): void {
    this.within = Within.Prelude;
    this.left = PRELUDE_BYTES;
    this.offset = offset;
    this.eventStart = offset;
  }

  feed(pointer: usize, length: i32): void {
    const end = pointer + length;
    let at = pointer;
    while (at < end && this.within != Within.Broken) {
      const taken = min(this.left, <u32>(end - at));
      if (this.within == Within.Prelude) {
        memory.copy(changetype<usize>(this.prelude) + (PRELUDE_BYTES - this.left), at, taken);
      } else if (this.within == Within.Payload) {
        this.listener.onData(at, taken);
      }
      at += taken;
      this.left -= taken;
      this.offset += taken;
      while (this.left == 0) this.advance();
    }
  }

  private advance(): void {
    switch (this.within) {
      case Within.Prelude:
        this.readPrelude();
        break;
      case Within.Headers:
        this.within = Within.Payload;
        this.left = this.payload;
        break;
      case Within.Payload:
        this.within = Within.Checksum;
        this.left = CHECKSUM_BYTES;
        break;
      default:
        this.within = Within.Prelude;
        this.left = PRELUDE_BYTES;
        this.listener.onEventEnd(this.eventStart, this.offset);
        this.eventStart = this.offset;
    }
  }

  private readPrelude(): void {
    const prelude = changetype<usize>(this.prelude);
    const total = bswap(load<u32>(prelude));
    const headers = bswap(load<u32>(prelude, 4));
    const around = PRELUDE_BYTES + CHECKSUM_BYTES;
    if (total > MAX_MESSAGE_BYTES || headers > MAX_HEADERS_BYTES || total < headers + around) {
      this.within = Within.Broken;
      this.left = 1;
      return;
    }
    this.within = Within.Headers;
    this.left = headers;
    this.payload = total - headers - around;
  }
}

import { ByteString } from "../../bytes/view";
import { AnswerDocuments } from "./documents";
import { PlainAnswer } from "./plain";

/** Total length, headers' length and a checksum of these. */
const PRELUDE_BYTES: i32 = 12;
const CHECKSUM_BYTES: u32 = 4;
/** Amazon's own bounds (Amazon Transcribe Developer Guide and AWS SDKs, "event stream encoding"). */
const MAX_HEADERS_BYTES: u32 = 131072;
const MAX_MESSAGE_BYTES: u32 = 25165824;
/** The type of a message whose payload is any part of an answer. */
const PART = new ByteString("PayloadPart");

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
 * anywhere gives the same result.
 *
 * Of the headers only `PART` is looked for, since other payloads say themselves what they are, and checksums are not verified:
 * the connection's own integrity is enough for counting. A length that can't be ends the reading. Keeps 12 bytes and never
 * allocates.
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
  /** How many bytes of `PART` have just been seen in the headers. */
  private partLength: i32 = 0;

  constructor(
    private readonly documents: AnswerDocuments,
    /** Reads what comes in parts; ready for an answer. */
    private readonly plain: PlainAnswer,
  ) {}

  /** Begins another stream. */
  begin(): void {
    this.within = Within.Prelude;
    this.left = PRELUDE_BYTES;
    this.offset = 0;
    this.eventStart = 0;
    this.partLength = 0;
  }

  feed(pointer: usize, length: i32): void {
    const end = pointer + length;
    let at = pointer;
    while (at < end && this.within != Within.Broken) {
      const taken = min(this.left, <u32>(end - at));
      if (this.within == Within.Prelude) {
        memory.copy(changetype<usize>(this.prelude) + (PRELUDE_BYTES - this.left), at, taken);
      } else if (this.within == Within.Headers) {
        this.lookForPart(at, at + taken);
      } else if (this.within == Within.Payload) {
        if (this.isPart) {
          this.documents.isInParts = true;
          this.plain.feed(at, taken);
        } else this.documents.feed(at, taken);
      }
      at += taken;
      this.left -= taken;
      this.offset += taken;
      while (this.left == 0) this.advance();
    }
  }

  private get isPart(): bool {
    return this.partLength == PART.length;
  }

  private lookForPart(at: usize, end: usize): void {
    while (at < end && !this.isPart) {
      if (load<u8>(at) == load<u8>(PART.pointer + this.partLength)) {
        this.partLength++;
        at++;
      } else if (this.partLength > 0) this.partLength = 0;
      else at++;
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
        if (!this.isPart) this.documents.onEventEnd(this.eventStart, this.offset);
        this.partLength = 0;
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

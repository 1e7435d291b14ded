import { ByteBuffer } from "../../bytes/buffer";
import { Bytes } from "../../bytes/view";
import { AnswerListener } from "./listener";
import { NO_EVENTS } from "./plain";
import { AnswerReader } from "./reader";
import { AnswerUsageCut, CutResult } from "./usage-cut";
import { TokenSampler } from "../tokens/sampler";
import { MAX_COUNT } from "../tokens/count";
import { readUsageHeader } from "./usage-headers";

/** Bytes of a compressed answer that hold one token, about: events and JSON shrink to a tenth, plain text to a third. */
const COMPRESSED_BYTES_PER_TOKEN: i64 = 2;
/** Bytes of plain text that hold one token, about. */
const PLAIN_BYTES_PER_TOKEN: i64 = 4;
/**
 * How much of an answer's text is read before it is sampled, and how much each sample stands for. Nearly all answers report
 * what they used, so an estimate must cost nearly nothing.
 */
const WHOLE_BYTES: i64 = 1024;
const PERIOD_BYTES: i64 = 8192;
const MOST_IDLE: i32 = 64;


@final
class WrittenText extends AnswerListener {
  readonly estimator: TokenSampler = new TokenSampler(WHOLE_BYTES, PERIOD_BYTES);
  readonly cut: AnswerUsageCut = new AnswerUsageCut();
  isHiding: bool = false;

  reset(): void {
    this.estimator.reset();
    this.cut.reset();
    this.isHiding = false;
  }

  override onText(pointer: usize, length: i32): void {
    this.estimator.feed(pointer, length);
  }

  override onUsageOnlyEvent(start: u64, end: u64): void {
    if (this.isHiding) this.cut.remove(start, end);
  }
}

/**
 * What one answer used, whether it says so or not: as the provider reports it, else estimated from what the model wrote.
 *
 * Take one for each answer and give it back: they are kept for reuse. The fields hold from `finish` on; each is a number of
 * tokens, normalised as `Usage` says, or `NO_COUNT`.
 */
@final
export class AnswerMeter {
  input: i64 = 0;
  output: i64 = 0;
  cachedInput: i64 = 0;
  cacheCreation: i64 = 0;
  reasoning: i64 = 0;
  /** Whether both input and output are the provider's own numbers. */
  isReported: bool = false;
  private isEncoded: bool = false;
  private isPlain: bool = false;
  private isComplete: bool = false;
  private readonly written: WrittenText;
  private readonly reader: AnswerReader;

  constructor() {
    const written = new WrittenText();
    this.written = written;
    this.reader = new AnswerReader(written);
  }

  /**
   * @param isEncoded the answer is compressed: it can't be read, only measured
   * @param isPlain it is said to be plain text: where nothing is found in it, it is all words
   */
  static take(isEncoded: bool, isPlain: bool): AnswerMeter {
    const meter = idle.length > 0 ? idle.pop() : new AnswerMeter();
    meter.isEncoded = isEncoded;
    meter.isPlain = isPlain;
    meter.isComplete = false;
    meter.written.reset();
    meter.reader.begin(isEncoded);
    return meter;
  }

  giveBack(): void {
    if (idle.length < MOST_IDLE) idle.push(this);
  }

  /** The first model that the answer names, up to 256 bytes; empty while there is none. */
  get model(): Bytes {
    return this.reader.model;
  }

  /** Takes one of `USAGE_HEADERS`, by its index there. */
  readHeader(index: i32, value: Bytes): void {
    readUsageHeader(this.reader.usage, index, value);
  }

  /** Consumes a piece; `isLast`: the answer has ended as it should. */
  feed(piece: Bytes, isLast: bool): void {
    this.reader.feed(piece.pointer, piece.length);
    if (isLast) this.complete();
  }

  /** The same for an answer whose events with usage only the client must not see; `out` is as `AnswerUsageCut` says. */
  feedHiding(piece: Bytes, isLast: bool, out: ByteBuffer): CutResult {
    this.written.isHiding = true;
    const result = this.written.cut.feed(this.reader, piece.pointer, piece.length, isLast, out);
    this.isComplete = isLast;
    return result;
  }

  private complete(): void {
    this.isComplete = true;
    this.reader.finish();
  }

  /**
   * How many of the bytes that the client was shown last belong to an event that isn't complete, so that another could stand
   * in their place; -1 where some of it was shown before the piece in hand of `pieceLength` bytes, or there are no events.
   */
  openTail(pieceLength: i32): i32 {
    const reader = this.reader;
    const from = reader.eventStart;
    if (this.isPlain || from == NO_EVENTS || from + pieceLength < reader.offset) return -1;
    const shown = this.written.isHiding ? this.written.cut.shownTo : reader.offset;
    return shown > from ? <i32>(shown - from) : 0;
  }

  /** The tokens that the model has written so far, estimated. */
  get writtenSoFar(): i64 {
    const estimator = this.written.estimator;
    const isPlain = this.isPlain && estimator.isEmpty;
    if (!this.isEncoded && !isPlain) return estimator.tokens();
    const bytesPerToken = this.isEncoded ? COMPRESSED_BYTES_PER_TOKEN : PLAIN_BYTES_PER_TOKEN;
    return min(<i64>this.reader.offset / bytesPerToken, MAX_COUNT);
  }

  /** Whether the answer has said how much the model wrote, not only how much it had when it began. */
  get hasFinalOutput(): bool {
    const usage = this.reader.usage;
    return usage.output >= 0 && !usage.isProvisional;
  }

  /** Whether the answer has ended as it should, or has said so before its connection broke. */
  get isOver(): bool {
    return this.isComplete || this.reader.usage.isFinal;
  }

  /** Whether the answer is over and has said what it used: then no estimate counts. */
  get isCertain(): bool {
    return this.isOver && this.reader.usage.input >= 0 && this.hasFinalOutput;
  }

  /**
   * Decides what was used. Where the output is not reported to its end, or the answer was cut, perhaps before its last report,
   * the estimate counts if it is more.
   *
   * @param inputEstimate for an answer that doesn't report its input
   * @param outputEstimate likewise; `writtenSoFar`, or 0 for an error
   */
  settle(inputEstimate: i64, outputEstimate: i64): void {
    const usage = this.reader.usage;
    usage.settle();
    const hasOutput = usage.output >= 0;
    // Embeddings report no output: all of their total is input, be it alone (Voyage, Jina's rerank).
    const isWhole = this.isOver && usage.isReported;
    const isInputOnly = isWhole && !hasOutput && usage.input < 0 && this.written.estimator.isEmpty;
    const input = isInputOnly ? usage.total : usage.input;
    this.isReported = input >= 0 && (hasOutput || isWhole);
    this.input = input >= 0 ? input : inputEstimate;
    this.output = hasOutput ? usage.output : isWhole ? max<i64>(usage.total - this.input, 0) : 0;
    if (!(this.isOver && this.hasFinalOutput) && outputEstimate > this.output) {
      this.output = outputEstimate;
      this.isReported = false;
    }
    this.cachedInput = usage.cachedInput;
    this.cacheCreation = usage.cacheCreation;
    this.reasoning = usage.reasoning;
  }
}

const idle: AnswerMeter[] = [];

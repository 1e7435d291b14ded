import { ByteString } from "../../bytes/view";
import { JsonScanner } from "../../json/scanner";
import { isSpace } from "../../json/space";
import { EventListener } from "../../sse/listener";
import { CarriedValue } from "./carried";
import { AnswerFields } from "./fields";
import { AnswerLead } from "./lead";
import { AnswerListener } from "./listener";
import { AnswerModel } from "./model";
import { ANSWER_PATHS } from "./paths";
import { Usage } from "../usage";

/** What OpenAI's dialects end their streams with, in place of an object. */
const DONE = new ByteString("[DONE]");
const LF: u32 = 0x0a;
const SPACE: u32 = 0x20;
const COMMA: u32 = 0x2c;
const OPEN_ARRAY: u32 = 0x5b;
const CLOSE_ARRAY: u32 = 0x5d;
const OPEN_OBJECT: u32 = 0x7b;

/** What the next byte belongs to. */
const enum Within {
  Between,
  Object,
  /** The rest of a line that is no JSON. */
  Garbage,
}

/**
 * Reads the JSON objects of an answer, in whatever dialect, that follow one another: one, one a line, the elements of an
 * array, or those in an event's data. They arrive in pieces; splitting them anywhere gives the same result.
 *
 * An object that isn't JSON counts up to where it goes wrong; the next one is looked for from there on: a brace, or the next
 * line.
 */
@final
export class AnswerDocuments extends EventListener {
  /** Their places are none in the answer, so that none of them can be taken out of it. */
  isInParts: bool = false;
  private within: Within = Within.Between;
  /** Whether the event in hand has anything but one object. */
  private isMixed: bool = false;
  private hasObject: bool = false;
  /** How many bytes of `DONE` have just been seen. */
  private doneLength: i32 = 0;
  private readonly lead: AnswerLead = new AnswerLead();
  private readonly scanner: JsonScanner;
  private readonly fields: AnswerFields;

  constructor(
    private readonly usage: Usage,
    model: AnswerModel,
    private readonly listener: AnswerListener,
    private readonly encoded: CarriedValue | null,
  ) {
    super();
    const fields = new AnswerFields(usage, model, listener, encoded);
    this.fields = fields;
    this.scanner = new JsonScanner(ANSWER_PATHS, fields);
  }

  /** Ready for another answer. */
  reset(): void {
    const encoded = this.encoded;
    if (encoded !== null) encoded.reset();
    this.fields.reset();
    this.lead.reset();
    this.isInParts = false;
    this.endEvent();
  }

  /** What follows is another event: an object that has not ended never will. */
  endEvent(): void {
    this.within = Within.Between;
    this.isMixed = this.isInParts;
    this.hasObject = false;
    this.doneLength = 0;
    this.fields.beginList(false);
  }

  /** Whether the event in hand is, or may become, one object with an empty list of choices and usage. */
  get mayBeUsageOnly(): bool {
    return !this.isMixed && (!this.hasObject || this.fields.mayBeUsageOnly);
  }

  /** Whether no object has begun that hasn't ended. */
  get isBetween(): bool {
    return this.within == Within.Between;
  }

  feed(pointer: usize, length: i32): void {
    const end = pointer + length;
    let at = pointer;
    while (at < end) {
      if (this.within == Within.Object) {
        at = this.feedObject(at, end);
        continue;
      }
      const byte: u32 = load<u8>(at);
      this.lookForDone(byte);
      if (this.within == Within.Garbage) {
        if (byte == LF) this.within = Within.Between;
        at++;
      } else if (byte == OPEN_OBJECT) {
        at = this.beginObject(at, end);
      } else {
        if (byte > SPACE || !isSpace(byte)) {
          this.isMixed = true;
          if (byte == OPEN_ARRAY) this.fields.beginList(true);
          else if (byte != COMMA && byte != CLOSE_ARRAY) this.within = Within.Garbage;
        }
        at++;
      }
    }
  }

  override onData(pointer: usize, length: i32): void {
    this.feed(pointer, length);
  }

  override onEventEnd(start: u64, end: u64): void {
    const isObject = this.hasObject && !this.isMixed && this.fields.isComplete;
    if (isObject && this.fields.isUsageOnly) this.listener.onUsageOnlyEvent(start, end);
    this.endEvent();
  }

  private lookForDone(byte: u32): void {
    this.doneLength = byte == load<u8>(DONE.pointer + this.doneLength) ? this.doneLength + 1 : 0;
    if (this.doneLength < DONE.length) return;
    this.usage.isFinal = true;
    this.doneLength = 0;
  }

  private beginObject(at: usize, end: usize): usize {
    if (this.hasObject) this.isMixed = true;
    this.hasObject = true;
    this.within = Within.Object;
    const scanner = this.scanner;
    const fields = this.fields;
    const lead = this.lead;
    if (lead.isMarked && lead.leads(at, end)) {
      scanner.resetTo(lead.mark);
      fields.beginAfterLead();
      return this.feedObject(at + lead.length, end);
    }
    scanner.reset();
    fields.begin();
    if (lead.leads(at, end)) {
      this.feedObject(at, at + lead.length);
      lead.isMarked = scanner.mark(lead.mark);
      return at + lead.length;
    }
    const stop = this.feedObject(at, end);
    if (fields.isComplete) lead.keep(at, fields.leadLength);
    return stop;
  }

  private feedObject(at: usize, end: usize): usize {
    const scanner = this.scanner;
    const fields = this.fields;
    const before = scanner.offset;
    fields.beginPiece(at, before);
    const isFine = scanner.feed(at, <i32>(end - at));
    fields.endPiece(scanner.offset);
    if (isFine) return end;
    at += <usize>(scanner.offset - before);
    if (fields.isComplete) {
      this.within = Within.Between;
    } else {
      this.isMixed = true;
      this.within = load<u8>(at) == OPEN_OBJECT ? Within.Between : Within.Garbage;
    }
    return at;
  }
}

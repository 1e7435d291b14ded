import { Budget } from "../../bytes/budget";
import { ByteBuffer } from "../../bytes/buffer";
import { ByteString } from "../../bytes/view";
import { JsonListener } from "../../json/listener";
import { JsonPaths } from "../../json/paths";
import { JsonScanner } from "../../json/scanner";
import { isSpace } from "../../json/space";
import { EventData } from "../../sse/event-data";
import { Apart, tellApart } from "./apart";
import { EventText, TEXT_BYTES } from "./event-text";
import { EventPhase } from "./event-type";
import { ReplyListener } from "./listener";
import { ReplyNames } from "./names";
import { TextKind } from "./scanner";
import { NO_SEQUENCE_NUMBER, readSequenceNumber } from "./sequence-number";
import { mix, NO_PART, NO_POSITION } from "./slots";
import { NO_PLACE, NO_TEXT, ReplyTemplate } from "./template";
import { ReplyText } from "./text";
import { TextForm } from "./text-form";
import { ReplyTexts } from "./texts";

/** How many of an event's choices can be told to be over; with more of them all are taken to be. */
const MAX_ENDS: i32 = 16;
const LAST_BYTE: usize = 1;
const LF: u32 = 0x0a;
/** Of the text that data which is no JSON is. */
const PLAIN_KEY: u32 = 2;

const DONE = new ByteString("[DONE]");
const LINE_FEED = new ByteString("\n");


@final
class NoListener extends JsonListener {}

const VALIDATOR = new JsonScanner(new JsonPaths([]), new NoListener());
const READER = new ReplyTexts();
const DATA = new EventData();

/**
 * The texts of one event of a stream, and what it says about those before. Data that is no JSON is a text as it is.
 *
 * Holds at most `maxBytes` of notes about texts.
 */
@final
export class ReplyEvent extends ReplyListener {
  /** The choices or blocks of which all texts are over after the event. */
  endCount: i32 = 0;
  readonly ends: StaticArray<i32> = new StaticArray<i32>(MAX_ENDS);
  /** The part of a choice or block of which all texts are over, as `ReplySlots.placeOf` tells it, or `NO_PART`. */
  endPart: u32 = NO_PART;
  phase: EventPhase = EventPhase.None;
  /** The index that the event itself has, or `NO_POSITION`. */
  position: i32 = NO_POSITION;
  /** There was no room for all of the texts, or some that grow can't be told apart. */
  isFull: bool = false;
  /** It has a text that grows twice under one key: which of them a client takes is not known. */
  isAmbiguous: bool = false;
  private readonly texts: ByteBuffer;
  private readonly template: ReplyTemplate = new ReplyTemplate();

  constructor(
    private readonly names: ReplyNames,
    maxBytes: i32,
  ) {
    super();
    this.texts = new ByteBuffer(new Budget(maxBytes));
  }


  @inline
  get textCount(): i32 {
    return this.texts.length / <i32>TEXT_BYTES;
  }


  @inline
  text(index: i32): EventText {
    return EventText.at(this.texts.pointer, index);
  }

  /** Whether the event at `pointer` is this one again, with other texts: see `ReplyTemplate.match`. */
  @inline
  matchNext(pointer: usize, limit: usize): usize {
    return this.template.match(pointer, limit, this.texts.pointer);
  }

  /** The number in its stream of the event at `pointer`, or `NO_SEQUENCE_NUMBER`. */
  sequenceNumberAt(pointer: usize): i32 {
    const start = this.template.sequenceStart;
    return start == NO_PLACE ? NO_SEQUENCE_NUMBER : readSequenceNumber(pointer + <usize>start);
  }

  /** Reads an event of a Server-Sent Events stream. */
  readEvent(start: usize, end: usize): void {
    this.reset();
    if (!isJson(start, end)) {
      this.readPlainData(start, end);
      return;
    }
    READER.begin(this);
    DATA.begin(start, end);
    let lines = 0;
    while (DATA.next()) {
      READER.feed(DATA.start, DATA.end, <i32>(DATA.start - start));
      READER.feed(LINE_FEED.pointer, LINE_FEED.pointer + LINE_FEED.length, <i32>(DATA.end - start));
      lines++;
    }
    this.endJson();
    if (lines == 1 && load<u8>(end - LAST_BYTE) == LF) this.keep(start, <i32>(end - start));
  }

  /**
   * Reads an object of an answer that is a line, or an element of an array, or all of it: with nothing before it and no array around it if
   * `isAlone`; then its texts are whole unless it says that it is of a stream. With `isWhole` they are whatever it says.
   */
  readObject(start: usize, end: usize, isAlone: bool, isWhole: bool): void {
    this.reset();
    VALIDATOR.reset();
    if (!VALIDATOR.feed(start, <i32>(end - start)) || !VALIDATOR.finish()) {
      this.addPlain(start, start, end);
      return;
    }
    READER.begin(this);
    READER.feed(start, end, 0);
    const isOfStream = !isWhole && (!isAlone || READER.isOfStream);
    if (!isOfStream) this.makeWhole();
    this.endJson();
    if (isOfStream) this.keep(start, <i32>(end - start));
  }

  /** Takes [start, end) for a text as it is. */
  readPlain(start: usize, end: usize): void {
    this.reset();
    this.addPlain(start, start, end);
  }

  override onText(text: ReplyText, start: i32): void {
    this.template.addHole(text.form, start, this.textCount);
    this.add(start, start, text.group, text.slot, text.kind, text.form, text.grows);
    if (this.isFull) return;
    const last = this.text(this.textCount - 1);
    last.isTyped = text.isTyped;
    last.isRestated = text.isRestated;
    last.isElement = text.isElement;
    last.path = text.path;
  }

  override onTextEnd(end: i32): void {
    this.template.endHole(end);
    if (!this.isFull) this.text(this.textCount - 1).end = end;
  }

  override onRepeat(start: i32, end: i32, isArray: bool): void {
    const form = isArray ? TextForm.RepeatArray : TextForm.RepeatObject;
    this.template.spoil();
    this.add(start, end, 0, 0, TextKind.Content, form, false);
  }

  override onNoise(form: TextForm, start: i32): void {
    this.template.addHole(form, start, NO_TEXT);
  }

  override onNoiseEnd(end: i32): void {
    this.template.endHole(end);
  }

  override onSequenceNumber(start: i32): void {
    this.template.setSequenceNumber(start);
  }

  override onName(isModel: bool, pointer: usize, length: i32): void {
    this.names.take(isModel, pointer, length);
  }

  /** What comes next is another answer: nothing is compared with this event. */
  forget(): void {
    this.template.reset();
  }

  /** No text grows; those that could follow each other instead, if there is more than one. */
  private makeWhole(): void {
    let joining = 0;
    for (let i = 0; i < this.textCount; i++) if (this.text(i).grows) joining++;
    for (let i = 0; i < this.textCount; i++) {
      const text = this.text(i);
      text.joins = text.grows && joining > 1;
      text.grows = false;
    }
  }

  private keep(start: usize, length: i32): void {
    if (!this.isFull) this.template.keep(start, length);
  }

  private reset(): void {
    this.texts.clear();
    this.template.reset();
    this.endCount = 0;
    this.endPart = NO_PART;
    this.phase = EventPhase.None;
    this.position = NO_POSITION;
    this.isFull = false;
    this.isAmbiguous = false;
  }

  /** Finds out what could not be known before the end. */
  private endJson(): void {
    const slots = READER.slots;
    const type = READER.type;
    this.phase = type.phase;
    this.position = slots.topOf(0);
    for (let i = 0; i < this.textCount; i++) {
      const text = this.text(i);
      let group = text.key;
      if (text.isTyped && type.group != 0) {
        group = type.group;
        text.kind = <u8>type.kind;
        if (type.isSound) text.form = <u8>TextForm.None;
      }
      const slot = text.top;
      const isReasoning = type.kind == TextKind.Reasoning || slots.isThought(slot);
      if (text.kind == TextKind.Content && isReasoning) text.kind = <u8>TextKind.Reasoning;
      const isAllSoFar = text.isRestated && (text.kind == TextKind.ToolInput || slots.isAdded(slot));
      if (type.isWhole || isAllSoFar) text.grows = false;
      if (text.grows && !slots.isOfOne(slot)) this.isFull = true;
      text.place = slots.placeOf(slot);
      text.key = mix(mix(text.place, group), text.kind);
    }
    const apart = tellApart(this.texts.pointer, this.textCount);
    if (apart == Apart.TooMany) this.isFull = true;
    this.isAmbiguous = apart == Apart.Twice;
    for (let i = 0; i < this.textCount; i++) this.text(i).top = slots.topOf(this.text(i).top);
    if (type.isEnd && slots.isPart(0)) this.endPart = slots.placeOf(0);
    else if (type.isEnd) this.addEnd(this.position);
    for (let slot = 0; slot < slots.count; slot++) if (slots.isEnded(slot)) this.addEnd(slots.topOf(slot));
  }

  private readPlainData(start: usize, end: usize): void {
    DATA.begin(start, end);
    let lines = 0;
    let isEnd = false;
    while (DATA.next()) {
      isEnd = lines == 0 && isDone(DATA.start, DATA.end);
      if (lines++ > 0) this.add(0, 0, PLAIN_KEY, NO_POSITION, TextKind.Content, TextForm.Break, true);
      this.addPlain(start, DATA.start, DATA.end);
    }
    if (!isEnd) return;
    this.texts.clear();
    this.addEnd(NO_POSITION);
  }

  private addPlain(from: usize, start: usize, end: usize): void {
    this.add(<i32>(start - from), <i32>(end - from), PLAIN_KEY, NO_POSITION, TextKind.Content, TextForm.Plain, true);
  }

  private add(start: i32, end: i32, key: u32, top: i32, kind: TextKind, form: TextForm, grows: bool): void {
    const index = this.textCount;
    if (!this.texts.append(changetype<usize>(NO_BYTES), <i32>TEXT_BYTES)) {
      this.isFull = true;
      return;
    }
    const text = this.text(index);
    text.start = start;
    text.end = end;
    text.key = key;
    text.top = top;
    text.place = NO_PART;
    text.kind = <u8>kind;
    text.form = <u8>form;
    text.grows = grows;
    text.isTyped = false;
    text.joins = false;
    text.isRestated = false;
    text.isElement = false;
    text.path = 0;
  }

  private addEnd(top: i32): void {
    for (let i = 0; i < this.endCount; i++) if (this.ends[i] == top) return;
    if (this.endCount == MAX_ENDS) {
      this.endCount = 0;
      top = NO_POSITION;
    }
    this.ends[this.endCount++] = top;
  }
}

const NO_BYTES = new StaticArray<u8>(<i32>TEXT_BYTES);

/** Whether an event's data is one JSON value. */
function isJson(start: usize, end: usize): bool {
  VALIDATOR.reset();
  DATA.begin(start, end);
  let lines = 0;
  while (DATA.next()) {
    if (lines++ > 0) VALIDATOR.feed(LINE_FEED.pointer, 1);
    if (!VALIDATOR.feed(DATA.start, <i32>(DATA.end - DATA.start))) return false;
  }
  return lines > 0 && VALIDATOR.finish();
}

/** OpenAI's end of a stream. */
function isDone(start: usize, end: usize): bool {
  while (end > start && isBlank(load<u8>(end - 1))) end--;
  while (start < end && isBlank(load<u8>(start))) start++;
  return DONE.equals(start, <i32>(end - start));
}

function isBlank(byte: u32): bool {
  return byte <= 0x20 && isSpace(byte);
}

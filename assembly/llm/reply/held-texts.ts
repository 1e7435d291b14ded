import { ByteBuffer } from "../../bytes/buffer";
import { findByte } from "../../bytes/find";
import { ByteString } from "../../bytes/view";
import { JsonListener } from "../../json/listener";
import { Nesting, nestingOf } from "../../json/nesting";
import { NONE } from "../../json/paths";
import { isSecondHalf, StringDecoder } from "../../json/string-decoder";
import { EventText } from "./event-text";
import { ReplyFifo } from "./fifo";
import { SPAN_BYTES } from "./masks";
import { NestedText } from "./nested";
import { MaskPlace, ReplyJudge, ReplyScanner, TextKind } from "./scanner";
import { ReplySplice } from "./splice";
import { TextForm } from "./text-form";
import { firstOf, ReplyTextStream } from "./text-stream";
import { NO_STREAM, ReplyTextStreams } from "./text-streams";

/** In place of a stream: a text of its own, or what repeats one. */
const WHOLE: i32 = -1;
const REPEAT: i32 = -2;

const BACKSLASH: u8 = 0x5c;
const LINE_FEED = new ByteString("\n");
const QUOTE = new ByteString('"');
const EMPTY_ARRAY = new ByteString("[]");
const NULL = new ByteString("null");

/** A text of an event that is held, or what repeats one. It lies in the memory of `HeldTexts`. */
@final
@unmanaged
class HeldText {
  /** [start, end), counted from the event's beginning. */
  start: i32;
  end: i32;
  /** Which stream it is a part of, or `WHOLE`, or `REPEAT`. */
  stream: i32;
  /** [offset, offset + length) of the text, decoded. */
  offset: i32;
  length: i32;
  /** How many spans a text of its own has. */
  spanCount: i32;
  form: u8;
  nesting: u8;
  unused: u16;
}

const HELD_TEXT_BYTES: i32 = 28;

const SPLICE = new ReplySplice();
const DECODER = new StringDecoder();


@final
class StreamFeed extends JsonListener {
  stream: ReplyTextStream | null = null;

  override onBytes(path: i32, pointer: usize, length: i32): void {
    this.stream!.feed(pointer, length);
  }
}


@final
class WholeFeed extends JsonListener {
  /** What the text is within if it is JSON, or `None`. */
  nesting: Nesting = Nesting.None;
  private scanner: ReplyScanner | null = null;
  private mayNest: bool = false;
  private readonly nested: NestedText = new NestedText();

  begin(scanner: ReplyScanner, mayNest: bool): void {
    this.scanner = scanner;
    this.mayNest = mayNest;
    this.nesting = Nesting.None;
    this.nested.begin();
  }

  override onBytes(path: i32, pointer: usize, length: i32): void {
    if (this.mayNest) this.findNesting(pointer, length);
    this.nested.feed(this.scanner!, pointer, length);
  }

  finish(): void {
    this.nested.finish(this.scanner!);
  }

  private findNesting(pointer: usize, length: i32): void {
    const first = firstOf(pointer, length);
    this.mayNest = first == 0;
    this.nesting = nestingOf(first);
    this.nested.nesting = this.nesting;
  }
}

const STREAM_FEED = new StreamFeed();
const WHOLE_FEED = new WholeFeed();

/**
 * The texts of events that are held, in their order: looked at when they come, and written as they are to be when they go. What it
 * keeps is notes; the bytes are somebody else's.
 *
 * Notes take at most `maxBytes` of each kind: of texts, and of spans.
 */
@final
export class HeldTexts {
  /** There was no room for a note, or there are too many texts at a time. */
  isFull: bool = false;
  readonly streams: ReplyTextStreams;
  /** Something has gone out masked. */
  private hasMasked: bool = false;
  private readonly texts: ReplyFifo;
  /** Of the texts of their own, in their order. */
  private readonly spans: ReplyFifo;
  private readonly whole: ReplyScanner;

  constructor(
    private readonly judge: ReplyJudge,
    maxBytes: i32,
  ) {
    this.texts = new ReplyFifo(maxBytes);
    this.spans = new ReplyFifo(maxBytes);
    this.streams = new ReplyTextStreams(judge);
    this.whole = judge.newScanner();
  }

  reset(): void {
    this.isFull = false;
    this.hasMasked = false;
    this.texts.reset();
    this.spans.reset();
    this.streams.reset();
  }


  @inline
  get count(): i32 {
    return this.texts.length / HELD_TEXT_BYTES;
  }

  /** Whether all that is to be masked in the first `count` texts is known. */
  areSettled(count: i32): bool {
    let text = this.texts.pointer;
    for (; count > 0; count--) {
      const note = changetype<HeldText>(text);
      const stream = note.stream;
      if (stream >= 0 && this.streams.at(stream).settled < note.offset + note.length) return false;
      text += HELD_TEXT_BYTES;
    }
    return true;
  }

  /** Whether the first `count` texts, which are settled, go out as other bytes. */
  areChanged(count: i32): bool {
    let hasRepeats = false;
    let text = this.texts.pointer;
    for (; count > 0; count--) {
      const note = changetype<HeldText>(text);
      if (note.stream == REPEAT) hasRepeats = true;
      else if (this.isMasked(note)) return true;
      text += HELD_TEXT_BYTES;
    }
    return hasRepeats && this.hasMasked;
  }

  /** Appends an event, [pointer, end), that has the first `count` texts, which change; false when `out` has no room. */
  write(count: i32, pointer: usize, end: usize, out: ByteBuffer): bool {
    this.hasMasked = true;
    let at = pointer;
    let span = this.spans.pointer;
    let isFull = false;
    let text = this.texts.pointer;
    for (; count > 0; count--) {
      const note = changetype<HeldText>(text);
      const from = pointer + <usize>note.start;
      const to = pointer + <usize>note.end;
      text += HELD_TEXT_BYTES;
      if (note.stream == REPEAT) {
        const empty = note.form == TextForm.RepeatArray ? EMPTY_ARRAY : NULL;
        isFull = !out.append(at, <i32>(from - at)) || !out.append(empty.pointer, empty.length) || isFull;
        at = to;
      } else if (this.isMasked(note) && note.form != TextForm.Break) {
        isFull = !out.append(at, <i32>(from - at)) || !this.splice(note, span, from, to, out) || isFull;
        at = to;
      }
      span += <usize>note.spanCount * SPAN_BYTES;
    }
    return out.append(at, <i32>(end - at)) && !isFull;
  }

  /** The first `count` texts are out. */
  drop(count: i32): void {
    let spanCount = 0;
    for (; count > 0; count--) {
      const note = changetype<HeldText>(this.texts.pointer);
      if (note.stream >= 0) this.streams.at(note.stream).letGo(note.offset + note.length);
      spanCount += note.spanCount;
      this.texts.drop(HELD_TEXT_BYTES);
    }
    if (spanCount > 0) this.spans.drop(spanCount * <i32>SPAN_BYTES);
  }

  /** Looks at a part of a text that grows, in the event of this number at `pointer`; false when there is nothing of it. */
  takePart(text: EventText, pointer: usize, event: i32): bool {
    const from = pointer + <usize>text.start;
    const to = pointer + <usize>text.end;
    const form = <TextForm>text.form;
    if (form == TextForm.None || (from == to && form != TextForm.Break)) return false;
    const id = this.streams.find(text.key, text.top, text.place, <TextKind>text.kind);
    const note = this.note(text, id);
    if (id == NO_STREAM || this.isFull) {
      this.isFull = true;
      return false;
    }
    const stream = this.streams.at(id);
    const hasEscapes = form == TextForm.String && findByte(from, to, BACKSLASH) < to;
    if (!hasEscapes) stream.endHalf();
    note.offset = stream.beginPart(hasEscapes && isSecondHalf(from, to));
    if (hasEscapes) {
      STREAM_FEED.stream = stream;
      DECODER.beginBehind(stream.takeHalf());
      DECODER.decode(STREAM_FEED, NONE, from, <i32>(to - from));
      stream.keepHalf(DECODER.cut());
    } else if (form == TextForm.Break) {
      stream.feed(LINE_FEED.pointer, LINE_FEED.length);
    } else {
      stream.feed(from, <i32>(to - from));
    }
    note.length = stream.length - note.offset;
    note.nesting = <u8>stream.partNesting;
    stream.heldParts++;
    stream.lastEvent = event;
    stream.missed = 0;
    if (stream.scanner.masks.isFull) this.isFull = true;
    return true;
  }

  /** Looks at a text of its own, or notes what repeats one. */
  takeWhole(text: EventText, pointer: usize): void {
    const from = pointer + <usize>text.start;
    const to = pointer + <usize>text.end;
    const form = <TextForm>text.form;
    if (form == TextForm.None || from == to) return;
    const isRepeat = form == TextForm.RepeatArray || form == TextForm.RepeatObject;
    const note = this.note(text, isRepeat ? REPEAT : WHOLE);
    if (isRepeat || this.isFull) return;
    const scanner = this.whole;
    scanner.begin(<TextKind>text.kind);
    WHOLE_FEED.begin(scanner, form == TextForm.String && text.kind == TextKind.ToolInput);
    if (findByte(from, to, BACKSLASH) == to) {
      WHOLE_FEED.onBytes(NONE, from, <i32>(to - from));
    } else {
      DECODER.decode(WHOLE_FEED, NONE, from, <i32>(to - from));
      DECODER.finish(WHOLE_FEED, NONE);
    }
    WHOLE_FEED.finish();
    const masks = scanner.masks;
    if (masks.isFull || !this.spans.append(masks.pointer, masks.count * <i32>SPAN_BYTES)) this.isFull = true;
    note.spanCount = masks.count;
    note.nesting = <u8>WHOLE_FEED.nesting;
  }

  /** Whether anything of the text is masked; if it is part of a longer one, all before it is out. */
  private isMasked(note: HeldText): bool {
    if (note.stream == WHOLE) return note.spanCount > 0;
    const masks = this.streams.at(note.stream).scanner.masks;
    for (let i = 0; i < masks.count; i++) {
      const span = masks.at(i);
      if (span.end > note.offset) return span.start < note.offset + note.length;
    }
    return false;
  }

  private splice(note: HeldText, ownSpans: usize, from: usize, to: usize, out: ByteBuffer): bool {
    const nesting = <Nesting>note.nesting;
    const isPlain = note.form == TextForm.Plain;
    const inString = nesting == Nesting.None ? MaskPlace.Inside : MaskPlace.Nested;
    const place = isPlain ? MaskPlace.Plain : inString;
    if (note.stream == WHOLE) {
      SPLICE.begin(this.judge, ownSpans, note.spanCount, 0, nesting, place, out);
    } else {
      const masks = this.streams.at(note.stream).scanner.masks;
      SPLICE.begin(this.judge, masks.pointer, masks.count, note.offset, nesting, place, out);
    }
    const isNumber = note.form == TextForm.Number;
    const hasQuote = !isNumber || out.append(QUOTE.pointer, QUOTE.length);
    if (isNumber || isPlain) SPLICE.feedPlain(from, <i32>(to - from));
    else SPLICE.feed(from, <i32>(to - from));
    SPLICE.finish();
    return hasQuote && !SPLICE.isFull && (!isNumber || out.append(QUOTE.pointer, QUOTE.length));
  }

  /** Notes a text; `isFull` when there is no room. */
  private note(text: EventText, stream: i32): HeldText {
    const note = changetype<HeldText>(this.texts.push(HELD_TEXT_BYTES));
    if (changetype<usize>(note) == 0) {
      this.isFull = true;
      return note;
    }
    note.start = text.start;
    note.end = text.end;
    note.stream = stream;
    note.offset = 0;
    note.length = 0;
    note.spanCount = 0;
    note.form = text.form;
    note.nesting = <u8>Nesting.None;
    return note;
  }
}

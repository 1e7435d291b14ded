import { ByteBuffer } from "../../bytes/buffer";
import { findByte } from "../../bytes/find";
import { ByteString } from "../../bytes/view";
import { Nesting } from "../../json/nesting";
import { NONE } from "../../json/paths";
import { isSecondHalf, StringDecoder } from "../../json/string-decoder";
import { EventText } from "./event-text";
import { StreamFeed } from "./feeds";
import { ReplyFifo } from "./fifo";
import { HELD_TEXT_BYTES, HeldText, isMasked, NO_KEY, passedBy, REPEAT, WHOLE } from "./held-text";
import { MaskSpans, SPAN_BYTES } from "./masks";
import { MaskPlace, ReplyJudge, TextKind } from "./scanner";
import { ReplySplice } from "./splice";
import { TextForm } from "./text-form";
import { NO_STREAM, ReplyTextStreams } from "./text-streams";
import { WholeTexts } from "./whole-texts";

const BACKSLASH: u8 = 0x5c;
const LINE_FEED = new ByteString("\n");
const QUOTE = new ByteString('"');
const EMPTY_ARRAY = new ByteString("[]");
const NULL = new ByteString("null");

const SPLICE = new ReplySplice();
const DECODER = new StringDecoder();
const STREAM_FEED = new StreamFeed();

/**
 * The texts of events that are held, in their order: looked at when they come, and written as they are to be when they go. What it
 * keeps is notes; the bytes are somebody else's.
 *
 * Notes of texts take at most `maxBytes`.
 */
@final
export class HeldTexts {
  readonly streams: ReplyTextStreams;
  /** There was no room for a note or for what is to be masked of a text that grows, or there are too many texts at a time. */
  private hasNoRoom: bool = false;
  /** Something of the answer has gone out masked. */
  private hasMasked: bool = false;
  /** Each event is an answer of its own. */
  private areApart: bool = false;
  /** Some text may be all so far of one that grows. */
  private hasRestated: bool = false;
  private readonly texts: ReplyFifo;
  private readonly wholes: WholeTexts;

  constructor(
    private readonly judge: ReplyJudge,
    maxBytes: i32,
  ) {
    this.texts = new ReplyFifo(maxBytes);
    this.streams = new ReplyTextStreams(judge);
    this.wholes = new WholeTexts(judge);
  }

  /** Not all texts that came could be noted and looked at. */
  get isFull(): bool {
    return this.hasNoRoom || this.wholes.isFull;
  }

  /** Begins other texts. With `areApart` each event is an answer of its own. */
  reset(areApart: bool): void {
    this.hasNoRoom = false;
    this.hasMasked = false;
    this.areApart = areApart;
    this.hasRestated = false;
    this.texts.reset();
    this.wholes.reset();
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
    if (this.hasRestated) this.maskEnds(count);
    let hasRepeats = false;
    let text = this.texts.pointer;
    for (; count > 0; count--) {
      const note = changetype<HeldText>(text);
      if (note.stream == REPEAT) hasRepeats = true;
      else if (isMasked(note, this.masksOf(note), 0)) return true;
      text += HELD_TEXT_BYTES;
    }
    return hasRepeats && this.hasMasked;
  }

  /** Appends an event, [pointer, end), that has the first `count` texts, which change; false when `out` has no room. */
  write(count: i32, pointer: usize, end: usize, out: ByteBuffer): bool {
    this.hasMasked = true;
    let at = pointer;
    let passed = 0;
    let isFull = false;
    let text = this.texts.pointer;
    for (; count > 0; count--) {
      const note = changetype<HeldText>(text);
      const from = pointer + <usize>note.start;
      const to = pointer + <usize>note.end;
      text += HELD_TEXT_BYTES;
      const masks = this.masksOf(note);
      if (note.stream == WHOLE) passed = passedBy(note, masks, passed);
      const first = note.stream == WHOLE ? passed : 0;
      if (note.stream == REPEAT) {
        const empty = note.form == TextForm.RepeatArray ? EMPTY_ARRAY : NULL;
        isFull = !out.append(at, <i32>(from - at)) || !out.append(empty.pointer, empty.length) || isFull;
        at = to;
      } else if (isMasked(note, masks, first) && note.form != TextForm.Break) {
        isFull = !out.append(at, <i32>(from - at)) || !this.splice(note, masks, first, from, to, out) || isFull;
        at = to;
      }
    }
    return out.append(at, <i32>(end - at)) && !isFull;
  }

  /** The first `count` texts are out. */
  drop(count: i32): void {
    const wholes = this.wholes;
    for (; count > 0; count--) {
      const note = changetype<HeldText>(this.texts.pointer);
      const end = note.offset + note.length;
      if (note.stream >= 0) this.streams.at(note.stream).letGo(end);
      else if (note.stream == WHOLE && wholes.masks.count > 0) wholes.masks.dropTo(end);
      this.texts.drop(HELD_TEXT_BYTES);
    }
    if (this.count == 0) wholes.end = 0;
    if (this.areApart) this.hasMasked = false;
  }

  /** Looks at a part of a text that grows, in the event of this number at `pointer`; false when there is nothing of it. */
  takePart(text: EventText, pointer: usize, event: i32): bool {
    const from = pointer + <usize>text.start;
    const to = pointer + <usize>text.end;
    const form = <TextForm>text.form;
    if (form == TextForm.None || (from == to && form != TextForm.Break)) return false;
    const id = this.streams.find(text.key, text.top, text.place, <TextKind>text.kind);
    const note = this.note(text, id);
    if (id == NO_STREAM) this.hasNoRoom = true;
    if (this.isFull) return false;
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
    if (text.isRestated) this.wholes.look(text, from, to, stream.scanner.masks, note.offset);
    note.nesting = <u8>stream.partNesting;
    stream.heldParts++;
    stream.lastEvent = event;
    stream.missed = 0;
    if (stream.scanner.masks.isFull) this.hasNoRoom = true;
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
    const wholes = this.wholes;
    note.offset = wholes.end;
    note.length = wholes.take(text, from, to);
    note.nesting = <u8>wholes.nesting;
    if (text.isRestated) {
      note.key = text.key;
      this.hasRestated = true;
    }
  }

  /** All texts of the event have come, the last `count`: finds the streams that those are all of so far that say so. */
  findRestated(count: i32): void {
    if (!this.hasRestated) return;
    let text = this.texts.pointer + <usize>(this.texts.length - count * HELD_TEXT_BYTES);
    for (; count > 0; count--) {
      const note = changetype<HeldText>(text);
      text += HELD_TEXT_BYTES;
      if (note.key == NO_KEY) continue;
      const id = this.streams.idOf(note.key);
      if (id == NO_STREAM || this.streams.at(id).length != note.length) note.key = NO_KEY;
      else note.restated = id;
    }
  }

  /** What is masked in a stream over the end of a text that is all of it so far begins in that text, too. */
  private maskEnds(count: i32): void {
    let text = this.texts.pointer;
    for (; count > 0; count--) {
      const note = changetype<HeldText>(text);
      text += HELD_TEXT_BYTES;
      if (note.key == NO_KEY) continue;
      const stream = this.streams.at(note.restated);
      if (stream.key == note.key) this.maskEnd(note, stream.scanner.masks);
    }
  }

  private maskEnd(note: HeldText, masks: MaskSpans): void {
    for (let i = masks.count - 1; i >= 0; i--) {
      const span = masks.at(i);
      if (span.end <= note.length) return;
      if (span.start >= note.length) continue;
      this.wholes.masks.add(note.offset + span.start, note.offset + note.length, span.id, false);
    }
  }

  /** No text of the document follows those that have come. */
  finishSeams(): void {
    this.wholes.finishSeams();
  }

  private masksOf(note: HeldText): MaskSpans {
    return note.stream < 0 ? this.wholes.masks : this.streams.at(note.stream).scanner.masks;
  }

  /** Writes a text with the masks from the `first` on. */
  private splice(note: HeldText, masks: MaskSpans, first: i32, from: usize, to: usize, out: ByteBuffer): bool {
    const nesting = <Nesting>note.nesting;
    const isPlain = note.form == TextForm.Plain;
    const inString = nesting == Nesting.None ? MaskPlace.Inside : MaskPlace.Nested;
    const place = isPlain ? MaskPlace.Plain : inString;
    const spans = masks.pointer + <usize>first * SPAN_BYTES;
    SPLICE.begin(this.judge, spans, masks.count - first, note.offset, nesting, place, out);
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
      this.hasNoRoom = true;
      return note;
    }
    note.start = text.start;
    note.end = text.end;
    note.stream = stream;
    note.offset = 0;
    note.length = 0;
    note.form = text.form;
    note.nesting = <u8>Nesting.None;
    note.key = NO_KEY;
    return note;
  }
}

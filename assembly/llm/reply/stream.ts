import { ByteBuffer } from "../../bytes/buffer";
import { findLineEnd, SseFramer } from "../../sse/framer";
import { EventListener } from "../../sse/listener";
import { ReplyEvent } from "./event";
import { framingOf, markLength, ReplyFraming } from "./framing";
import { HeldEvents } from "./held";
import { ReplyNames } from "./names";
import { Found, ReplyObjects } from "./objects";
import { ReplyOutcome } from "./outcome";
import { ReplyProgress } from "./progress";
import { ReplyJudge } from "./scanner";
import { CUT, OTHER } from "./template";
import { ReplyWindow } from "./window";

const CR: u32 = 0x0d;
const LF: u32 = 0x0a;

/** An event of which more has come is read as it comes, whatever the last ones were like. */
const MOST_WAITING_BYTES: usize = 2048;

const LARGE_BYTES: i32 = 64 << 10;
const MANY_TEXTS: i32 = 4;

/** Keeps where the last event was that a framer has found. */
@final
class LastEvent extends EventListener {
  isNew: bool = false;
  start: u64 = 0;
  end: u64 = 0;

  override onEventEnd(start: u64, end: u64): void {
    this.isNew = true;
    this.start = start;
    this.end = end;
  }
}

/**
 * Has every text of an answer looked at that arrives in pieces, and masks in flight: Server-Sent Events, JSON one object a line, an
 * array of objects, one object, or plain text. Its framing is recognised by its first bytes, its dialect event by event.
 *
 * An event goes out when the judge has settled all of its texts, in the order in which it came; byte for byte, but for what is
 * masked, and for what would repeat that in pieces, such as log probabilities and a transcript's words. A mask stands in the event in
 * which its span begins; the rest of the span is taken away from that event and those that follow. Splitting the answer anywhere
 * gives the same bytes, but for where a rejection or a budget ends a plain text.
 *
 * Holds at most `maxHeldBytes` of the answer, and notes about it: at most as much of each kind. Allocates nothing for an event once
 * its buffers have grown.
 */
@final
export class ReplyStream {
  /** What the answer calls itself. */
  readonly names: ReplyNames;
  readonly progress: ReplyProgress;
  private framing: ReplyFraming = ReplyFraming.Unknown;
  private outcome: ReplyOutcome = ReplyOutcome.Unchanged;
  private isEventStream: bool = false;
  private areWhole: bool = false;
  private isLast: bool = false;
  /** An object, of those that follow one another, has been taken. */
  private hasObject: bool = false;
  /** All of a plain text before this offset has been taken. */
  private plainStart: u64 = 0;
  private readonly window: ReplyWindow;
  private readonly events: HeldEvents;
  private readonly sse: SseFramer;
  private readonly lastEvent: LastEvent;
  private readonly objects: ReplyObjects = new ReplyObjects();
  /** The last two kinds of events: streams nearly always have one, sometimes by turns. */
  private event: ReplyEvent;
  private otherEvent: ReplyEvent;

  constructor(
    private readonly judge: ReplyJudge,
    maxHeldBytes: i32,
  ) {
    const names = new ReplyNames();
    const progress = new ReplyProgress();
    const lastEvent = new LastEvent();
    this.names = names;
    this.progress = progress;
    this.lastEvent = lastEvent;
    this.window = new ReplyWindow(maxHeldBytes);
    this.events = new HeldEvents(judge, progress, maxHeldBytes);
    this.event = new ReplyEvent(names, maxHeldBytes);
    this.otherEvent = new ReplyEvent(names, maxHeldBytes);
    this.sse = new SseFramer(lastEvent);
  }

  /**
   * Begins another answer. Of `text/event-stream`, whatever else doesn't look like JSON is events. With `areWhole` each of its objects
   * is an answer of its own, as a batch's are: no text grows from one to the next.
   */
  begin(isEventStream: bool, areWhole: bool): void {
    this.isEventStream = isEventStream;
    this.areWhole = areWhole;
    this.framing = ReplyFraming.Unknown;
    this.outcome = ReplyOutcome.Unchanged;
    this.isLast = false;
    this.hasObject = false;
    this.lastEvent.isNew = false;
    this.plainStart = 0;
    this.window.reset();
    this.events.reset(areWhole);
    this.objects.begin(0);
    this.names.reset();
    this.event.forget();
    this.otherEvent.forget();
  }

  /** It is Server-Sent Events, as far as it has come. */
  get isEvents(): bool {
    return this.framing == ReplyFraming.Events;
  }

  /** An answer has made it larger than most answers need. */
  get isLarge(): bool {
    return this.window.capacity > LARGE_BYTES || this.events.mostTexts > MANY_TEXTS;
  }

  /**
   * Takes a piece, and appends to `out` what may go to the client instead, unless that is the piece (`Unchanged`). `isLast` ends the
   * answer.
   *
   * With any other outcome than `Unchanged` and `Changed` it takes no more; what it has appended ends with a whole event, unless there
   * was `NoRoom`. `OverBudget`: an event is longer than the budget, more would have to be held, or more texts grow at a time than are
   * kept apart. `Unreadable`: a binary event stream, or an event that has a text that grows twice under one key.
   */
  feed(pointer: usize, length: i32, isLast: bool, out: ByteBuffer): ReplyOutcome {
    if (this.hasStopped) return this.outcome;
    const window = this.window;
    window.begin(pointer, length, out);
    let passes = false;
    do {
      if (!window.advance()) {
        this.stop(ReplyOutcome.OverBudget);
        break;
      }
      this.consume();
      if (isLast && !window.hasRest) this.end();
      passes = !this.hasStopped && !window.hasRest && window.passesPiece();
      if (passes || this.hasStopped) break;
      if (!window.keep()) this.stop(ReplyOutcome.OverBudget);
    } while (window.hasRest && !this.hasStopped);
    if (!passes) window.write();
    if (window.isFull) this.stop(ReplyOutcome.NoRoom);
    this.progress.isArray = this.objects.isArray;
    this.progress.isLines = this.framing == ReplyFraming.Objects && !this.objects.isArray;
    this.progress.hasBytes = window.written > 0;
    return passes ? ReplyOutcome.Unchanged : max(this.outcome, ReplyOutcome.Changed);
  }

  /**
   * After `OverBudget` or `Unreadable`: appends what is held and what is left of the piece, which must still be there. What was to be
   * masked so far is. False when `out` has no room, or when what was looked at last is rejected.
   */
  release(out: ByteBuffer): bool {
    const window = this.window;
    window.out = out;
    this.events.finishTexts();
    if (this.judge.isRejected) return false;
    this.letGo();
    window.release();
    return !window.isFull;
  }

  private get hasStopped(): bool {
    return this.outcome > ReplyOutcome.Changed;
  }

  private stop(outcome: ReplyOutcome): void {
    if (!this.hasStopped) this.outcome = outcome;
  }

  /** Looks at what of the window is new. */
  private consume(): void {
    if (this.framing == ReplyFraming.Unknown) this.recognise();
    switch (this.framing) {
      case ReplyFraming.Events:
        this.consumeEvents();
        break;
      case ReplyFraming.Objects:
        this.consumeObjects();
        break;
      case ReplyFraming.Plain:
        this.takePlain();
    }
  }

  /** The window has all of the answer so far. */
  private recognise(): void {
    const start = this.window.addressOf(0);
    const end = this.window.addressOf(this.window.offset);
    const framing = framingOf(start, end, this.isEventStream);
    this.framing = framing;
    if (framing == ReplyFraming.Binary) this.stop(ReplyOutcome.Unreadable);
    this.sse.begin(0);
    this.objects.begin(framing == ReplyFraming.Objects ? markLength(start, end) : 0);
  }

  private consumeEvents(): void {
    const sse = this.sse;
    const window = this.window;
    const end = window.addressOf(window.offset);
    let at = window.addressOf(sse.offset);
    while (at < end && !this.hasStopped) {
      if (sse.isBetween) {
        const next = this.matchNext(at, end);
        if (next == CUT) break;
        if (next != OTHER) {
          const start = sse.offset;
          sse.skip(<i32>(next - at));
          this.takeEvent(start, sse.offset, start);
          at = next;
          continue;
        }
      }
      let stop = findLineEnd(at, end) + 1;
      if (stop < end && <u32>load<u8>(stop - 1) == CR && <u32>load<u8>(stop) == LF) stop++;
      stop = min(stop, end);
      const blockStart = sse.eventStart;
      sse.feed(at, <i32>(stop - at));
      at = stop;
      if (this.lastEvent.isNew) this.takeLastEvent();
      else if (sse.eventStart != blockStart) this.passBlock(sse.eventStart);
    }
    if (this.events.isEmpty && !this.hasStopped) window.done = sse.eventStart;
  }

  private consumeObjects(): void {
    const objects = this.objects;
    const window = this.window;
    const end = window.addressOf(window.offset);
    let at = window.addressOf(objects.offset);
    while (at < end && !this.hasStopped) {
      if (objects.isBetween) {
        const next = this.matchNext(at, end);
        if (next == CUT) break;
        if (next != OTHER) {
          const start = objects.offset;
          objects.skip(<i32>(next - at));
          this.takeEvent(start, objects.offset, objects.lastGapEnd);
          at = next;
          continue;
        }
      }
      const found = objects.feed(at, end);
      at = window.addressOf(objects.offset);
      if (found != Found.Nothing) this.takeObject(found == Found.Garbage);
    }
    if (this.events.isEmpty && !this.hasStopped) window.done = objects.gapEnd;
  }

  /** A block without data has ended: nothing is looked for in it. */
  private passBlock(end: u64): void {
    if (!this.events.isEmpty) return;
    if (this.window.holds(end)) this.window.done = end;
    else this.stop(ReplyOutcome.OverBudget);
  }

  private takeLastEvent(): void {
    const last = this.lastEvent;
    last.isNew = false;
    this.turn();
    this.event.readEvent(this.window.addressOf(last.start), this.window.addressOf(last.end));
    this.takeEvent(last.start, last.end, last.start);
  }

  private takeObject(isGarbage: bool): void {
    this.turn();
    const objects = this.objects;
    const start = this.window.addressOf(objects.start);
    const end = this.window.addressOf(objects.offset);
    if (isGarbage) this.event.readPlain(start, end);
    else this.event.readObject(start, end, !objects.isArray && !this.hasObject, this.areWhole);
    this.hasObject = true;
    this.takeEvent(objects.start, objects.offset, objects.lastGapEnd);
  }

  /** What of a plain text has not been taken. */
  private takePlain(): void {
    const window = this.window;
    const start = this.plainStart;
    this.plainStart = window.offset;
    if (start == window.offset) return;
    this.event.readPlain(window.addressOf(start), window.addressOf(window.offset));
    this.take(start, window.offset);
  }

  /**
   * Behind the event at `at` if it is like one of the last two, which is `event` then; `OTHER`, or `CUT` when more of it could make it
   * one.
   */
  private matchNext(at: usize, end: usize): usize {
    const next = this.event.matchNext(at, end);
    if (next > CUT) return next;
    const other = this.otherEvent.matchNext(at, end);
    if (other > CUT) {
      this.turn();
      return other;
    }
    const isCut = next == CUT || other == CUT;
    return isCut && !this.isLast && end - at < MOST_WAITING_BYTES ? CUT : OTHER;
  }

  private turn(): void {
    const event = this.otherEvent;
    this.otherEvent = this.event;
    this.event = event;
  }

  /** The event is [start, end) of the answer; nothing else need be held of what is after `gapEnd`. */
  private takeEvent(start: u64, end: u64, gapEnd: u64): void {
    if (this.hasStopped) return;
    const window = this.window;
    if (this.events.isEmpty) window.done = gapEnd;
    if (!window.holds(end)) this.stop(ReplyOutcome.OverBudget);
    this.take(start, end);
  }

  private take(start: u64, end: u64): void {
    if (this.hasStopped) return;
    if (this.event.isAmbiguous) {
      this.stop(ReplyOutcome.Unreadable);
      return;
    }
    const hasRoom = this.events.take(this.event, this.window.addressOf(start), <u32>start, <i32>(end - start));
    if (this.judge.isRejected) this.stop(ReplyOutcome.Rejected);
    else if (!hasRoom) this.stop(ReplyOutcome.OverBudget);
    else this.letGo();
  }

  /** Lets those events go out that are settled, up to the first that isn't. */
  private letGo(): void {
    const events = this.events;
    const window = this.window;
    while (!events.isEmpty && events.isSettled) {
      const start = window.done + <u64>(events.start - <u32>window.done);
      const end = start + events.size;
      if (events.isChanged) {
        window.done = start;
        window.write();
        if (!events.write(window.addressOf(start), window.addressOf(end), window.out)) window.isFull = true;
        window.skip(end);
      }
      window.done = end;
      events.drop();
    }
  }

  /** The answer is over. */
  private end(): void {
    if (this.hasStopped) return;
    this.isLast = true;
    const sse = this.sse;
    switch (this.framing) {
      case ReplyFraming.Events:
        this.consumeEvents();
        sse.finish();
        if (sse.isOpen) this.lastEvent.onEventEnd(sse.eventStart, this.window.offset);
        if (this.lastEvent.isNew) this.takeLastEvent();
        break;
      case ReplyFraming.Objects:
        this.consumeObjects();
        if (!this.objects.isBetween) this.takeObject(true);
        break;
      case ReplyFraming.Unknown:
        this.takePlain();
    }
    const window = this.window;
    // What would have had to be held, had the end come later, must fit.
    const isPlain = this.framing == ReplyFraming.Plain;
    if (!isPlain && window.offset - window.done > <u64>window.maxHeldBytes) this.stop(ReplyOutcome.OverBudget);
    if (this.hasStopped) return;
    this.events.finishTexts();
    if (this.judge.isRejected) {
      this.stop(ReplyOutcome.Rejected);
      return;
    }
    this.letGo();
    window.done = window.offset;
  }
}

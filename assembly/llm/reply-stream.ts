import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { findLineEnd, SseFramer } from "../sse/framer";
import { EventListener } from "../sse/listener";
import { ReplyEvent } from "./reply-event";
import { framingOf, markLength, ReplyFraming } from "./reply-framing";
import { HeldEvents } from "./reply-held";
import { ReplyNames } from "./reply-names";
import { Found, ReplyObjects } from "./reply-objects";
import { ReplyOutcome } from "./reply-outcome";
import { ReplyProgress } from "./reply-progress";
import { ReplyJudge } from "./reply-scanner";
import { CUT, OTHER } from "./reply-template";

const CR: u32 = 0x0d;
const LF: u32 = 0x0a;

/** An event of which more has come is read as it comes, whatever the last ones were like. */
const MOST_WAITING_BYTES: usize = 2048;

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
 * masked, and for the log probabilities that would repeat what is masked. A mask stands in the event in which its span begins; the
 * rest of the span is taken away from that event and those that follow. Splitting the answer anywhere gives the same bytes, but
 * for where a rejection or a budget ends a plain text.
 *
 * Holds at most `maxHeldBytes` of the answer, and of notes about it at most three times that. Allocates nothing for an event once
 * its buffers have grown.
 */
@final
export class ReplyStream {
  /** What the answer calls itself. */
  readonly names: ReplyNames;
  readonly progress: ReplyProgress;
  framing: ReplyFraming = ReplyFraming.Unknown;
  private isEventStream: bool = false;
  private isLast: bool = false;
  /** An object, of those that follow one another, has been taken. */
  private hasObject: bool = false;
  private outcome: ReplyOutcome = ReplyOutcome.Unchanged;
  /** Consumed bytes, by the offset of the first that isn't. */
  private offset: u64 = 0;
  /** All of a plain text before this offset has been taken. */
  private plainStart: u64 = 0;
  /** All before this offset may go out, or is out. */
  private done: u64 = 0;
  /** All before this offset is in `out`, or went out before. */
  private written: u64 = 0;
  /** Where the bytes are that are looked at, and the offset of the first. */
  private region: usize = 0;
  private regionStart: u64 = 0;
  /** What of the piece has not been consumed. */
  private rest: usize = 0;
  private restLength: i32 = 0;
  private out: ByteBuffer | null = null;
  private readonly held: ByteBuffer;
  private readonly events: HeldEvents;
  private readonly sse: SseFramer;
  private readonly lastEvent: LastEvent;
  private readonly objects: ReplyObjects = new ReplyObjects();
  /** The last two kinds of events: streams nearly always have one, sometimes by turns. */
  private event: ReplyEvent;
  private otherEvent: ReplyEvent;

  constructor(
    private readonly judge: ReplyJudge,
    private readonly maxHeldBytes: i32,
  ) {
    const names = new ReplyNames();
    const progress = new ReplyProgress();
    const lastEvent = new LastEvent();
    this.names = names;
    this.progress = progress;
    this.lastEvent = lastEvent;
    this.held = new ByteBuffer(new Budget(maxHeldBytes));
    this.events = new HeldEvents(judge, progress, maxHeldBytes);
    this.event = new ReplyEvent(names, maxHeldBytes);
    this.otherEvent = new ReplyEvent(names, maxHeldBytes);
    this.sse = new SseFramer(lastEvent);
  }

  /** Begins another answer. Of `text/event-stream`, whatever else doesn't look like JSON is events. */
  begin(isEventStream: bool): void {
    this.isEventStream = isEventStream;
    this.framing = ReplyFraming.Unknown;
    this.outcome = ReplyOutcome.Unchanged;
    this.isLast = false;
    this.hasObject = false;
    this.lastEvent.isNew = false;
    this.plainStart = 0;
    this.offset = 0;
    this.done = 0;
    this.written = 0;
    this.held.clear();
    this.events.reset();
    this.names.reset();
  }

  /**
   * Takes a piece, and appends to `out` what may go to the client instead, unless that is the piece (`Unchanged`). `isLast` ends the
   * answer.
   *
   * With any other outcome than `Unchanged` and `Changed` it takes no more; what it has appended ends with a whole event, unless there
   * was `NoRoom`. `OverBudget`: an event is longer than the budget, more would have to be held, or more texts grow at a time than are
   * kept apart. `Unreadable`: a binary event stream.
   */
  feed(pointer: usize, length: i32, isLast: bool, out: ByteBuffer): ReplyOutcome {
    if (this.outcome > ReplyOutcome.Changed) return this.outcome;
    this.out = out;
    this.rest = pointer;
    this.restLength = length;
    const outcome = this.takePiece(length, isLast);
    this.progress.isArray = this.objects.isArray;
    this.progress.hasBytes = this.written > 0;
    return outcome;
  }

  private takePiece(length: i32, isLast: bool): ReplyOutcome {
    const start = this.offset;
    const held = this.held;
    const hasHeld = held.length > 0;
    if (!hasHeld) {
      this.region = this.rest;
      this.regionStart = start;
      this.consumeRest(length);
      if (isLast) this.end();
      if (this.outcome == ReplyOutcome.Unchanged && this.written == start && this.done == this.offset) {
        this.written = this.done;
        return ReplyOutcome.Unchanged;
      }
      this.writeDone();
      const left = this.offset - this.done;
      if (left > <u64>this.maxHeldBytes) this.stop(ReplyOutcome.OverBudget);
      if (this.outcome == ReplyOutcome.Unchanged) held.append(this.addressOf(this.done), <i32>left);
    } else {
      this.feedHeld();
      if (isLast) this.end();
      this.writeDone();
      this.dropDone();
    }
    return max(this.outcome, ReplyOutcome.Changed);
  }

  /**
   * After `OverBudget` or `Unreadable`: appends what is held and what is left of the piece, which must still be there. What was to be
   * masked so far is. False when `out` has no room.
   */
  release(out: ByteBuffer): bool {
    this.out = out;
    this.outcome = ReplyOutcome.Unchanged;
    this.events.isFull = false;
    this.events.finishTexts();
    this.letGo();
    if (!this.judge.isRejected) {
      this.done = this.offset;
      this.writeDone();
    }
    return this.outcome == ReplyOutcome.Unchanged && out.append(this.rest, this.restLength);
  }

  /** Feeds what is left of the piece to what is held, as much at a time as the budget allows. */
  private feedHeld(): void {
    const held = this.held;
    do {
      this.region = held.pointer;
      this.regionStart = this.offset - held.length;
      const taken = min(this.restLength, this.maxHeldBytes - held.length);
      if (taken == 0 && this.restLength > 0) {
        this.stop(ReplyOutcome.OverBudget);
        return;
      }
      held.append(this.rest, taken);
      this.region = held.pointer;
      this.consumeRest(taken);
      if (this.restLength > 0) {
        this.writeDone();
        this.dropDone();
      }
    } while (this.restLength > 0 && this.outcome <= ReplyOutcome.Changed);
  }

  /** Consumes the next bytes of the piece, which are in the region. */
  private consumeRest(length: i32): void {
    this.rest += length;
    this.restLength -= length;
    const at = this.addressOf(this.offset);
    this.offset += length;
    const end = at + length;
    if (this.framing == ReplyFraming.Unknown) this.recognise(end);
    switch (this.framing) {
      case ReplyFraming.Events:
        this.consumeEvents(end);
        break;
      case ReplyFraming.Objects:
        this.consumeObjects(end);
        break;
      case ReplyFraming.Plain:
        this.takePlain();
    }
  }

  /** The region has all of the answer so far. */
  private recognise(end: usize): void {
    const framing = framingOf(this.region, end, this.isEventStream);
    this.framing = framing;
    if (framing == ReplyFraming.Binary) this.stop(ReplyOutcome.Unreadable);
    this.sse.begin(0);
    this.objects.begin(framing == ReplyFraming.Objects ? markLength(this.region, end) : 0);
  }

  private consumeEvents(end: usize): void {
    const sse = this.sse;
    let at = this.addressOf(sse.offset);
    while (at < end && this.outcome <= ReplyOutcome.Changed) {
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
      sse.feed(at, <i32>(stop - at));
      at = stop;
      if (this.lastEvent.isNew) this.takeLastEvent();
    }
    if (this.events.isEmpty && this.outcome <= ReplyOutcome.Changed) this.done = sse.eventStart;
  }

  private consumeObjects(end: usize): void {
    const objects = this.objects;
    let at = this.addressOf(objects.offset);
    while (at < end && this.outcome <= ReplyOutcome.Changed) {
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
      at = this.addressOf(objects.offset);
      if (found != Found.Nothing) this.takeObject(found == Found.Garbage);
    }
    if (this.events.isEmpty && this.outcome <= ReplyOutcome.Changed) this.done = objects.gapEnd;
  }

  private takeLastEvent(): void {
    const last = this.lastEvent;
    last.isNew = false;
    this.turn();
    this.event.readEvent(this.addressOf(last.start), this.addressOf(last.end));
    this.takeEvent(last.start, last.end, last.start);
  }

  private takeObject(isGarbage: bool): void {
    this.turn();
    const event = this.event;
    const start = this.addressOf(this.objects.start);
    const end = this.addressOf(this.objects.offset);
    if (isGarbage) event.readPlain(start, end);
    else event.readObject(start, end, !this.objects.isArray && !this.hasObject);
    this.hasObject = true;
    this.takeEvent(this.objects.start, this.objects.offset, this.objects.lastGapEnd);
  }

  /** What of a plain text has not been taken. */
  private takePlain(): void {
    const start = this.plainStart;
    this.plainStart = this.offset;
    if (start == this.offset) return;
    this.event.readPlain(this.addressOf(start), this.addressOf(this.offset));
    this.take(start, this.offset);
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
    if (this.outcome > ReplyOutcome.Changed) return;
    if (this.events.isEmpty) this.done = gapEnd;
    if (end - this.done > <u64>this.maxHeldBytes) this.stop(ReplyOutcome.OverBudget);
    this.take(start, end);
  }

  private take(start: u64, end: u64): void {
    if (this.outcome > ReplyOutcome.Changed) return;
    const events = this.events;
    events.take(this.event, this.addressOf(start), <u32>start, <i32>(end - start));
    if (this.judge.isRejected) this.stop(ReplyOutcome.Rejected);
    else if (events.isFull) this.stop(ReplyOutcome.OverBudget);
    else this.letGo();
  }

  /** Lets those events go out that are settled, up to the first that isn't. */
  private letGo(): void {
    const events = this.events;
    while (!events.isEmpty && events.isSettled) {
      const start = this.done + <u64>(events.start - <u32>this.done);
      const end = start + events.size;
      if (events.isChanged) {
        this.done = start;
        this.writeDone();
        const out = changetype<ByteBuffer>(this.out);
        if (!events.write(this.addressOf(start), this.addressOf(end), out)) this.stop(ReplyOutcome.NoRoom);
        this.written = end;
      }
      this.done = end;
      events.drop();
    }
  }

  /** The answer is over. */
  private end(): void {
    if (this.outcome > ReplyOutcome.Changed) return;
    this.isLast = true;
    const end = this.addressOf(this.offset);
    switch (this.framing) {
      case ReplyFraming.Events:
        this.consumeEvents(end);
        this.sse.finish();
        if (this.sse.isOpen) this.lastEvent.onEventEnd(this.sse.eventStart, this.offset);
        if (this.lastEvent.isNew) this.takeLastEvent();
        break;
      case ReplyFraming.Objects:
        this.consumeObjects(end);
        if (!this.objects.isBetween) this.takeObject(true);
        break;
      case ReplyFraming.Unknown:
        this.takePlain();
    }
    if (this.outcome > ReplyOutcome.Changed) return;
    this.events.finishTexts();
    this.letGo();
    if (this.outcome <= ReplyOutcome.Changed) this.done = this.offset;
  }

  /** Appends to `out` what is done and not written, as it is. */
  private writeDone(): void {
    const length = <i32>(this.done - this.written);
    if (length > 0 && !this.out!.append(this.addressOf(this.written), length)) this.stop(ReplyOutcome.NoRoom);
    this.written = this.done;
  }

  /** What is done need not be held. */
  private dropDone(): void {
    const held = this.held;
    const left = <i32>(this.offset - this.done);
    memory.copy(held.pointer, this.addressOf(this.done), left);
    held.length = left;
    this.regionStart = this.done;
  }

  private stop(outcome: ReplyOutcome): void {
    if (this.outcome <= ReplyOutcome.Changed) this.outcome = outcome;
  }


  @inline
  private addressOf(offset: u64): usize {
    return this.region + <usize>(offset - this.regionStart);
  }
}

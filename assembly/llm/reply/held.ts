import { ByteBuffer } from "../../bytes/buffer";
import { ReplyEvent } from "./event";
import { EventPhase } from "./event-type";
import { ReplyFifo } from "./fifo";
import { HeldTexts } from "./held-texts";
import { ReplyProgress } from "./progress";
import { ReplyJudge, TextKind } from "./scanner";
import { NO_PART, NO_POSITION } from "./slots";


@final
@unmanaged
class HeldEvent {
  /** The lower half of the offset in the answer. */
  start: u32;
  size: i32;
  textCount: i32;
  phase: i32;
  position: i32;
  /** The choice or block that its last text belongs to. */
  top: i32;
  sequenceNumber: i32;
  /** It has some of what the model says to the user. */
  hasWords: bool;
}

const EVENT_BYTES: i32 = 32;

/**
 * The events of a stream whose texts have been looked at and that may not go out yet, in their order. What it keeps is notes, at most
 * `maxBytes` of each kind: of events, and of texts.
 */
@final
export class HeldEvents {
  private eventNumber: i32 = 0;
  private readonly events: ReplyFifo;
  private readonly texts: HeldTexts;

  constructor(
    private readonly judge: ReplyJudge,
    private readonly progress: ReplyProgress,
    maxBytes: i32,
  ) {
    this.events = new ReplyFifo(maxBytes);
    this.texts = new HeldTexts(judge, maxBytes);
  }

  /** Begins another answer, or with `areApart` others, of which each event is one. */
  reset(areApart: bool): void {
    this.eventNumber = 0;
    this.events.reset();
    this.texts.reset(areApart);
    this.progress.reset();
  }

  /** How many texts have grown at a time. */
  get mostTexts(): i32 {
    return this.texts.streams.count;
  }


  @inline
  get isEmpty(): bool {
    return this.events.length == 0;
  }

  /** Where the first event begins: the lower half of its offset in the answer. */
  @inline
  get start(): u32 {
    return this.first.start;
  }

  /** How many bytes the first event has. */
  @inline
  get size(): i32 {
    return this.first.size;
  }

  /**
   * Looks at the texts of the next event, which has `size` bytes at `pointer` and begins at `start` of the answer. False when there is
   * no room for its notes, or when there are too many texts at a time.
   */
  take(event: ReplyEvent, pointer: usize, start: u32, size: i32): bool {
    const number = ++this.eventNumber;
    const sequenceNumber = event.sequenceNumberAt(pointer);
    if (number == 1) this.progress.expect(sequenceNumber);
    const texts = this.texts;
    const before = texts.count;
    let hasGrown = false;
    let hasWords = false;
    for (let i = 0; i < event.textCount; i++) {
      const text = event.text(i);
      const isPart = text.grows || event.phase == EventPhase.None;
      hasWords = hasWords || (isPart && text.kind == TextKind.Content && text.end > text.start);
      if (text.grows) hasGrown = texts.takePart(text, pointer, number) || hasGrown;
      else texts.takeWhole(text, pointer);
      if (texts.isFull || this.judge.isRejected) return !texts.isFull;
    }
    texts.finishSeams();
    if (texts.isFull || this.judge.isRejected) return !texts.isFull;
    texts.findRestated(texts.count - before);
    const streams = texts.streams;
    for (let i = 0; hasGrown && i < event.textCount; i++) {
      const text = event.text(i);
      if (text.grows) streams.settleMissed(text.top, number);
    }
    streams.settleEnding(number);
    if (event.endPart != NO_PART) streams.endPart(event.endPart, number);
    for (let i = 0; i < event.endCount; i++) streams.end(event.ends[i], number);
    const note = changetype<HeldEvent>(this.events.push(EVENT_BYTES));
    if (changetype<usize>(note) == 0 || event.isFull) return false;
    note.start = start;
    note.size = size;
    note.textCount = texts.count - before;
    note.phase = event.phase;
    note.position = event.position;
    note.sequenceNumber = sequenceNumber;
    note.hasWords = hasWords;
    note.top = event.textCount > 0 ? event.text(event.textCount - 1).top : NO_POSITION;
    return true;
  }

  /** No text grows any more. */
  finishTexts(): void {
    this.texts.streams.finish();
  }

  /** Whether all that is to be masked in the first event is known. */
  get isSettled(): bool {
    return this.texts.areSettled(this.first.textCount);
  }

  /** Whether the first event, which is settled, goes out as other bytes. */
  get isChanged(): bool {
    return this.texts.areChanged(this.first.textCount);
  }

  /** Appends the first event, [pointer, end), as it goes out; false when `out` has no room. Only where `isChanged`. */
  write(pointer: usize, end: usize, out: ByteBuffer): bool {
    return this.texts.write(this.first.textCount, pointer, end, out);
  }

  /** The first event is out. */
  drop(): void {
    const event = this.first;
    this.texts.drop(event.textCount);
    this.progress.see(event.phase, event.position, event.top, event.sequenceNumber, event.hasWords);
    this.events.drop(EVENT_BYTES);
  }


  @inline
  private get first(): HeldEvent {
    return changetype<HeldEvent>(this.events.pointer);
  }
}

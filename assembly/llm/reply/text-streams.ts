import { TextKind, ReplyJudge } from "./scanner";
import { NO_POSITION } from "./slots";
import { ReplyTextStream } from "./text-stream";

/** How many texts may grow at a time. */
const MAX_STREAMS: i32 = 64;
/** A text is over when so many events of its choice had other ones only. */
const MAX_MISSED: i32 = 8;

export const NO_STREAM: i32 = -1;

/** The texts of an answer that grow over its events, and may still grow or go out. */
@final
export class ReplyTextStreams {
  /** How many there is memory for: as many as there were at a time. */
  count: i32 = 0;
  private latest: i32 = 0;
  /** Some text may be `isEnding`. */
  private hasEnding: bool = false;
  private readonly streams: StaticArray<ReplyTextStream | null> = new StaticArray<ReplyTextStream | null>(MAX_STREAMS);

  constructor(private readonly judge: ReplyJudge) {}


  @inline
  at(id: i32): ReplyTextStream {
    return changetype<ReplyTextStream>(this.streams[id]);
  }

  reset(): void {
    this.hasEnding = false;
    for (let id = 0; id < this.count; id++) this.at(id).isUsed = false;
  }

  /** The text of this key, which begins if there is none; `NO_STREAM` when there are too many. */
  find(key: u32, top: i32, place: u32, kind: TextKind): i32 {
    if (this.count > 0 && this.isOf(this.latest, key)) return this.latest;
    let free = NO_STREAM;
    for (let id = 0; id < this.count; id++) {
      if (this.isOf(id, key)) {
        this.latest = id;
        return id;
      }
      if (free == NO_STREAM && !this.at(id).isUsed) free = id;
    }
    if (free == NO_STREAM) free = this.count < MAX_STREAMS ? this.create() : this.forgetIdle();
    if (free == NO_STREAM) return free;
    this.at(free).begin(key, top, place, kind);
    this.latest = free;
    return free;
  }

  /** The text of this key that may still grow, or `NO_STREAM`. */
  idOf(key: u32): i32 {
    for (let id = 0; id < this.count; id++) if (this.isOf(id, key)) return id;
    return NO_STREAM;
  }

  /** All texts are over. */
  finish(): void {
    for (let id = 0; id < this.count; id++) {
      const stream = this.at(id);
      if (stream.isUsed && !stream.isOver) stream.finish();
    }
  }

  /**
   * An event says that all texts of a choice or block are over, or with `NO_POSITION` all. Some providers say so in every event that
   * has more of one: such a text is over when the next event has none of it.
   */
  end(top: i32, event: i32): void {
    for (let id = 0; id < this.count; id++) {
      const stream = this.at(id);
      if (top == NO_POSITION || stream.top == top) this.endOne(stream, event);
    }
  }

  /** Likewise, that all texts of a part of one are over. */
  endPart(place: u32, event: i32): void {
    for (let id = 0; id < this.count; id++) {
      const stream = this.at(id);
      if (stream.place == place) this.endOne(stream, event);
    }
  }

  /** All parts of an event have come. */
  settleEnding(event: i32): void {
    if (!this.hasEnding) return;
    this.hasEnding = false;
    for (let id = 0; id < this.count; id++) {
      const stream = this.at(id);
      if (!stream.isEnding) continue;
      stream.isEnding = false;
      if (stream.isUsed && !stream.isOver && stream.lastEvent != event) stream.finish();
    }
  }

  /** An event had texts of this choice. Those that wait for more, and had none for long, are over. */
  settleMissed(top: i32, event: i32): void {
    for (let id = 0; id < this.count; id++) {
      const stream = this.at(id);
      if (!stream.isUsed || stream.isOver || stream.top != top || stream.lastEvent == event) continue;
      if (stream.lastMissed == event || stream.settled >= stream.length) continue;
      stream.lastMissed = event;
      if (++stream.missed == MAX_MISSED) stream.finish();
    }
  }


  @inline
  private isOf(id: i32, key: u32): bool {
    const stream = this.at(id);
    return stream.key == key && stream.isUsed && !stream.isOver;
  }

  private endOne(stream: ReplyTextStream, event: i32): void {
    if (!stream.isUsed || stream.isOver) return;
    if (stream.lastEvent != event) {
      stream.finish();
      return;
    }
    stream.isEnding = true;
    this.hasEnding = true;
  }

  private create(): i32 {
    this.streams[this.count] = new ReplyTextStream(this.judge.newScanner());
    return this.count++;
  }

  /** Ends the text that has had nothing new for the longest time, of those that nothing is looked for in. */
  private forgetIdle(): i32 {
    let found = NO_STREAM;
    for (let id = 0; id < this.count; id++) {
      const stream = this.at(id);
      if (stream.heldParts > 0 || stream.isOver || stream.settled < stream.length) continue;
      if (found == NO_STREAM || stream.lastEvent < this.at(found).lastEvent) found = id;
    }
    if (found != NO_STREAM) this.at(found).finish();
    return found;
  }
}

import { ByteString } from "../../bytes/view";
import { Nesting, nestingOf } from "../../json/nesting";
import { isSpace } from "../../json/space";
import { NestedText } from "./nested";
import { ReplyScanner, TextKind } from "./scanner";

/** What half a pair of surrogates counts for at the end of a part: as many bytes as U+FFFD. */
const HALF_BYTES: i32 = 3;
/** How many bytes of a pair both halves count for. */
const SHARED_BYTES: i32 = 2;

const REPLACEMENT = new ByteString("\u{fffd}");

/** One text that grows over the events of a stream. */
@final
export class ReplyTextStream {
  key: u32 = 0;
  /** The choice or block that it belongs to. */
  top: i32 = 0;
  /** The part of that. */
  place: u32 = 0;
  /** How much of it has come, in bytes. */
  length: i32 = 0;
  isUsed: bool = false;
  /** Nothing more of it comes. */
  isOver: bool = false;
  /** Its last event said so: it is over unless the next one has more of it. */
  isEnding: bool = false;
  /** How many parts of it are in events that are held. */
  heldParts: i32 = 0;
  /** The last event with a part of it. */
  lastEvent: i32 = 0;
  /** How many events of its choice have come since, and the last that was counted. */
  missed: i32 = 0;
  lastMissed: i32 = 0;
  private readonly nested: NestedText = new NestedText();
  /** What the nesting was where the last part began. */
  partNesting: Nesting = Nesting.None;
  /** The first half of a pair of surrogates that the last part ended with, or 0: its length counts, its bytes are not fed. */
  private high: u32 = 0;
  private isBlank: bool = true;
  private kind: TextKind = TextKind.Content;

  constructor(readonly scanner: ReplyScanner) {}

  begin(key: u32, top: i32, place: u32, kind: TextKind): void {
    this.key = key;
    this.top = top;
    this.place = place;
    this.length = 0;
    this.isUsed = true;
    this.isOver = false;
    this.isEnding = false;
    this.heldParts = 0;
    this.missed = 0;
    this.nested.begin();
    this.high = 0;
    this.isBlank = true;
    this.kind = kind;
    this.scanner.begin(kind);
  }

  /** What is fed next is another part of it; returns at which offset it begins. With `isRest` its first escape is half a pair. */
  beginPart(isRest: bool): i32 {
    this.partNesting = this.nested.nesting;
    return isRest && this.high != 0 ? this.length - SHARED_BYTES : this.length;
  }

  /** What the last part ended with, to be fed with the next one. */
  takeHalf(): u32 {
    const high = this.high;
    if (high != 0) this.length -= HALF_BYTES;
    this.high = 0;
    return high;
  }

  /** The part ends with the first half of a pair, or 0: what that is depends on the next one. */
  keepHalf(high: u32): void {
    this.high = high;
    if (high != 0) this.length += HALF_BYTES;
  }

  /** No other half follows. */
  endHalf(): void {
    if (this.takeHalf() != 0) this.feed(REPLACEMENT.pointer, REPLACEMENT.length);
  }

  /** Up to this offset it may go out. */
  get settled(): i32 {
    return this.nested.settledOf(this.scanner.settled);
  }

  feed(pointer: usize, length: i32): void {
    this.length += length;
    if (this.isBlank && this.kind == TextKind.ToolInput) this.findNesting(pointer, length);
    this.nested.feed(this.scanner, pointer, length);
  }

  finish(): void {
    this.endHalf();
    this.isOver = true;
    this.nested.finish(this.scanner);
    this.scanner.settled = this.length;
    this.free();
  }

  /** A part has gone out that ended at this offset. */
  letGo(offset: i32): void {
    this.heldParts--;
    this.scanner.masks.dropTo(offset);
    this.free();
  }

  private findNesting(pointer: usize, length: i32): void {
    const first = firstOf(pointer, length);
    this.isBlank = first == 0;
    this.partNesting = nestingOf(first);
    this.nested.nesting = this.partNesting;
  }

  private free(): void {
    if (this.isOver && this.heldParts == 0) this.isUsed = false;
  }
}

/** The first byte that is no white space, or 0. */
export function firstOf(pointer: usize, length: i32): u32 {
  for (let i = 0; i < length; i++) {
    const byte: u32 = load<u8>(pointer + i);
    if (byte > 0x20 || !isSpace(byte)) return byte;
  }
  return 0;
}

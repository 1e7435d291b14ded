import { Nesting, nestingOf } from "../../json/nesting";
import { isSpace } from "../../json/space";
import { NestedText } from "./nested";
import { ReplyScanner, TextKind } from "./scanner";

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
    this.isBlank = true;
    this.kind = kind;
    this.scanner.begin(kind);
  }

  /** What is fed next is another part of it. */
  beginPart(): void {
    this.partNesting = this.nested.nesting;
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

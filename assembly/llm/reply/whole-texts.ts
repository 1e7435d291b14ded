import { findByte } from "../../bytes/find";
import { Nesting } from "../../json/nesting";
import { NONE } from "../../json/paths";
import { StringDecoder } from "../../json/string-decoder";
import { EventText } from "./event-text";
import { WholeFeed } from "./feeds";
import { MaskSpans } from "./masks";
import { ReplyJudge, ReplyScanner, ReplySeams, TextKind } from "./scanner";
import { NO_POSITION } from "./slots";
import { TextForm } from "./text-form";

/** Keeps apart what ends a text of its own, and what begins the next one. */
const GAP_BYTES: i32 = 1;
const BACKSLASH: u8 = 0x5c;

const FEED = new WholeFeed();
const DECODER = new StringDecoder();

/**
 * Looks at texts that don't grow, each by itself, and over the borders of those that follow each other. Counts offsets as if all that
 * are held stood one behind the other.
 */
@final
export class WholeTexts {
  /** There was no room for what is to be masked. */
  isFull: bool = false;
  /** What is to be masked of those that are held. */
  readonly masks: MaskSpans = new MaskSpans();
  /** Where the next one begins. */
  end: i32 = 0;
  private readonly scanner: ReplyScanner;
  /** Null until a document has texts that follow each other. */
  private seams: ReplySeams | null = null;
  /** Of the last of them, the choice or block. */
  private seamTop: i32 = NO_POSITION;
  private hasSeams: bool = false;

  constructor(private readonly judge: ReplyJudge) {
    this.scanner = judge.newScanner();
  }

  /** Begins other texts. */
  reset(): void {
    this.isFull = false;
    if (this.hasSeams) this.seams!.reset();
    this.hasSeams = false;
    this.masks.reset();
    this.end = 0;
  }

  /** Looks at the next one, [from, to), which begins at `end`. Returns its length. */
  take(text: EventText, from: usize, to: usize): i32 {
    const length = this.look(text, from, to, this.masks, this.end);
    this.end += length + GAP_BYTES;
    return length;
  }

  /** Looks at a text by itself; adds what is to be masked to `masks`, for which it begins at `offset`. Returns its length. */
  look(text: EventText, from: usize, to: usize, masks: MaskSpans, offset: i32): i32 {
    const scanner = this.scanner;
    const mayNest = text.form == TextForm.String && text.kind == TextKind.ToolInput;
    scanner.begin(<TextKind>text.kind);
    FEED.begin(scanner, text.joins ? this.beginSeam(text, offset) : null, mayNest);
    if (findByte(from, to, BACKSLASH) == to) {
      FEED.onBytes(NONE, from, <i32>(to - from));
    } else {
      DECODER.decode(FEED, NONE, from, <i32>(to - from));
      DECODER.finish(FEED, NONE);
    }
    FEED.finish();
    const found = scanner.masks;
    for (let i = 0; i < found.count; i++) {
      const span = found.at(i);
      masks.add(offset + span.start, offset + span.end, span.id, false);
    }
    if (found.isFull || masks.isFull) this.isFull = true;
    return scanner.settled;
  }

  /** What the text that was looked at last is within if it is JSON, or `None`. */
  get nesting(): Nesting {
    return FEED.nesting;
  }

  /** No text of the document follows those that have come. */
  finishSeams(): void {
    if (!this.hasSeams) return;
    this.hasSeams = false;
    this.seams!.finish();
    if (this.masks.isFull) this.isFull = true;
  }

  /** Texts of one choice follow each other. */
  private beginSeam(text: EventText, offset: i32): ReplySeams {
    if (text.top != this.seamTop) this.finishSeams();
    this.seamTop = text.top;
    this.hasSeams = true;
    let seams = this.seams;
    if (seams == null) {
      seams = this.judge.newSeams(this.masks);
      this.seams = seams;
    }
    seams.begin(<TextKind>text.kind, offset);
    return seams;
  }
}

import { JsonListener } from "../../json/listener";
import { Nesting, nestingOf } from "../../json/nesting";
import { NestedText } from "./nested";
import { ReplyScanner, ReplySeams } from "./scanner";
import { firstOf, ReplyTextStream } from "./text-stream";

/** Passes the decoded bytes of a part on to the text that it is of. */
@final
export class StreamFeed extends JsonListener {
  stream: ReplyTextStream | null = null;

  override onBytes(path: i32, pointer: usize, length: i32): void {
    this.stream!.feed(pointer, length);
  }
}

/** Passes the decoded bytes of a text of its own on to who looks at it. */
@final
export class WholeFeed extends JsonListener {
  /** What the text is within if it is JSON, or `None`. */
  nesting: Nesting = Nesting.None;
  private scanner: ReplyScanner | null = null;
  private seams: ReplySeams | null = null;
  private mayNest: bool = false;
  private readonly nested: NestedText = new NestedText();

  /** With `seams` the text is looked at with those around it, too. */
  begin(scanner: ReplyScanner, seams: ReplySeams | null, mayNest: bool): void {
    this.scanner = scanner;
    this.seams = seams;
    this.mayNest = mayNest;
    this.nesting = Nesting.None;
    this.nested.begin();
  }

  override onBytes(path: i32, pointer: usize, length: i32): void {
    if (this.mayNest) this.findNesting(pointer, length);
    this.nested.feed(this.scanner!, pointer, length);
    const seams = this.seams;
    if (seams != null) seams.feed(pointer, length);
  }

  finish(): void {
    this.nested.finish(this.scanner!);
    const seams = this.seams;
    if (seams != null) seams.end();
  }

  private findNesting(pointer: usize, length: i32): void {
    const first = firstOf(pointer, length);
    this.mayNest = first == 0;
    this.nesting = nestingOf(first);
    this.nested.nesting = this.nesting;
  }
}

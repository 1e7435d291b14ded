import { JsonKind, JsonListener } from "../../json/listener";
import { NONE } from "../../json/paths";
import { AnswerListener } from "./listener";
import { AnswerModel } from "./model";
import { AnswerPath, countOfPath } from "./paths";
import { AnswerText } from "./text";
import { CarriedValue } from "./carried";
import { EventType } from "./event-type";
import { Usage } from "../usage";
import { CountReader, NO_COUNT } from "../tokens/count";

const NOT_OPEN: u64 = u64.MAX_VALUE;

/** What an object has had so far. The first three tell the event that OpenAI dialects add for `include_usage`. */
const enum Seen {
  ChoicesArray = 1,
  Usage = 2,
  /** A choice, an error, or something else than an array of choices or than a usage object. */
  Other = 4,
  Choices = 7,
  /** Something that counts, so that it must be heard each time. */
  Substance = 8,
}

/** Takes what is read of one JSON object of an answer, in whatever dialect, while it is scanned. */
@final
export class AnswerFields extends JsonListener {
  /** Whether the object has ended. */
  isComplete: bool = false;
  /** How many bytes come before the first tree of text, when there is nothing that counts among them; else 0. */
  leadLength: i32 = 0;
  /** The objects are elements of one list, so that they are one answer. */
  private isInList: bool = false;
  /** Which counts outside of usage objects that answer has had, one bit each. */
  private counted: i32 = 0;
  private seen: i32 = 0;
  private leadSeen: i32 = 0;
  /** Whether the answer has had text. */
  private hasText: bool = false;
  private isStringRead: bool = false;
  private isModelRead: bool = false;
  /** Whether the object has what a stream ends with. */
  private isLast: bool = false;
  private readonly type: EventType = new EventType();
  /** Address of the piece in hand, and its offset in the object. */
  private piece: usize = 0;
  private pieceStart: u64 = 0;
  /** Where in the object the text in hand begins. */
  private textStart: u64 = NOT_OPEN;
  private textPath: i32 = NONE;
  private readonly text: AnswerText = new AnswerText();
  private readonly count: CountReader = new CountReader();

  constructor(
    private readonly usage: Usage,
    private readonly model: AnswerModel,
    private readonly listener: AnswerListener,
    private readonly encoded: CarriedValue | null,
  ) {
    super();
  }

  /** Ready for another answer. */
  reset(): void {
    this.hasText = false;
    this.begin();
  }

  /** What begins now is a list of objects, or is in none. */
  beginList(isList: bool): void {
    this.isInList = isList;
    this.counted = 0;
  }

  /** Another object begins. */
  begin(): void {
    if (!this.isInList) this.counted = 0;
    this.isComplete = false;
    this.leadLength = 0;
    this.seen = 0;
    this.textStart = NOT_OPEN;
    this.isLast = false;
    // Gateways that translate for others have Gemini's end in events before it, too.
    this.usage.isFinal = false;
    this.type.reset();
  }

  /** Another object begins, with the same bytes as the last one before its first tree of text; these are not heard again. */
  beginAfterLead(): void {
    this.begin();
    this.seen = this.leadSeen;
  }

  /** Whether the object, which is complete, has an empty list of choices and usage. */
  get isUsageOnly(): bool {
    return (this.seen & Seen.Choices) == (Seen.ChoicesArray | Seen.Usage);
  }

  /** Whether that can still become true, or is. */
  get mayBeUsageOnly(): bool {
    return (this.seen & Seen.Other) == 0 && (!this.isComplete || this.isUsageOnly);
  }

  /** What is heard next is in a piece that begins at this address and `start` bytes into the object. */
  beginPiece(pointer: usize, start: u64): void {
    this.piece = pointer;
    this.pieceStart = start;
  }

  /** The piece was scanned up to here. */
  endPiece(end: u64): void {
    if (this.textStart != NOT_OPEN) this.feedText(end);
  }

  override onValue(path: i32, kind: JsonKind, start: u64): void {
    if (path >= AnswerPath.FirstInUsage) {
      this.count.begin();
    } else if (path >= AnswerPath.FirstString) {
      const isNew = !this.type.isRepeating && (!this.hasText || !isRepeat(path));
      this.isStringRead = isNew && kind == JsonKind.String && path != AnswerPath.Message;
      if (this.isStringRead) this.seen |= Seen.Substance;
      if (path < AnswerPath.FirstTree || kind < JsonKind.Object || !isNew || this.textStart != NOT_OPEN) return;
      if ((this.seen & Seen.Substance) == 0) {
        this.leadLength = <i32>min<u64>(start, i32.MAX_VALUE);
        this.leadSeen = this.seen;
        this.seen |= Seen.Substance;
      }
      this.textStart = start;
      this.textPath = path;
      this.text.begin();
    } else if (path >= AnswerPath.FirstCount) {
      this.count.begin();
      this.seen |= Seen.Substance;
    } else if (path >= AnswerPath.FirstUsage) {
      if (path == AnswerPath.FirstUsage) this.seen |= kind == JsonKind.Object ? Seen.Usage : Seen.Other;
      if (kind == JsonKind.Object) {
        this.seen |= Seen.Substance;
        this.usage.begin();
      }
    } else if (path >= AnswerPath.FirstModel) {
      this.isModelRead = kind == JsonKind.String && !this.model.isKnown;
      if (this.isModelRead) this.model.begin();
    } else if (path == AnswerPath.Choices) {
      // Servers in Go write an empty list as null.
      this.seen |= kind == JsonKind.Array || kind == JsonKind.Null ? Seen.ChoicesArray : Seen.Other;
    } else if (path == AnswerPath.Choice || path == AnswerPath.Error) {
      if (kind != JsonKind.Null) this.seen |= Seen.Other;
    } else if (path == AnswerPath.Type) {
      this.type.reset();
    } else if (path == AnswerPath.Bytes) {
      this.seen |= Seen.Substance;
    }
  }

  override onBytes(path: i32, pointer: usize, length: i32): void {
    if (path >= AnswerPath.FirstInUsage) {
      this.count.append(pointer, length);
      return;
    }
    // Text within a tree comes without a path.
    if (path == NONE || (path >= AnswerPath.FirstString && this.isStringRead)) {
      this.hasText = true;
      this.listener.onText(pointer, length);
    } else if (path >= AnswerPath.FirstCount) {
      if (path < AnswerPath.FirstString) this.count.append(pointer, length);
    } else if (path >= AnswerPath.FirstModel) {
      if (this.isModelRead && path < AnswerPath.FirstUsage) this.model.append(pointer, length);
    } else if (path == AnswerPath.Type) {
      this.type.append(pointer, length);
    } else if (path == AnswerPath.Bytes) {
      const encoded = this.encoded;
      if (encoded !== null) encoded.feed(pointer, length);
    }
  }

  override onValueEnd(path: i32, kind: JsonKind, end: u64): void {
    if (path >= AnswerPath.FirstInUsage) {
      if (kind == JsonKind.Number) this.usage.put(countOfPath(path), this.count.whole);
    } else if (path >= AnswerPath.FirstTree) {
      if (kind >= JsonKind.Object && path == this.textPath && this.textStart != NOT_OPEN) {
        this.feedText(end);
        this.textStart = NOT_OPEN;
      }
    } else if (path >= AnswerPath.FirstCount) {
      if (path < AnswerPath.FirstString && kind == JsonKind.Number) this.takeCount(path);
    } else if (path >= AnswerPath.FirstUsage) {
      if (kind == JsonKind.Object) {
        this.usage.settle();
        this.usage.isProvisional = path == AnswerPath.MessageUsage;
      }
    } else if (path >= AnswerPath.FirstModel) {
      if (this.isModelRead) this.model.isKnown = true;
    } else if (path >= AnswerPath.FirstEnd) {
      if (kind != JsonKind.Null) this.isLast = true;
    } else if (path == AnswerPath.Type) {
      if (kind == JsonKind.String) this.type.end();
    } else if (path == AnswerPath.Bytes) {
      const encoded = this.encoded;
      if (encoded !== null) encoded.end();
    } else if (path == AnswerPath.Root) {
      this.isComplete = true;
      if (this.isLast || this.type.isLast) this.usage.isFinal = true;
    }
  }

  /** Several of the same in one answer are of several prompts. */
  private takeCount(path: i32): void {
    const usage = this.usage;
    const bit = 1 << (path - AnswerPath.FirstCount);
    const count = this.count.whole;
    if ((this.counted & bit) != 0) usage.add(countOfPath(path), count);
    else usage.put(countOfPath(path), count);
    if (count != NO_COUNT) this.counted |= bit;
    usage.settle();
  }

  private feedText(end: u64): void {
    const from = max(this.textStart, this.pieceStart);
    this.text.feed(this, NONE, this.addressOf(from), this.addressOf(end));
  }


  @inline
  private addressOf(offset: u64): usize {
    return this.piece + <usize>(offset - this.pieceStart);
  }
}

/** Whether a stream has at this path, at its end, the text that came before. */
function isRepeat(path: i32): bool {
  return path == AnswerPath.ResponseOutput || path == AnswerPath.GeneratedText;
}

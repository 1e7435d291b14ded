import { ByteString } from "../../bytes/view";
import { PromptFacts } from "./facts";
import {
  classOfMediaType,
  continuesFile,
  FILE_HEAD_BYTES,
  FileForm,
  formOfFile,
  isEncoded,
  isTextFormat,
  MediaClass,
} from "./file";
import { PromptLevels } from "./levels";
import { PromptListener, TextPlace } from "./listener";
import { isSchemaType } from "./schema";
import { Place } from "./places";
import { Frame, PromptScopes } from "./scopes";
import { NO_SCOPE, scopeOfItem, scopeOfPart, scopeOfRole } from "./words";
import { TextScope } from "../text-scope";

/** How much of a number is heard, in bytes. */
export const MAX_NUMBER_BYTES: i32 = 64;

const TEXT = new ByteString("text");

/** What becomes of the bytes in hand. */
const enum Use {
  None,
  /** The listener hears them. */
  Text,
  /** They are kept until it is known. */
  Held,
  /** They are looked at, whether they go on like a file. */
  File,
  Number,
  Answers,
  Model,
}

/** What an object has said of the files in it, as bits. */
const enum Mark {
  SaidText = 1,
  SaidMedia = 2,
  /** A file was passed over. */
  HasFile = 4,
}

/** The key, string or number in hand: finds out whether it is a text, by its place and its first bytes, and tells it. */
@final
export class PromptValue {
  /** What it is, or what comes next. */
  place: Place = Place.Text;
  /** Whose it is, where its key says so. */
  scope: i32 = NO_SCOPE;
  /** See `PromptScopes.addText`. */
  isPlainPart: bool = false;
  /** Its key says that it is what is said. */
  isWords: bool = false;
  /** Where the JSON begins in the body. */
  base: u64 = 0;
  private use: Use = Use.None;
  private start: u64 = 0;
  /** It is a file's, in base64. */
  private isBytes: bool = false;
  private form: FileForm = FileForm.Text;
  private readonly head: StaticArray<u8> = new StaticArray<u8>(FILE_HEAD_BYTES);
  private headLength: i32 = 0;

  constructor(
    public listener: PromptListener,
    private readonly levels: PromptLevels,
    private readonly scopes: PromptScopes,
    private readonly facts: PromptFacts,
  ) {}

  /** What comes next is at this place. */
  expect(place: Place, scope: i32, isPlainPart: bool): void {
    this.use = Use.None;
    this.place = place;
    this.scope = scope;
    this.isPlainPart = isPlainPart;
    this.isWords = false;
    this.isBytes = false;
  }

  /**
   * An object or array begins, now the innermost level: what an object says of its files holds in its arrays, too, and in the objects
   * around their bytes.
   */
  beginContainer(isObject: bool): void {
    const depth = this.levels.depth;
    this.levels.last.marks = this.sharesMarks(isObject) ? this.levels.at(depth - 2).marks : 0;
  }

  /** The innermost level ends. */
  endContainer(isObject: bool): void {
    if (!this.sharesMarks(isObject)) return;
    const marks = this.levels.last.marks;
    const around = this.levels.at(this.levels.depth - 2);
    if (!isObject) around.marks |= marks;
    else if (marks & Mark.HasFile) around.marks |= <u8>Mark.HasFile;
  }

  private sharesMarks(isObject: bool): bool {
    return this.levels.depth > 1 && (!isObject || this.levels.last.place == Place.File);
  }

  beginKey(start: u64): void {
    this.expect(Place.Key, NO_SCOPE, false);
    this.hold(start);
  }

  /** The whole key, unless it is longer than any that is known. */
  get heldPointer(): usize {
    return changetype<usize>(this.head);
  }

  get heldLength(): i32 {
    return this.use == Use.Held ? this.headLength : 0;
  }

  get isHeld(): bool {
    return this.use == Use.Held;
  }

  beginString(start: u64): void {
    switch (this.place) {
      case Place.Tokens:
        this.facts.hasTokens = true;
        break;
      case Place.Stream:
      case Place.Answers:
      case Place.Mute:
      case Place.MuteTree:
        break;
      case Place.Model:
        if (this.levels.depth == 1) this.use = Use.Model;
        break;
      case Place.File:
      case Place.Data:
      case Place.Media:
      case Place.Role:
      case Place.Type:
      case Place.MediaType:
      case Place.Format:
      case Place.SchemaType:
        this.hold(start);
        break;
      default:
        this.beginText(start);
    }
  }

  endString(end: u64): void {
    if (this.use == Use.Held) this.judge(true);
    this.end(end);
  }

  beginNumber(start: u64): void {
    switch (this.place) {
      case Place.Tokens:
      case Place.Prompt:
      case Place.Messages:
        this.facts.hasTokens = true;
        break;
      case Place.Answers:
        if (this.levels.depth > 2) break;
        this.use = Use.Answers;
        this.facts.beginAnswers();
        break;
      case Place.Text:
      case Place.Parts:
      case Place.Payload:
      case Place.Output:
      case Place.Names:
      case Place.Source:
      case Place.Data:
      case Place.Schema:
      case Place.SchemaNames:
        this.hold(start);
        this.use = Use.Number;
    }
  }

  endNumber(end: u64): void {
    if (this.use == Use.Answers) {
      this.facts.endAnswers();
    } else if (this.use == Use.Number) {
      this.scopes.addText(this.scope, false);
      this.listener.onNumber(this.base + this.start, this.base + end, this.heldPointer, this.headLength);
    }
    this.use = Use.None;
  }

  /** More of it, decoded. */
  take(pointer: usize, length: i32): void {
    switch (this.use) {
      case Use.Text:
        this.listener.onTextBytes(pointer, length);
        break;
      case Use.Held:
        this.takeHeld(pointer, length);
        break;
      case Use.File:
        if (!continuesFile(this.form, pointer, length)) this.facts.hasFalseFile = true;
        break;
      case Use.Number:
        this.keep(pointer, min(length, MAX_NUMBER_BYTES - this.headLength));
        break;
      case Use.Answers:
        this.facts.addAnswers(pointer, length);
        break;
      case Use.Model:
        this.facts.addModel(pointer, length);
    }
  }

  /** What is held is a text. */
  tellHeld(): void {
    this.beginText(this.start);
    if (this.headLength > 0) this.listener.onTextBytes(this.heldPointer, this.headLength);
  }

  /** It ends with the quote before `end`. */
  end(end: u64): void {
    if (this.use == Use.Text) this.listener.onTextEnd(this.base + end - 1);
    this.use = Use.None;
  }

  private beginText(start: u64): void {
    this.use = Use.Text;
    this.scopes.addText(this.scope, this.isPlainPart);
    this.listener.onText(this.base + start, this.textPlace);
  }

  private get textPlace(): TextPlace {
    if (this.isBytes) return TextPlace.Bytes;
    if (this.isWords) return TextPlace.Words;
    switch (this.place) {
      case Place.Parts:
      case Place.Messages:
      case Place.Prompt:
        return TextPlace.Words;
      default:
        return TextPlace.Aside;
    }
  }

  private hold(start: u64): void {
    this.use = Use.Held;
    this.start = start;
    this.headLength = 0;
  }

  private takeHeld(pointer: usize, length: i32): void {
    const kept = min(length, FILE_HEAD_BYTES - this.headLength);
    this.keep(pointer, kept);
    if (kept == length) return;
    this.judge(false);
    this.take(pointer + kept, length - kept);
  }

  private keep(pointer: usize, length: i32): void {
    memory.copy(this.heldPointer + this.headLength, pointer, length);
    this.headLength += length;
  }

  /** Decides what the held bytes are: all of it, or the first of more. */
  private judge(isWhole: bool): void {
    switch (this.place) {
      case Place.Media:
      case Place.File:
      case Place.Data:
        this.judgeFile();
        break;
      case Place.Role:
        this.judgeRole(isWhole);
        break;
      case Place.Type:
        if (isWhole) this.takeType();
        else this.tellHeld();
        break;
      case Place.MediaType:
        if (isWhole) this.takeMediaType();
        else this.tellHeld();
        break;
      case Place.Format:
        if (isWhole && isTextFormat(this.heldPointer, this.headLength)) this.say(Mark.SaidText);
        this.use = Use.None;
        break;
      case Place.SchemaType:
        if (!isWhole || !isSchemaType(this.heldPointer, this.headLength)) this.tellHeld();
        break;
      default:
        this.tellHeld();
    }
  }

  private judgeFile(): void {
    const isMedia = this.place == Place.Media || (this.levels.last.marks & Mark.SaidMedia) != 0;
    const isText = this.place != Place.Media && (this.levels.last.marks & Mark.SaidText) != 0;
    this.form = isText
      ? FileForm.Text
      : formOfFile(this.heldPointer, this.headLength, isMedia, this.place != Place.Data);
    if (this.form == FileForm.Text) {
      this.isBytes = isEncoded(this.heldPointer, this.headLength);
      this.tellHeld();
      return;
    }
    this.use = Use.File;
    if (this.place != Place.Media) this.say(Mark.HasFile);
  }

  /** A role that isn't known is a text: templates of open models put it into the prompt. */
  private judgeRole(isWhole: bool): void {
    const scope = isWhole ? scopeOfRole(this.heldPointer, this.headLength) : NO_SCOPE;
    if (scope == NO_SCOPE) this.tellHeld();
    if (this.scopes.frame == Frame.Message) this.scopes.settle(scope == NO_SCOPE ? TextScope.User : scope);
  }

  private takeType(): void {
    const frame = this.scopes.frame;
    if (frame == Frame.Part) {
      this.scopes.settle(scopeOfPart(this.heldPointer, this.headLength));
    } else if (frame == Frame.Message) {
      const scope = scopeOfItem(this.heldPointer, this.headLength);
      if (scope != NO_SCOPE) this.scopes.settle(scope);
    }
    if (TEXT.equals(this.heldPointer, this.headLength)) this.say(Mark.SaidText);
  }

  private takeMediaType(): void {
    const said = classOfMediaType(this.heldPointer, this.headLength);
    if (said == MediaClass.Text) this.say(Mark.SaidText);
    else if (said == MediaClass.Media) this.say(Mark.SaidMedia);
  }

  private say(mark: Mark): void {
    const marks = (<u32>this.levels.last.marks) | mark;
    this.levels.last.marks = <u8>marks;
    if (marks & Mark.SaidText && marks & Mark.HasFile) this.facts.hasFalseFile = true;
  }
}

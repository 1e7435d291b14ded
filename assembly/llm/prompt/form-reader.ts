import { utf8Next, Utf8State } from "../../bytes/utf8";
import { ByteString, Bytes } from "../../bytes/view";
import { JsonKind } from "../../json/listener";
import { MultipartListener, MultipartScanner } from "../form/multipart";
import { PromptFacts } from "./facts";
import { findKey, kindOf, numberOf, PromptKey, UNNUMBERED } from "./keys";
import { PromptListener, TextPlace } from "./listener";
import { TextScope } from "../text-scope";

const TRUE = new ByteString("true");
/** Behind the name of a field that a form may have several times. */
const LIST = new ByteString("[]");

export const enum PromptFormProblem {
  None,
  /** No form that all parsers read alike. */
  BadMultipart,
  /** A text is not valid UTF-8. */
  BadUtf8,
}

/** What becomes of the bytes of the field in hand. */
const enum Use {
  None,
  Text,
  Model,
  Answers,
  Stream,
}

/**
 * Finds the texts in the form of a request (multipart/form-data: images' edits, transcriptions) that arrives in pieces: splitting
 * it anywhere gives the same texts. All are the user's. What a field is its name says, as a key does in JSON: whatever isn't known
 * to be something else is a text, but for files of unknown names.
 *
 * Texts have no escapes: their bytes are those of the body. Fixed memory, about 10 KiB.
 */
@final
export class PromptFormReader extends MultipartListener {
  readonly facts: PromptFacts = new PromptFacts();
  problem: PromptFormProblem = PromptFormProblem.None;
  private scanner: MultipartScanner | null = null;
  private use: Use = Use.None;
  private utf8: Utf8State = Utf8State.Boundary;
  /** The numbers of the keys that there were. */
  private seen: u64 = 0;
  /** How much of "true" the field in hand has been. */
  private trueLength: i32 = 0;
  private readonly view: Bytes = new Bytes();

  constructor(private readonly listener: PromptListener) {
    super();
  }

  /** False when the content type has no boundary that all parsers read alike. */
  begin(contentType: Bytes): bool {
    const scanner = new MultipartScanner(this);
    this.scanner = scanner;
    return scanner.begin(contentType) || this.fail(PromptFormProblem.BadMultipart);
  }

  /** Consumes a piece; false once there is a problem. */
  feed(pointer: usize, length: i32): bool {
    if (this.problem != PromptFormProblem.None) return false;
    const isForm = this.scanner!.feed(pointer, length) || this.fail(PromptFormProblem.BadMultipart);
    return isForm && this.problem == PromptFormProblem.None;
  }

  /** The body is over; false when it was not complete. */
  finish(): bool {
    if (this.problem != PromptFormProblem.None) return false;
    return this.scanner!.finish() || this.fail(PromptFormProblem.BadMultipart);
  }

  /** The first model, cut like `PromptReader.model`; lasts until the next call. */
  get model(): Bytes {
    return this.view.set(this.facts.modelPointer, this.facts.modelLength);
  }

  override onPart(name: Bytes, isFile: bool, start: i64): void {
    const bare = name.length - LIST.length;
    const isList = bare >= 0 && LIST.equals(name.pointer + bare, LIST.length);
    const key = findKey(name.pointer, isList ? bare : name.length);
    if (!isList) this.note(numberOf(key));
    this.use = useOf(kindOf(key), isFile);
    switch (this.use) {
      case Use.Text:
        this.utf8 = Utf8State.Boundary;
        this.listener.onText(start, TextPlace.Words);
        break;
      case Use.Model:
        this.facts.beginModel(JsonKind.String);
        break;
      case Use.Answers:
        this.facts.beginAnswers();
        break;
      case Use.Stream:
        this.trueLength = 0;
    }
  }

  override onPartBytes(pointer: usize, length: i32): void {
    switch (this.use) {
      case Use.Text:
        this.checkUtf8(pointer, length);
        this.listener.onTextBytes(pointer, length);
        break;
      case Use.Model:
        this.facts.addModel(pointer, length);
        break;
      case Use.Answers:
        this.facts.addAnswers(pointer, length);
        break;
      case Use.Stream:
        this.matchTrue(pointer, length);
    }
  }

  override onPartEnd(end: i64): void {
    if (this.use == Use.Text) {
      if (this.utf8 != Utf8State.Boundary) this.fail(PromptFormProblem.BadUtf8);
      this.listener.onTextEnd(end);
      this.listener.onScope(TextScope.User);
    } else if (this.use == Use.Answers) {
      this.facts.endAnswers();
    } else if (this.use == Use.Stream && this.trueLength == TRUE.length) {
      this.facts.streams = true;
    }
    this.use = Use.None;
  }

  private note(number: i32): void {
    if (number == UNNUMBERED) return;
    const bit = (<u64>1) << number;
    if (this.seen & bit) this.facts.hasDuplicate = true;
    this.seen |= bit;
  }

  private checkUtf8(pointer: usize, length: i32): void {
    let state = this.utf8;
    for (let i = 0; i < length && state != Utf8State.Invalid; i++) state = utf8Next(state, load<u8>(pointer + i));
    this.utf8 = state;
    if (state == Utf8State.Invalid) this.fail(PromptFormProblem.BadUtf8);
  }

  private matchTrue(pointer: usize, length: i32): void {
    for (let i = 0; i < length; i++) {
      const isNext = this.trueLength < TRUE.length && load<u8>(TRUE.pointer + this.trueLength) == load<u8>(pointer + i);
      this.trueLength = isNext ? this.trueLength + 1 : TRUE.length + 1;
    }
  }

  private fail(problem: PromptFormProblem): bool {
    if (this.problem == PromptFormProblem.None) this.problem = problem;
    return false;
  }
}

function useOf(key: PromptKey, isFile: bool): Use {
  switch (key) {
    case PromptKey.Model:
      return Use.Model;
    case PromptKey.Answers:
      return Use.Answers;
    case PromptKey.Stream:
      return Use.Stream;
    case PromptKey.Role:
    case PromptKey.Type:
    case PromptKey.MediaType:
    case PromptKey.Format:
    case PromptKey.Media:
    case PromptKey.File:
    case PromptKey.Data:
    case PromptKey.Mute:
    case PromptKey.MuteTree:
      return Use.None;
    case PromptKey.Unknown:
      return isFile ? Use.None : Use.Text;
    default:
      return Use.Text;
  }
}

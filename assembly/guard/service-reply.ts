import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { decodeUtf8 } from "../bytes/text";
import { Utf8State, utf8StateAt } from "../bytes/utf8";
import { Bytes } from "../bytes/view";
import { JsonKind, JsonListener } from "../json/listener";
import { JsonPaths } from "../json/paths";
import { JsonScanner } from "../json/scanner";
import { ServiceProtocol } from "./rule";

/** What a service says of the texts that it was asked about. */
export const enum ServiceAnswer {
  Pass,
  Reject,
  /** The texts are to be replaced by its own. */
  Mask,
  /** It doesn't say. */
  Unclear,
}

const enum Field {
  Action,
  Body,
  Status,
  Messages,
  Content,
  Choices,
  ChoiceContent,
  Results,
  Result,
  Flagged,
}

const PATHS = new JsonPaths([
  "action",
  "action.body",
  "action.status_code",
  "action.body.messages",
  "action.body.messages[*].content",
  "action.body.choices",
  "action.body.choices[*].message.content",
  "results",
  "results[*]",
  "results[*].flagged",
]);
const MOST_TEXTS: i32 = 4096;
const MOST_BYTES: i32 = 2 << 20;
const MOST_MESSAGE_BYTES: i32 = 2048;
const MOST_DIGITS: i32 = 3;
/** The least status that says that something is wrong. */
const FIRST_REFUSAL: i32 = 400;
const PASS: string = "Pass";
const REJECT: string = "Reject";

/**
 * Reads a service's answer.
 *
 * A webhook's is `{"action": {...}}`: with a text as `body` it rejects (`status_code` 400 to 599), with an object as `body` it
 * masks (`messages[*].content`, or `choices[*].message.content`, a text for each that it got), without a `body` it passes, unless it
 * has such a status;
 * `"action": "Pass"` and `"Reject"` do, too. It is the one that agentgateway's guards speak. A moderation's is OpenAI's
 * (API reference, "Moderations"): it rejects when one of `results` is `flagged`, and passes when there is one for each text that
 * it got and each says that it isn't.
 */
@final
export class ServiceReply extends JsonListener {
  answer: ServiceAnswer = ServiceAnswer.Unclear;
  /** Of a rejection: what it wants the client to get, 2 KiB of it; 0 and empty where it doesn't say. */
  status: i32 = 0;
  readonly message: ByteBuffer = new ByteBuffer(new Budget(MOST_MESSAGE_BYTES));
  /** Of a mask: how many texts it gives. */
  textCount: i32 = 0;
  private readonly texts: ByteBuffer = new ByteBuffer(new Budget(MOST_BYTES));
  private readonly textEnds: i32[] = [];
  private readonly text: ByteBuffer = new ByteBuffer(new Budget(MOST_BYTES));
  private isString: bool = false;
  private digits: i32 = 0;
  private hasAction: bool = false;
  private resultCount: i32 = 0;
  /** How many of the results say whether they are flagged. */
  private saidCount: i32 = 0;
  private isFlagged: bool = false;
  private isOverflown: bool = false;
  /** What it gives in place of a text is none. */
  private hasOddText: bool = false;
  private bodyKind: JsonKind = JsonKind.Null;

  /** Reads one whole answer about `asked` texts. */
  read(body: Bytes, protocol: ServiceProtocol, asked: i32): void {
    const scanner = new JsonScanner(PATHS, this);
    const isJson = scanner.feed(body.pointer, body.length) && scanner.finish() && !this.isOverflown;
    if (!isJson) return;
    if (protocol == ServiceProtocol.OpenAIModeration) {
      if (this.isFlagged) this.answer = ServiceAnswer.Reject;
      else if (this.resultCount == asked && this.saidCount == asked) this.answer = ServiceAnswer.Pass;
    } else if (this.hasAction && this.answer == ServiceAnswer.Unclear) {
      if (this.bodyKind == JsonKind.String) this.answer = ServiceAnswer.Reject;
      else if (this.bodyKind == JsonKind.Object)
        this.answer = this.hasOddText ? ServiceAnswer.Unclear : ServiceAnswer.Mask;
      else if (this.bodyKind == JsonKind.Null)
        this.answer = this.status >= FIRST_REFUSAL ? ServiceAnswer.Reject : ServiceAnswer.Pass;
    }
  }

  /** Points `view` at the text that replaces one of those it was asked about. */
  textAt(index: i32, view: Bytes): Bytes {
    const start = index == 0 ? 0 : this.textEnds[index - 1];
    return view.set(this.texts.pointer + start, this.textEnds[index] - start);
  }

  onValue(path: i32, kind: JsonKind, _start: u64): void {
    this.text.clear();
    this.isString = kind == JsonKind.String;
    if (path == Field.Action) this.hasAction = kind == JsonKind.Object;
    else if (path == Field.Body) this.bodyKind = kind;
    else if (path == Field.Result) this.resultCount++;
    else if (path == Field.Flagged) this.takeFlag(kind);
    else if (path == Field.Status) this.digits = 0;
    else if (path == Field.Content || path == Field.ChoiceContent) this.hasOddText = this.hasOddText || !this.isString;
  }

  onBytes(path: i32, pointer: usize, length: i32): void {
    if (path == Field.Status) return this.addDigits(pointer, length);
    if (!this.isString) return;
    if (path == Field.Body) this.message.append(pointer, min(length, MOST_MESSAGE_BYTES - this.message.length));
    else if (!this.text.append(pointer, length)) this.isOverflown = true;
  }

  onValueEnd(path: i32, kind: JsonKind, _end: u64): void {
    if (path == Field.Action && kind == JsonKind.String) {
      const named = decodeUtf8(this.text.pointer, this.text.length);
      if (named == PASS) this.answer = ServiceAnswer.Pass;
      else if (named == REJECT) this.answer = ServiceAnswer.Reject;
      this.hasAction = true;
    } else if (path == Field.Body) {
      this.endMessage();
    } else if (path == Field.Content || path == Field.ChoiceContent) {
      this.keepText();
    }
  }

  /** One that is too long ends with a whole character. */
  private endMessage(): void {
    const message = this.message;
    if (message.length < MOST_MESSAGE_BYTES) return;
    while (utf8StateAt(message.pointer + message.length) != Utf8State.Boundary) message.length--;
  }

  private takeFlag(kind: JsonKind): void {
    if (kind == JsonKind.True) this.isFlagged = true;
    if (kind == JsonKind.True || kind == JsonKind.False) this.saidCount++;
  }

  private keepText(): void {
    const isKept = this.textCount < MOST_TEXTS && this.texts.append(this.text.pointer, this.text.length);
    if (!isKept) this.isOverflown = true;
    this.textEnds.push(this.texts.length);
    this.textCount++;
  }

  private addDigits(pointer: usize, length: i32): void {
    for (let i = 0; i < length; i++) {
      const digit = <i32>load<u8>(pointer + i) - 0x30;
      if (digit < 0 || digit > 9 || this.digits++ >= MOST_DIGITS) return;
      this.status = this.status * 10 + digit;
    }
  }
}

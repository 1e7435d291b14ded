import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { ByteString } from "../bytes/view";
import { JsonListener } from "../json/listener";
import { JsonPaths, NONE } from "../json/paths";
import { JsonScanner } from "../json/scanner";
import { StringDecoder } from "../json/string-decoder";
import { ReplyListener, TextForm } from "./reply-listener";
import { SPAN_BYTES } from "./reply-masks";
import { Nesting, nestingOf } from "../json/nesting";
import { ReplyOutcome } from "./reply-outcome";
import { ReplyJudge, ReplyScanner, TextKind } from "./reply-scanner";
import { ReplySplice } from "./reply-splice";
import { firstOf } from "./reply-text-stream";
import { ReplyText } from "./reply-text";
import { ReplyTexts } from "./reply-texts";

const QUOTE = new ByteString('"');
const EMPTY_ARRAY = new ByteString("[]");
const NULL = new ByteString("null");
/** First byte lowest. */
const BYTE_ORDER_MARK: u32 = 0xbfbbef;
const MARK_LENGTH: i32 = 3;

/** A part of the body that is to be other bytes: a text, or what repeats one. */
@final
@unmanaged
class Edit {
  /** [start, end) of the body. */
  start: i32;
  end: i32;
  spanCount: i32;
  form: u8;
  nesting: u8;
  unused: u16;
}

const EDIT_BYTES: i32 = 16;
const NO_BYTES = new StaticArray<u8>(EDIT_BYTES);


@final
class NoListener extends JsonListener {}

const NO_PATHS = new JsonPaths([]);

/** Passes the decoded text in hand to its scanner. */
@final
class Feed extends JsonListener {
  /** The first byte that is no white space, or 0. */
  first: u32 = 0;

  constructor(readonly scanner: ReplyScanner) {
    super();
  }

  override onBytes(path: i32, pointer: usize, length: i32): void {
    if (this.first == 0) this.first = firstOf(pointer, length);
    this.scanner.feed(pointer, length);
  }
}

/**
 * Has every text of an answer looked at that is one JSON document of any size and comes in windows; then, if something is to be
 * masked, says what each window of it becomes, when they come again. Splitting it anywhere gives the same bytes.
 *
 * Keeps nothing of the document but notes of what is to be masked, at most `maxBytes` twice. A text whose kind is told only after it
 * counts as content.
 */
@final
export class ReplyBody extends ReplyListener {
  private outcome: ReplyOutcome = ReplyOutcome.Unchanged;
  private hasMasks: bool = false;
  /** How many bytes have been looked at, or rewritten. */
  private offset: i32 = 0;
  private form: TextForm = TextForm.String;
  private kind: TextKind = TextKind.Content;
  private textStart: i32 = 0;
  private isEmpty: bool = true;
  /** The edit, and the spans, that come next when the body is rewritten. */
  private edit: i32 = 0;
  private span: i32 = 0;
  private isInEdit: bool = false;
  private readonly edits: ByteBuffer;
  private readonly spans: ByteBuffer;
  private readonly feed: Feed;
  private readonly validator: JsonScanner = new JsonScanner(NO_PATHS, new NoListener());
  private readonly texts: ReplyTexts = new ReplyTexts();
  private readonly decoder: StringDecoder = new StringDecoder();
  private readonly splice: ReplySplice = new ReplySplice();

  constructor(
    private readonly judge: ReplyJudge,
    maxBytes: i32,
  ) {
    super();
    this.edits = new ByteBuffer(new Budget(maxBytes));
    this.spans = new ByteBuffer(new Budget(maxBytes));
    this.feed = new Feed(judge.newScanner());
  }

  /** Begins another answer. */
  begin(): void {
    this.outcome = ReplyOutcome.Unchanged;
    this.hasMasks = false;
    this.offset = 0;
    this.edits.clear();
    this.spans.clear();
    this.validator.reset();
    this.decoder.reset();
    this.texts.begin(changetype<ReplyListener>(this));
  }

  /**
   * Takes a window of the body. `Changed`, at the last one, when something is to be masked; `Rejected`; `OverBudget` when there is more
   * to mask than can be noted; `Unreadable` when it is no JSON. After the last three it takes no more.
   */
  look(pointer: usize, length: i32, isLast: bool): ReplyOutcome {
    if (this.outcome > ReplyOutcome.Changed) return this.outcome;
    const end = pointer + length;
    let at = pointer;
    while (at < end && this.offset < MARK_LENGTH && <u32>load<u8>(at) == markByte(this.offset)) {
      at++;
      this.offset++;
    }
    const before = this.validator.offset;
    const isValid = this.validator.feed(at, <i32>(end - at));
    const stop = at + <usize>(this.validator.offset - before);
    this.texts.feed(at, stop, this.offset);
    this.offset += <i32>(stop - at);
    if (this.judge.isRejected) this.outcome = ReplyOutcome.Rejected;
    else if (!isValid || (isLast && !this.validator.finish()))
      this.outcome = max(this.outcome, ReplyOutcome.Unreadable);
    if (isLast && this.outcome == ReplyOutcome.Unchanged && this.hasMasks) this.outcome = ReplyOutcome.Changed;
    return this.outcome;
  }

  /** The body comes again from its beginning. */
  beginRewrite(): void {
    this.offset = 0;
    this.edit = 0;
    this.span = 0;
    this.isInEdit = false;
  }

  /** Appends to `out` what a window becomes; false when `out` has no room: its content is then cut short. */
  rewrite(pointer: usize, length: i32, out: ByteBuffer): bool {
    const start = this.offset;
    const end = start + length;
    let at = start;
    while (this.edit < this.edits.length) {
      const edit = changetype<Edit>(this.edits.pointer + this.edit);
      if (!this.isInEdit) {
        const kept = min(edit.start, end) - at;
        if (!out.append(pointer + <usize>(at - start), kept)) return false;
        at += kept;
        if (at < edit.start || at == end) break;
        this.isInEdit = true;
        if (!this.beginEdit(edit, out)) return false;
      }
      const taken = min(edit.end, end) - at;
      if (edit.form == TextForm.Number) this.splice.feedPlain(pointer + <usize>(at - start), taken);
      else if (!isRepeat(edit)) this.splice.feed(pointer + <usize>(at - start), taken);
      at += taken;
      if (at < edit.end) break;
      if (!this.endEdit(edit, out)) return false;
    }
    this.offset = end;
    return this.isInEdit || out.append(pointer + <usize>(at - start), end - at);
  }

  override onText(text: ReplyText, start: i32): void {
    this.form = text.form;
    this.kind = text.kind;
    this.textStart = start;
    this.isEmpty = true;
  }

  override onRaw(pointer: usize, length: i32): void {
    if (this.judge.isRejected) return;
    const feed = this.feed;
    if (this.isEmpty) {
      this.isEmpty = false;
      feed.first = 0;
      feed.scanner.begin(this.kind);
    }
    this.decoder.decode(feed, NONE, pointer, length);
  }

  override onTextEnd(end: i32): void {
    if (this.isEmpty || this.judge.isRejected) return;
    this.decoder.finish(this.feed, NONE);
    const scanner = this.feed.scanner;
    scanner.finish();
    const masks = scanner.masks;
    const count = masks.count;
    if (masks.isFull) this.outcome = ReplyOutcome.OverBudget;
    if (count == 0) return;
    this.hasMasks = true;
    const isNested = this.form == TextForm.String && this.kind == TextKind.ToolInput;
    this.note(this.textStart, end, this.form, count, isNested ? nestingOf(this.feed.first) : Nesting.None);
    if (!this.spans.append(masks.pointer, count * <i32>SPAN_BYTES)) this.outcome = ReplyOutcome.OverBudget;
  }

  override onRepeat(start: i32, end: i32, isArray: bool): void {
    this.note(start, end, isArray ? TextForm.RepeatArray : TextForm.RepeatObject, 0, Nesting.None);
  }

  private note(start: i32, end: i32, form: TextForm, spanCount: i32, nesting: Nesting): void {
    if (!this.edits.append(changetype<usize>(NO_BYTES), EDIT_BYTES)) {
      this.outcome = ReplyOutcome.OverBudget;
      return;
    }
    const edit = changetype<Edit>(this.edits.pointer + this.edits.length - EDIT_BYTES);
    edit.start = start;
    edit.end = end;
    edit.spanCount = spanCount;
    edit.form = <u8>form;
    edit.nesting = <u8>nesting;
  }

  private beginEdit(edit: Edit, out: ByteBuffer): bool {
    if (isRepeat(edit)) {
      const empty = edit.form == TextForm.RepeatArray ? EMPTY_ARRAY : NULL;
      return out.append(empty.pointer, empty.length);
    }
    const spans = this.spans.pointer + this.span;
    this.splice.begin(this.judge, spans, edit.spanCount, 0, <Nesting>edit.nesting, out);
    return edit.form != TextForm.Number || out.append(QUOTE.pointer, QUOTE.length);
  }

  private endEdit(edit: Edit, out: ByteBuffer): bool {
    this.isInEdit = false;
    this.edit += EDIT_BYTES;
    if (isRepeat(edit)) return true;
    this.splice.finish();
    this.span += edit.spanCount * <i32>SPAN_BYTES;
    if (this.splice.isFull) return false;
    return edit.form != TextForm.Number || out.append(QUOTE.pointer, QUOTE.length);
  }
}

function isRepeat(edit: Edit): bool {
  return edit.form == TextForm.RepeatArray || edit.form == TextForm.RepeatObject;
}

function markByte(index: i32): u32 {
  return (BYTE_ORDER_MARK >> (index << 3)) & 0xff;
}

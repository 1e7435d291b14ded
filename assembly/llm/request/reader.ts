import { Bytes } from "../../bytes/view";
import { JsonKind } from "../../json/listener";
import { JsonProblem, JsonScanner } from "../../json/scanner";
import { Dialect } from "../dialect";
import { NO_COUNT, multiplyCounts } from "../tokens/count";
import { RequestEdit, includeUsageEdit } from "./edit";
import { RequestFields, requestPaths } from "./fields";

/** What a request says of its `stream_options`. */
export const enum StreamOptions {
  Absent,
  Null,
  Object,
  /** Anything else, which servers refuse. */
  Other,
}

const MOST_IDLE: i32 = 64;
const idle: RequestReader[] = [];
const PATHS = requestPaths("");

/**
 * Reads what a request to a model costs and asks for, from a JSON body of any dialect that arrives in pieces: splitting it
 * anywhere gives the same result.
 *
 * All but `model` means something only once the body has ended. Fixed memory, about 10 KiB; never allocates after
 * construction but for the model's name and an edit. What was read before a problem stays.
 */
@final
export class RequestReader {
  private readonly fields: RequestFields;
  private readonly scanner: JsonScanner;
  private readonly view: Bytes = new Bytes();

  constructor() {
    const fields = new RequestFields();
    this.fields = fields;
    this.scanner = new JsonScanner(PATHS, fields);
  }

  /** One that is ready for a body; to be given back. */
  static take(): RequestReader {
    const reader = idle.length > 0 ? idle.pop() : new RequestReader();
    reader.reset();
    return reader;
  }

  giveBack(): void {
    if (idle.length < MOST_IDLE) idle.push(this);
  }

  /** Ready for another body. */
  reset(): void {
    this.fields.reset();
    this.scanner.reset();
  }

  /** Consumes a piece; false when this is no JSON, and then for every later one. */
  feed(pointer: usize, length: i32): bool {
    return this.scanner.feed(pointer, length);
  }

  /** The body is over: true when it was exactly one JSON value. */
  finish(): bool {
    return this.scanner.finish();
  }

  get problem(): JsonProblem {
    return this.scanner.problem;
  }

  /** Whether the root value has begun and is no object. */
  get isNoObject(): bool {
    const root = this.fields.root;
    return root.count > 0 && root.kind != JsonKind.Object;
  }

  /** How many `model` keys the root object has so far. */
  get modelCount(): i32 {
    return this.fields.model.count;
  }

  /** Whether the first model has ended. */
  get isModelKnown(): bool {
    return this.fields.model.isComplete;
  }

  /** Whether the first model is a string. */
  get isModelText(): bool {
    return this.fields.model.count > 0 && this.fields.model.kind == JsonKind.String;
  }

  /** The first model, cut after `MAX_REQUEST_MODEL` (`request-fields.ts`) + 1 bytes; lasts until the next call. */
  get model(): Bytes {
    return this.view.set(this.fields.modelBytes.pointer, this.fields.modelBytes.length);
  }

  /** Bits of `ShapeKey`: which telling keys the root object has so far. */
  get shape(): i32 {
    return this.fields.shape;
  }

  /** Whether a key that decides something here (model, stream and its options, background, caps, numbers of answers) came twice. */
  get hasDuplicate(): bool {
    return this.fields.hasDuplicate;
  }

  /** Whether the answer is to be streamed. */
  get streams(): bool {
    return this.fields.stream.isOn;
  }

  get streamOptions(): StreamOptions {
    const options = this.fields.streamOptions;
    if (options.count == 0) return StreamOptions.Absent;
    if (options.kind == JsonKind.Null) return StreamOptions.Null;
    return options.kind == JsonKind.Object ? StreamOptions.Object : StreamOptions.Other;
  }

  /** Whether the client asked for the usage in the stream. */
  get includesUsage(): bool {
    return this.fields.includeUsage.isOn;
  }

  /** See `includeUsageEdit`. */
  get usageEdit(): RequestEdit | null {
    return includeUsageEdit(this.fields.root, this.fields.streamOptions, this.fields.includeUsage);
  }

  /** Whether the answer comes first and the model writes afterwards. */
  get isBackground(): bool {
    return this.fields.background.isOn;
  }

  /** The largest cap on one answer's tokens that this dialect has, at most `MAX_COUNT`; `NO_COUNT` when none is given. */
  outputCap(dialect: Dialect): i64 {
    return this.fields.outputCap(dialect);
  }

  /** How many answers are asked for: up to 1,024 to each prompt. */
  get answers(): i64 {
    return this.fields.answers;
  }

  /** The most tokens that the answers can have; `perAnswer` where the request gives no cap. */
  outputTokens(perAnswer: i64, dialect: Dialect): i64 {
    const cap = this.outputCap(dialect);
    return multiplyCounts(cap == NO_COUNT ? perAnswer : cap, this.answers);
  }

  /** The estimate of what the model reads: texts, pictures and files, tools, and the framing of messages. */
  get inputTokens(): i64 {
    return this.fields.inputTokens;
  }
}

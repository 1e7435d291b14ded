import { Bytes } from "../../bytes/view";
import { JsonProblem, JsonScanner } from "../../json/scanner";
import { PROMPT_PATHS, PromptFields } from "./fields";
import { PromptFacts } from "./facts";
import { PromptListener, TextPlace } from "./listener";
import { TextScope } from "../text-scope";

const MOST_IDLE: i32 = 64;
const idle: PromptReader[] = [];

/** Hears nothing. */
@final
class Deaf extends PromptListener {
  onText(_start: u64, _place: TextPlace): void {}
  onTextBytes(_pointer: usize, _length: i32): void {}
  onTextEnd(_end: u64): void {}
  onScope(_scope: TextScope): void {}
}

const DEAF = new Deaf();

/**
 * Finds every text that a model may read in the JSON body of a request of any dialect, whose it is and where it stands, in a
 * body that arrives in pieces: splitting it anywhere gives the same texts.
 *
 * Dialects and their versions are not told apart: places are known by their keys. Whatever string isn't known to be something
 * else is a text, the keys of tools' inputs and outputs, and unknown keys too. What is known and no text: identifiers, models' names,
 * settings, media types, roles and types, and pictures, sound and files by their keys and first bytes. A string's escapes are
 * undone; a text within a text (JSON in a string, base64) is left to whoever listens.
 *
 * Fixed memory, about 20 KiB; never allocates after construction. What was heard before a problem stays.
 */
@final
export class PromptReader {
  private readonly fields: PromptFields;
  private readonly scanner: JsonScanner;
  private readonly view: Bytes = new Bytes();

  constructor(listener: PromptListener) {
    const fields = new PromptFields(listener, false);
    this.fields = fields;
    this.scanner = new JsonScanner(PROMPT_PATHS, fields);
    this.reset();
  }

  /** One that is ready for a body; to be given back. */
  static take(listener: PromptListener): PromptReader {
    if (idle.length == 0) return new PromptReader(listener);
    const reader = idle.pop();
    reader.fields.listenWith(listener);
    reader.reset();
    return reader;
  }

  giveBack(): void {
    this.fields.listenWith(DEAF);
    if (idle.length < MOST_IDLE) idle.push(this);
  }

  /** Ready for another body. */
  reset(): void {
    this.fields.begin(0);
    this.fields.facts.reset();
    this.scanner.reset();
  }

  /** Consumes a piece; false when this is no JSON, and then for every later one. */
  feed(pointer: usize, length: i32): bool {
    return this.scanner.feed(pointer, length);
  }

  /** The body is over: true when it was exactly one JSON value. */
  finish(): bool {
    if (!this.scanner.finish()) return false;
    this.fields.finish();
    return true;
  }

  get problem(): JsonProblem {
    return this.scanner.problem;
  }

  /** What the request says of itself. All but the model means something only once the body has ended. */
  get facts(): PromptFacts {
    return this.fields.facts;
  }

  /** The first model, cut after `MAX_PROMPT_MODEL` (`prompt-facts.ts`) + 1 bytes; lasts until the next call. */
  get model(): Bytes {
    return this.view.set(this.facts.modelPointer, this.facts.modelLength);
  }
}

import { ByteString } from "../../bytes/view";
import { JsonKind, JsonListener } from "../../json/listener";
import { ALL_OTHERS, JsonPaths } from "../../json/paths";
import { PromptFacts } from "./facts";
import { findKey, kindOf, numberOf, PromptKey, UNNUMBERED } from "./keys";
import { PromptLevels } from "./levels";
import { PromptListener } from "./listener";
import { contentsOf, hasTextKeys, Place, placeIn, scopeIn, valueAt } from "./places";
import { Frame, PromptScopes } from "./scopes";
import { PromptValue } from "./value";
import { NO_SCOPE } from "./words";
import { SHAPE_KEYS, shapeWith } from "../shape";

/** All that is in a text: it has no other paths. */
export const PROMPT_PATHS = new JsonPaths(["", ALL_OTHERS]);

/** In a batch of messages, one of its requests: the path after those. */
const REQUEST: i32 = 2;

const URL = new ByteString("url");

/** Hears about a request's JSON; tells a listener its texts and keeps what else there is to know. */
@final
export class PromptFields extends JsonListener {
  readonly facts: PromptFacts;
  /** How many requests of a batch have begun. */
  requests: i32 = 0;
  private readonly scopes: PromptScopes;
  private readonly value: PromptValue;
  private readonly levels: PromptLevels;

  constructor(
    listener: PromptListener,
    /** Whether this is a line of a batch file, around its request. */
    private readonly isLine: bool,
  ) {
    super();
    const facts = new PromptFacts();
    const levels = new PromptLevels();
    const scopes = new PromptScopes(listener, levels);
    this.facts = facts;
    this.levels = levels;
    this.scopes = scopes;
    this.value = new PromptValue(listener, levels, scopes, facts);
  }

  listenWith(listener: PromptListener): void {
    this.scopes.listener = listener;
    this.value.listener = listener;
  }

  /** Ready for another JSON text, which begins at `base` of the body. The facts of the last one stay. */
  begin(base: u64): void {
    this.levels.depth = 0;
    this.scopes.reset();
    this.value.base = base;
    this.value.expect(Place.Text, NO_SCOPE, false);
  }

  /** The JSON text is complete. */
  finish(): void {
    this.scopes.finish();
  }

  override onKeyStart(start: u64): void {
    if (this.around != Place.MuteTree) this.value.beginKey(start + 1);
  }

  override onKeyBytes(pointer: usize, length: i32): void {
    this.value.take(pointer, length);
  }

  override onKeyEnd(end: u64): void {
    const value = this.value;
    const around = this.around;
    let key = PromptKey.Unknown;
    if (value.isHeld) {
      const found = findKey(value.heldPointer, value.heldLength);
      const isText = hasTextKeys(around);
      key = this.isMuteUrl ? PromptKey.Mute : kindOf(found);
      if (!isText) this.noteKey(numberOf(found));
      if (isText || key == PromptKey.Unknown) value.tellHeld();
    }
    value.end(end);
    const next = valueAt(key, around, this.scopes);
    const place = placeIn(next);
    value.expect(place, scopeIn(next), key == PromptKey.Text && this.scopes.frame == Frame.Part);
    if (place == Place.Text) value.isWords = key == PromptKey.Text;
    else if (place == Place.Output) value.isWords = key == PromptKey.Text || key == PromptKey.Output;
  }

  override onValue(path: i32, kind: JsonKind, start: u64): void {
    const value = this.value;
    if (path == REQUEST) this.requests++;
    const depth = this.levels.depth;
    if (depth == 0) this.facts.isNoObject = kind != JsonKind.Object;
    if (depth == 1 && value.place == Place.Model) this.facts.beginModel(kind);
    switch (kind) {
      case JsonKind.Object:
      case JsonKind.Array:
        this.open(kind == JsonKind.Object);
        break;
      case JsonKind.String:
        value.beginString(start + 1);
        break;
      case JsonKind.Number:
        value.beginNumber(start);
        break;
      case JsonKind.True:
        if (depth == 1 && value.place == Place.Stream) this.facts.streams = true;
    }
  }

  override onBytes(_path: i32, pointer: usize, length: i32): void {
    this.value.take(pointer, length);
  }

  override onValueEnd(_path: i32, kind: JsonKind, end: u64): void {
    if (kind >= JsonKind.Object) {
      this.scopes.close();
      this.value.endContainer(kind == JsonKind.Object);
      this.value.expect(this.around, NO_SCOPE, false);
      this.levels.depth--;
    } else if (kind == JsonKind.String) {
      this.value.endString(end);
    } else {
      this.value.endNumber(end);
    }
  }

  /** The place of the innermost object or array. */
  private get around(): Place {
    return <Place>this.levels.last.place;
  }

  /** A batch's line says for which endpoint its request is. */
  private get isMuteUrl(): bool {
    return this.isLine && this.levels.depth == 1 && URL.equals(this.value.heldPointer, this.value.heldLength);
  }

  private noteKey(number: i32): void {
    if (number == UNNUMBERED) return;
    if (this.levels.depth == 1 && number < SHAPE_KEYS.length)
      this.facts.shape = shapeWith(this.facts.shape, SHAPE_KEYS[number]);
    const level = this.levels.last;
    const bit = (<u64>1) << number;
    if (level.keys & bit) this.facts.hasDuplicate = true;
    level.keys |= bit;
  }

  private open(isObject: bool): void {
    const place = this.value.place;
    const scope = this.value.scope;
    let frame = Frame.None;
    if (scope != NO_SCOPE) frame = Frame.Fixed;
    else if (isObject && place == Place.Messages) frame = Frame.Message;
    else if (isObject && place == Place.Parts && this.scopes.fixedScope == NO_SCOPE) frame = Frame.Part;
    this.levels.depth++;
    this.scopes.open(frame, scope);
    this.value.expect(contentsOf(place), NO_SCOPE, false);
    const level = this.levels.last;
    level.place = <u8>this.value.place;
    level.keys = 0;
    this.value.beginContainer(isObject);
  }
}

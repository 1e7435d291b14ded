import { Bytes } from "../../bytes/view";
import { JsonKind, JsonListener } from "../../json/listener";
import { JsonPaths } from "../../json/paths";
import { JsonProblem, JsonScanner } from "../../json/scanner";
import { skipSpace } from "../../json/space";
import { SHAPE_KEYS, ShapeKey, shapeWith } from "../shape";
import { SeenModels } from "./seen";

const PATHS = new JsonPaths(["model", "messages", "contents", "input", "prompt", "inputs", ""]);
const MODEL: i32 = 0;
const ROOT: i32 = 6;
/** A key's bytes, the last one lowest, behind a 1. */
const NO_KEY: u64 = 1;
const MODEL_KEY: u64 = 0x016d_6f64_656c;
const LOWER_CASE: u64 = 0x20_2020_2020;


@final
class RootKeys extends JsonListener {
  readonly models: SeenModels = new SeenModels();
  isText: bool = false;
  shape: i32 = 0;
  rootStart: u64 = 0;
  hasRoot: bool = false;
  isObject: bool = false;
  private key: u64 = NO_KEY;

  reset(): void {
    this.models.reset();
    this.isText = false;
    this.shape = 0;
    this.rootStart = 0;
    this.hasRoot = false;
    this.isObject = false;
    this.key = NO_KEY;
  }

  // Only the root's keys are heard: no path leads further. What long keys shift out can't make them equal but on purpose.
  override onKeyBytes(pointer: usize, length: i32): void {
    for (let i = 0; i < length; i++) this.key = (this.key << 8) | load<u8>(pointer + i);
  }

  /** Some servers (Go's encoding/json, so Ollama) take a key in any case, and the last one counts. */
  override onKeyEnd(_end: u64): void {
    if (this.key != MODEL_KEY && (this.key | LOWER_CASE) == MODEL_KEY) {
      this.shape = shapeWith(this.shape, ShapeKey.Model);
      this.models.addAlias();
    }
    this.key = NO_KEY;
  }

  override onValue(path: i32, kind: JsonKind, start: u64): void {
    if (path == ROOT) {
      this.hasRoot = true;
      this.isObject = kind == JsonKind.Object;
      this.rootStart = start;
      return;
    }
    this.shape = shapeWith(this.shape, SHAPE_KEYS[path]);
    if (path != MODEL) return;
    if (this.models.count == 0) this.isText = kind == JsonKind.String;
    this.models.begin(start);
  }

  override onBytes(path: i32, pointer: usize, length: i32): void {
    if (path == MODEL) this.models.append(pointer, length);
  }

  override onValueEnd(path: i32, _kind: JsonKind, end: u64): void {
    if (path == MODEL) this.models.finish(end);
  }
}

const MOST_IDLE: i32 = 64;
const idle = new Array<ModelProbe>();

/** Reads the model of a JSON body that arrives in pieces, and goes on watching for a second one. */
@final
export class ModelProbe {
  private readonly keys: RootKeys;
  private readonly scanner: JsonScanner;
  private offset: u64 = 0;
  private isFirstMemberSeen: bool = false;
  /** Whether the root object has anything in it, as far as it was read. */
  hasMembers: bool = false;

  constructor() {
    const keys = new RootKeys();
    this.keys = keys;
    this.scanner = new JsonScanner(PATHS, keys);
  }

  /** A probe for a new body: one that was given back, where there is one. */
  static take(): ModelProbe {
    return idle.length > 0 ? idle.pop() : new ModelProbe();
  }

  /** Its body is over: it can serve another. */
  giveBack(): void {
    this.keys.reset();
    this.scanner.reset();
    this.offset = 0;
    this.isFirstMemberSeen = false;
    this.hasMembers = false;
    if (idle.length < MOST_IDLE) idle.push(this);
  }

  /** False when this is no JSON. */
  feed(piece: Bytes, isLast: bool): bool {
    const isJson = this.scanner.feed(piece.pointer, piece.length);
    if (this.keys.isObject && !this.isFirstMemberSeen) this.findFirstMember(piece);
    this.offset += piece.length;
    return isJson && (!isLast || this.scanner.finish());
  }

  get models(): SeenModels {
    return this.keys.models;
  }

  /** Whether the first model is a string. */
  get isText(): bool {
    return this.keys.isText;
  }

  /** Whether not one byte has come so far. */
  get isEmpty(): bool {
    return this.offset == 0;
  }

  /** Why this is no JSON, once `feed` said so. */
  get problem(): JsonProblem {
    return this.scanner.problem;
  }

  /** Bits of `ShapeKey`: which telling keys the root object has so far. */
  get shape(): i32 {
    return this.keys.shape;
  }

  /** Whether the root value has begun and is no object. */
  get isNoObject(): bool {
    return this.keys.hasRoot && !this.keys.isObject;
  }

  /** Where a member can be put into the root object: right after its brace. */
  get firstMember(): u64 {
    return this.keys.rootStart + 1;
  }

  private findFirstMember(piece: Bytes): void {
    const end = piece.pointer + piece.length;
    const at = skipSpace(piece.pointer + <usize>(max(this.firstMember, this.offset) - this.offset), end);
    if (at >= end) return;
    this.isFirstMemberSeen = true;
    this.hasMembers = load<u8>(at) != 0x7d;
  }
}

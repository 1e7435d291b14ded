import { Budget } from "../../assembly/bytes/budget";
import { ByteBuffer } from "../../assembly/bytes/buffer";
import { Bytes } from "../../assembly/bytes/view";
import { formatInteger } from "../../assembly/config/integer";
import { Caller } from "../../assembly/filter/caller";
import { Problem, problemOfJson } from "../../assembly/filter/problem";
import { JsonKind, JsonListener } from "../../assembly/json/listener";
import { JsonPaths } from "../../assembly/json/paths";
import { JsonScanner } from "../../assembly/json/scanner";
import { MAX_MODEL_BYTES } from "../../assembly/llm/model/name";
import { BatchCheck } from "./batch-check";
import { RouteTable } from "./route-table";

const PATHS = new JsonPaths(["requests[*]", "requests[*].params.model"]);
const REQUEST: i32 = 0;
const MODEL: i32 = 1;
const KEPT_BYTES: i32 = MAX_MODEL_BYTES + 1;


@final
class Requests extends JsonListener {
  constructor(private readonly check: BatchMessages) {
    super();
  }

  override onValue(path: i32, kind: JsonKind, _start: u64): void {
    this.check.onValue(path, kind);
  }

  override onBytes(path: i32, pointer: usize, length: i32): void {
    if (path == MODEL) this.check.onModelBytes(pointer, length);
  }

  override onValueEnd(path: i32, _kind: JsonKind, _end: u64): void {
    if (path == MODEL) this.check.onModelEnd();
  }

  override onDuplicate(_path: i32, _start: u64): void {
    this.check.onDuplicate();
  }
}

/** A batch of messages (Anthropic, `POST /v1/messages/batches`): one JSON object whose `requests` have their own models. */
@final
export class BatchMessages extends BatchCheck {
  private request: i32 = 0;
  private readonly model: ByteBuffer = new ByteBuffer(new Budget(KEPT_BYTES));
  private readonly view: Bytes = new Bytes();
  private scanner: JsonScanner | null = null;

  constructor(table: RouteTable, caller: Caller | null) {
    super(table, caller);
    this.scanner = new JsonScanner(PATHS, new Requests(this));
  }

  feed(piece: Bytes, isLast: bool): void {
    const scanner = this.scanner!;
    if (scanner.feed(piece.pointer, piece.length) && (!isLast || scanner.finish())) return;
    this.report(problemOfJson(scanner.problem));
  }

  onValue(path: i32, kind: JsonKind): void {
    if (path == REQUEST) this.request++;
    else if (kind != JsonKind.String) this.report(Problem.NotJson);
    if (path == MODEL) this.model.clear();
  }

  onModelBytes(pointer: usize, length: i32): void {
    this.model.append(pointer, min(length, KEPT_BYTES - this.model.length));
  }

  onModelEnd(): void {
    if (this.found == null)
      this.judge(`request ${formatInteger(this.request)}`, this.view.set(this.model.pointer, this.model.length));
  }

  onDuplicate(): void {
    this.report(Problem.DuplicateKey);
  }
}

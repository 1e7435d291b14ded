import { JsonKind, JsonListener } from "../../json/listener";
import { JsonPaths } from "../../json/paths";
import { JsonScanner } from "../../json/scanner";
import { SHAPE_KEYS, shapeWith } from "../shape";

const PATHS = new JsonPaths(["model", "messages", "contents", "input", "prompt", "inputs"]);


@final
class Keys extends JsonListener {
  shape: i32 = 0;

  onValue(path: i32, _kind: JsonKind, _start: u64): void {
    this.shape = shapeWith(this.shape, SHAPE_KEYS[path]);
  }
}

/** Tells by its keys whether a body on an unknown path is a request for a model. Fixed memory. */
@final
export class RequestShape {
  private readonly keys: Keys;
  private readonly scanner: JsonScanner;

  constructor() {
    const keys = new Keys();
    this.keys = keys;
    this.scanner = new JsonScanner(PATHS, keys);
  }

  /** Bits of `ShapeKey`: those that the body has so far. */
  get shape(): i32 {
    return this.keys.shape;
  }

  /** Consumes a piece; false when this is no JSON, and then for every later one. */
  feed(pointer: usize, length: i32): bool {
    return this.scanner.feed(pointer, length);
  }
}

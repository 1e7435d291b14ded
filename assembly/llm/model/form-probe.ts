import { ByteString, Bytes } from "../../bytes/view";
import { MultipartListener, MultipartScanner } from "../form/multipart";
import { SeenModels } from "./seen";

const MODEL = new ByteString("model");


@final
class ModelParts extends MultipartListener {
  readonly models: SeenModels = new SeenModels();
  private isInModel: bool = false;

  override onPart(name: Bytes, _isFile: bool, start: i64): void {
    this.isInModel = MODEL.equals(name.pointer, name.length);
    if (this.isInModel) this.models.begin(start);
  }

  override onPartBytes(pointer: usize, length: i32): void {
    if (this.isInModel) this.models.append(pointer, length);
  }

  override onPartEnd(end: i64): void {
    if (this.isInModel) this.models.finish(end);
  }
}

/** Reads the field `model` of a multipart/form-data body that arrives in pieces, and goes on watching for a second one. */
@final
export class FormProbe {
  private readonly parts: ModelParts;
  private readonly scanner: MultipartScanner;

  constructor() {
    const parts = new ModelParts();
    this.parts = parts;
    this.scanner = new MultipartScanner(parts);
  }

  /** False when the content type has no boundary that all parsers read alike. */
  begin(contentType: Bytes): bool {
    return this.scanner.begin(contentType);
  }

  /** False when this is no form that all parsers read alike. */
  feed(piece: Bytes, isLast: bool): bool {
    return this.scanner.feed(piece.pointer, piece.length) && (!isLast || this.scanner.finish());
  }

  get models(): SeenModels {
    return this.parts.models;
  }
}

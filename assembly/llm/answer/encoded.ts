import { Base64Decoder } from "../../bytes/base64";
import { CarriedValue } from "./carried";
import { AnswerDocuments } from "./documents";
import { AnswerListener } from "./listener";
import { AnswerModel } from "./model";
import { Usage } from "../usage";

/** Reads the objects that an answer carries as base64, in pieces. Within them there is no base64 again. */
@final
export class EncodedAnswer extends CarriedValue {
  private documents: AnswerDocuments | null = null;
  private readonly decoder: Base64Decoder = new Base64Decoder();

  constructor(
    private readonly usage: Usage,
    private readonly model: AnswerModel,
    private readonly listener: AnswerListener,
  ) {
    super();
  }

  reset(): void {
    this.end();
    const documents = this.documents;
    if (documents !== null) documents.reset();
  }

  feed(pointer: usize, length: i32): void {
    let documents = this.documents;
    if (documents === null) {
      documents = new AnswerDocuments(this.usage, this.model, this.listener, null);
      this.documents = documents;
    }
    const end = pointer + length;
    while (pointer < end) {
      pointer = this.decoder.decode(pointer, end);
      documents.feed(changetype<usize>(this.decoder.output), this.decoder.length);
    }
  }

  end(): void {
    this.decoder.reset();
    const documents = this.documents;
    if (documents !== null) documents.endEvent();
  }
}

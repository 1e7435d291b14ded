import { Bytes } from "../bytes/view";
import { Problem, problemOfBatch, problemOfJson } from "../filter/problem";
import { Dialect } from "../llm/dialect";
import { Endpoint } from "../llm/endpoint";
import { PromptBatchReader, PromptFileReader, PromptMessageBatch } from "../llm/prompt/batch-reader";
import { PromptFacts } from "../llm/prompt/facts";
import { PromptFormReader } from "../llm/prompt/form-reader";
import { PromptListener } from "../llm/prompt/listener";
import { PromptReader } from "../llm/prompt/reader";

/** The body of a request whose texts are judged: JSON, a form, a batch of messages, or a file that may be a batch. */
@final
export class PromptBody {
  /** Why the body can't be read, once `feed` says so. */
  problem: Problem = Problem.NotJson;
  private json: PromptReader | null = null;
  private form: PromptFormReader | null = null;
  private batch: PromptBatchReader | null = null;
  private file: PromptFileReader | null = null;

  private constructor() {}

  /** Null: a form without a boundary. */
  static of(endpoint: Endpoint, contentType: Bytes, listener: PromptListener): PromptBody | null {
    const body = new PromptBody();
    if (endpoint.isBatchUpload && endpoint.isMultipart) {
      const file = new PromptFileReader(listener);
      if (!file.begin(contentType)) return null;
      body.file = file;
      body.batch = file;
    } else if (endpoint.isBatchUpload && endpoint.dialect == Dialect.AnthropicBatches) {
      body.batch = new PromptMessageBatch(listener);
    } else if (endpoint.isMultipart) {
      const form = new PromptFormReader(listener);
      if (!form.begin(contentType)) return null;
      body.form = form;
    } else {
      body.json = PromptReader.take(listener);
    }
    return body;
  }

  /** Consumes a piece; false when this is none of what it should be. */
  feed(piece: Bytes, isLast: bool): bool {
    const json = this.json;
    if (json != null) {
      if (json.feed(piece.pointer, piece.length) && (!isLast || json.finish())) return true;
      this.problem = problemOfJson(json.problem);
      return false;
    }
    const batch = this.batch;
    if (batch != null) {
      if (batch.feed(piece.pointer, piece.length) && (!isLast || batch.finish())) return true;
      this.problem = problemOfBatch(batch.problem);
      return false;
    }
    const form = this.form!;
    if (form.feed(piece.pointer, piece.length) && (!isLast || form.finish())) return true;
    this.problem = Problem.BadMultipart;
    return false;
  }

  giveBack(): void {
    const json = this.json;
    if (json != null) json.giveBack();
    this.json = null;
  }

  /** Whether what was found counts: not in a file that may yet turn out to be no batch. */
  get counts(): bool {
    const file = this.file;
    return file == null || file.isBatch;
  }

  /** Whether texts stand in the body as they are, without JSON's escapes. */
  get isPlain(): bool {
    return this.form != null;
  }

  get facts(): PromptFacts {
    const json = this.json;
    if (json != null) return json.facts;
    const batch = this.batch;
    return batch != null ? batch.facts : this.form!.facts;
  }

  /** The first model that it names. */
  get model(): string {
    const json = this.json;
    if (json != null) return json.model.toString();
    const form = this.form;
    return form == null ? "" : form.model.toString();
  }
}

import { Bytes } from "../bytes/view";
import { Problem, problemOfJson } from "../filter/problem";
import { Endpoint } from "../llm/endpoint";
import { PromptFacts } from "../llm/prompt-facts";
import { PromptListener } from "../llm/prompt-listener";
import { PromptReader } from "../llm/prompt-reader";

/** The body of a request whose texts are judged, whatever its form. */
@final
export class PromptBody {
  /** Why the body can't be read, once `feed` says so. */
  problem: Problem = Problem.NotJson;

  private constructor(private readonly reader: PromptReader) {}

  /** Null: a form without a boundary. */
  static of(_endpoint: Endpoint, _contentType: Bytes, listener: PromptListener): PromptBody | null {
    return new PromptBody(PromptReader.take(listener));
  }

  feed(piece: Bytes, isLast: bool): bool {
    const reader = this.reader;
    if (reader.feed(piece.pointer, piece.length) && (!isLast || reader.finish())) return true;
    this.problem = problemOfJson(reader.problem);
    return false;
  }

  giveBack(): void {
    this.reader.giveBack();
  }

  get facts(): PromptFacts {
    return this.reader.facts;
  }

  get model(): string {
    return this.reader.model.toString();
  }
}

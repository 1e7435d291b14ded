import { MOST_DECIMAL_BYTES, writeDecimal } from "../../assembly/bytes/decimal";
import { Bytes } from "../../assembly/bytes/view";
import { Exchange } from "../../assembly/filter/exchange";
import { Outcome } from "../../assembly/filter/outcome";
import { Problem, problemOfJson } from "../../assembly/filter/problem";
import { RequestHead, requestHead } from "../../assembly/filter/request-head";
import { Endpoint } from "../../assembly/llm/endpoint";
import { RequestReader } from "../../assembly/llm/request/reader";
import { NO_COUNT } from "../../assembly/llm/tokens/count";
import { MyPluginSettings } from "./config";
import { NO_CAP, overCap } from "./refusals";
import { Verdict, judge } from "./verdict";

const digits = memory.data(MOST_DECIMAL_BYTES);
const written = new Bytes();

/** Refuses a request that asks for too long an answer, and says in a header how long an answer it asks for. */
@final
export class MyPlugin extends Exchange {
  private reader: RequestReader | null = null;

  private get settings(): MyPluginSettings {
    return this.settingsAs<MyPluginSettings>();
  }

  /** What is decided by the headers alone; everything else waits for the body. */
  onRequest(head: RequestHead, endpoint: Endpoint, isWhole: bool): Outcome {
    this.settings.common.consumer.publish(head);
    if (!head.strip(this.settings.header)) return this.onProblem(Problem.HostFailure);
    if (isWhole || head.isHandshake || !endpoint.needsModel || endpoint.isMultipart) return Outcome.Leave;
    if (head.isEncoded) return this.onProblem(Problem.UnsupportedEncoding);
    this.reader = RequestReader.take();
    return Outcome.Hold;
  }

  /** A piece of any size: splitting a body anywhere must not change the outcome. */
  onRequestPiece(piece: Bytes, isLast: bool): Outcome {
    const reader = this.reader!;
    const isJson = reader.feed(piece.pointer, piece.length) && (!isLast || reader.finish());
    if (!isJson) return this.onProblem(problemOfJson(reader.problem));
    if (!isLast) return Outcome.Hold;
    return reader.hasDuplicate ? this.onProblem(Problem.DuplicateKey) : this.decide(reader);
  }

  onDelete(): void {
    super.onDelete();
    const reader = this.reader;
    if (reader != null) reader.giveBack();
    this.reader = null;
  }

  private decide(reader: RequestReader): Outcome {
    const settings = this.settings;
    const asked = reader.outputCap(this.dialect) == NO_COUNT ? NO_COUNT : reader.outputTokens(0, this.dialect);
    if (asked != NO_COUNT && !requestHead.set(settings.header, written.set(digits, writeDecimal(asked, digits))))
      return this.onProblem(Problem.HostFailure);
    const verdict = judge(asked, settings.maxOutputTokens, settings.requireCap);
    settings.count(verdict);
    if (verdict == Verdict.Over) return this.refuse(overCap(asked, settings.maxOutputTokens));
    return verdict == Verdict.Missing ? this.refuse(NO_CAP) : Outcome.Leave;
  }
}

import { Budget } from "../bytes/budget";
import { ByteBuffer, countDropped } from "../bytes/buffer";
import { Direction, StreamContext } from "../host/context";
import { closeStream } from "../host/control";
import { sendLocalReply } from "../host/local-reply";
import { Dialect, Family, familyOf } from "../llm/dialect";
import { appendRefusalBody } from "../llm/refusal/body";
import { BEDROCK_ERROR_TYPE_HEADER, errorType } from "../llm/refusal/error-type";
import { FailureMode, Mode } from "./mode";
import { Outcome } from "./outcome";
import { PluginRoot } from "./plugin-root";
import { Problem, refusalOf } from "./problem";
import { Refusal } from "./refusal";
import { Settings } from "./settings";

const MAX_REFUSAL_BYTES: i32 = 16384;
/** The texts of one refusal, about. */
const REFUSAL_DROPS_BYTES: i32 = 4096;

/** A stream that can be answered in the provider's place: what its failure mode and its mode say, in its dialect. */
export abstract class RefusingStream extends StreamContext {
  /** The dialect in which this exchange is refused. */
  protected dialect: Dialect = Dialect.Unknown;
  /** The settings chosen for this request; null while it has none, or where the plugin is off. */
  protected chosen: Settings | null = null;
  /** This plugin has answered, or closed, the exchange. */
  protected isEnded: bool = false;

  constructor(
    id: u32,
    protected readonly root: PluginRoot,
  ) {
    super(id);
  }

  /** The settings as the plugin made them. Valid from `onRequest` on. */
  protected settingsAs<T extends Settings>(): T {
    return changetype<T>(this.chosen);
  }

  /** Applies the failure mode: ends the exchange, or lets it by unjudged and counts that. */
  protected fail(problem: Problem): Outcome {
    return this.failWith(refusalOf(problem));
  }

  /** The same where the plugin says what the client is told. */
  protected failWith(refusal: Refusal): Outcome {
    const settings = this.chosen!;
    if (settings.common.failureMode == FailureMode.FailClosed) return this.refuse(refusal);
    this.root.metrics.bypassed(refusal.reason);
    return Outcome.Leave;
  }

  /**
   * Answers in the dialect of the request. When the answer has begun already, the host cuts both sides instead. In Audit it
   * is recorded only, and the request passes.
   */
  protected refuse(refusal: Refusal): Outcome {
    const settings = this.chosen;
    if (settings != null && settings.common.mode == Mode.Audit) {
      this.root.metrics.audited(refusal.reason);
      return Outcome.Leave;
    }
    this.root.metrics.refused(refusal.reason);
    return this.end(refusal);
  }

  /** Answers with what the refusal says, or cuts what can't be answered any more. */
  protected end(refusal: Refusal): Outcome {
    const body = new ByteBuffer(new Budget(MAX_REFUSAL_BYTES));
    appendRefusalBody(body, this.dialect, refusal.status, refusal.code, refusal.param, refusal.message);
    const headers = ["content-type", "application/json"];
    const own = refusal.headers;
    if (own != null) for (let i = 0; i < own.length; i++) headers.push(own[i]);
    if (familyOf(this.dialect) == Family.Bedrock) {
      headers.push(BEDROCK_ERROR_TYPE_HEADER.toString());
      headers.push(errorType(this.dialect, refusal.status).toString());
    }
    return this.answer(refusal.status, refusal.reason, headers, body);
  }

  /** Answers in the provider's place, or cuts what can't be answered any more. `headers` are names and values in turn. */
  protected answer(status: u32, reason: string, headers: string[], body: ByteBuffer): Outcome {
    this.isEnded = true;
    this.root.watchdog.forget(this.id);
    countDropped(REFUSAL_DROPS_BYTES);
    const details = `weir.${this.root.name}.${reason}`;
    if (!sendLocalReply(status, details, body.pointer, body.length, headers)) closeStream(Direction.Request);
    return Outcome.Ended;
  }

  /** Ends what the gateway itself can't carry on with, whatever mode and failure mode say. */
  protected abandon(refusal: Refusal): Outcome {
    this.root.metrics.refused(refusal.reason);
    return this.end(refusal);
  }
}

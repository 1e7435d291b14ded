import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { Bytes } from "../bytes/view";
import { Action, CalloutKind, CalloutReply, Direction } from "../host/context";
import { closeStream, continueStream } from "../host/control";
import { LogLevel, log } from "../host/log";
import { readHttpReply } from "./http-service";
import { Outcome } from "./outcome";
import { PluginRoot } from "./plugin-root";
import { Problem, refusalOf } from "./problem";
import { requestHead } from "./request-head";
import { ResponseHead, responseHead } from "./response-head";
import { TwoWayExchange } from "./two-way-exchange";

/** Longest answer of a service that is read, in bytes. */
const MOST_REPLY_BYTES: i32 = 1 << 20;

const replyBody = new Bytes();

/**
 * One HTTP stream, as a plugin sees it that may hold the answer too, ask HTTP services, and answer in words of its own.
 *
 * It needs no `allow_on_headers_stop_iteration`: where the host never sends a body under held headers, which the first one
 * that is held shows within 5 s, headers go on at once from then on, and only bodies are held.
 */
export abstract class HoldingExchange extends TwoWayExchange {
  /** The request's body may become longer or shorter: set before its headers may go on. */
  protected changesRequest: bool = false;
  /** A callout's reply decides about the answer, which may be complete by then. */
  protected answerAwaitsReply: bool = false;
  private hadContentLength: bool = false;

  constructor(id: u32, root: PluginRoot) {
    super(id, root);
  }

  /** More of the answer is held than may be. */
  abstract onAnswerTooLarge(): Outcome;

  /** A service that was asked with this tag has answered 200 with this body, valid until this returns; null: it has not. */
  abstract onHttpReply(tag: u32, body: Bytes | null): void;

  /** Whether headers are held together with their body. */
  protected get holdsHeaders(): bool {
    return !this.root.watchdog.isPausingOff;
  }

  goOnWithoutHeaders(): bool {
    const direction = this.request.headersHeld ? Direction.Request : Direction.Response;
    const flow = direction == Direction.Request ? this.request : this.response;
    if (direction == Direction.Response) this.isAnswering = true;
    else if (!this.letRequestHeadersGo()) return false;
    flow.headersHeld = false;
    continueStream(this.id, direction);
    log(LogLevel.Warn, `${this.root.name}: goes on with the body alone`);
    return true;
  }

  onCallout(tag: u32, reply: CalloutReply): void {
    if (reply.kind != CalloutKind.Http) return super.onCallout(tag, reply);
    const body = new ByteBuffer(new Budget(MOST_REPLY_BYTES));
    this.onHttpReply(tag, readHttpReply(reply, body) ? replyBody.set(body.pointer, body.length) : null);
  }

  /** The body may change after its headers have gone: false when the host doesn't let us take its length away. */
  private letRequestHeadersGo(): bool {
    return !this.changesRequest || requestHead.dropContentLength();
  }

  protected startRewriting(head: ResponseHead, isWanted: bool): bool {
    this.hadContentLength = isWanted && head.hasContentLength;
    return super.startRewriting(head, isWanted);
  }

  /** Lets an answer go on that was held for a callout's reply. */
  protected resumeAnswer(): void {
    if (this.actOnAnswer(Outcome.Leave, this.heldAnswerSize) == Action.Continue)
      continueStream(this.id, Direction.Response);
  }

  /**
   * Answers in the provider's place while nothing of its answer has gone out. Where its headers have gone, only the body is
   * ours, and what the provider sends afterwards is thrown away.
   */
  protected answerHeld(status: u32, reason: string, headers: string[], body: ByteBuffer): Outcome {
    if (!this.isAnswering) return this.answer(status, reason, headers, body);
    this.rewritten.clear();
    return this.endAnswerWith(body);
  }

  /** Ends an answer that has begun with these bytes behind what `rewritten` has; or cuts it, where it can't be rewritten. */
  protected endAnswerWith(body: ByteBuffer): Outcome {
    if (!this.isRewriting || !this.rewritten.append(body.pointer, body.length)) {
      this.isEnded = true;
      closeStream(Direction.Response);
      return Outcome.Ended;
    }
    this.cutAt = this.rewritten.length;
    this.isRewritten = true;
    return Outcome.Pass;
  }

  onRequestHeaders(count: i32, end: bool): Action {
    const action = super.onRequestHeaders(count, end);
    if (action != Action.Continue || !this.request.isHolding || this.letRequestHeadersGo()) return action;
    this.abandon(refusalOf(Problem.HostFailure));
    return Action.Hold;
  }

  onResponseHeaders(count: i32, end: bool): Action {
    const action = super.onResponseHeaders(count, end);
    const flow = this.response;
    if (action != Action.Hold || this.isEnded || !flow.headersHeld) return action;
    if (this.holdsHeaders) {
      this.root.watchdog.watch(this.id);
      return action;
    }
    flow.headersHeld = false;
    this.isAnswering = true;
    return Action.Continue;
  }

  onResponseBody(size: i32, end: bool): Action {
    const flow = this.response;
    if (flow.headersHeld) this.root.watchdog.retire();
    const most = this.chosen == null ? size : this.chosen!.common.maxHeldBytes;
    if (!flow.isHolding || flow.isLeft || this.isEnded || size <= most) return super.onResponseBody(size, end);
    flow.arrived(size);
    this.heldAnswerSize = size;
    let outcome = this.feedResponse(most, false);
    if (outcome == Outcome.Pass) outcome = this.feedResponse(size, end);
    if (outcome == Outcome.Hold) outcome = this.onAnswerTooLarge();
    return this.actOnAnswer(outcome, outcome == Outcome.Leave ? flow.fed : size);
  }

  protected actOnAnswer(outcome: Outcome, size: i32): Action {
    const flow = this.response;
    if (outcome == Outcome.Hold && this.answerAwaitsReply) {
      flow.hold(size);
      return Action.Hold;
    }
    return super.actOnAnswer(outcome, size);
  }

  protected writeAnswer(size: i32): bool {
    const length = this.isRewritten ? this.rewritten.length : size;
    const isWritten = super.writeAnswer(size);
    const flow = this.response;
    // Where the host lets us set no length, the answer goes out in chunks.
    if (this.hadContentLength && flow.headersHeld && flow.isComplete) {
      responseHead.setContentLength(isWritten ? length : size);
    }
    return isWritten;
  }
}

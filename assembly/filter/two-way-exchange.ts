import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { Bytes } from "../bytes/view";
import { responseBody } from "../host/body";
import { Action, CalloutReply, Direction } from "../host/context";
import { closeStream } from "../host/control";
import { appendStreamRefusal, hasStreamRefusal } from "../llm/refusal/body";
import { BodyFlow } from "./body-flow";
import { Exchange } from "./exchange";
import { replyMessage } from "./grpc-service";
import { Mode } from "./mode";
import { Outcome } from "./outcome";
import { PluginRoot } from "./plugin-root";
import { Problem } from "./problem";
import { Refusal } from "./refusal";
import { ResponseHead, responseHead } from "./response-head";

/**
 * Room for what replaces one callback's piece, in bytes. Hosts hand out much smaller ones, but all that a buffer had room for (the
 * examples raise Envoy's to 9 MiB) where a client has kept an answer waiting.
 */
const MOST_REWRITTEN_BYTES: i32 = 16 << 20;
export const NOT_CUT: i32 = -1;
const NOTHING = new Bytes();
/** Never written to: an answer that isn't rewritten needs none. */
const NO_BUFFER = new ByteBuffer(new Budget(0));

/**
 * One HTTP stream, as a plugin sees it that reads the answer too.
 *
 * The answer passes while it is read. A plugin that changes it says so while the headers are here (`startRewriting`), and
 * then writes into `rewritten` what goes to the client in place of each piece.
 */
export abstract class TwoWayExchange extends Exchange {
  protected readonly response: BodyFlow = new BodyFlow();
  /** What the client gets instead of the bytes that the host holds now, when `isRewritten`. */
  protected rewritten: ByteBuffer = NO_BUFFER;
  protected isRewritten: bool = false;
  protected isRewriting: bool = false;
  /** The answer's headers have gone to the client. */
  protected isAnswering: bool = false;
  /** The answer has been ended early: what still comes is read, and never sent. */
  private isCut: bool = false;
  /** Where in `rewritten` the answer ends that this callback has cut, or `NOT_CUT`. */
  protected cutAt: i32 = NOT_CUT;
  protected heldAnswerSize: i32 = 0;

  constructor(id: u32, root: PluginRoot) {
    super(id, root);
  }

  /** The answer's headers are here. With `isWhole` nothing follows them, and `Hold` makes no sense. */
  abstract onResponse(head: ResponseHead, isWhole: bool): Outcome;

  /** A piece of the answer's body, in order and of any size; `isLast` comes once, perhaps with an empty piece. */
  onResponsePiece(_piece: Bytes, _isLast: bool): Outcome {
    return Outcome.Leave;
  }

  /** A service that was asked with this tag has answered; null: none came. */
  onReply(_tag: u32, _message: Bytes | null): void {}

  onCallout(tag: u32, reply: CalloutReply): void {
    this.onReply(tag, replyMessage(reply));
  }

  /** With `isWanted`, allows to write `rewritten`: in `onResponse` only. Whether it is allowed, and the host lets us. */
  protected startRewriting(head: ResponseHead, isWanted: bool): bool {
    this.isRewriting = isWanted && head.dropContentLength();
    if (this.isRewriting) this.rewritten = new ByteBuffer(new Budget(MOST_REWRITTEN_BYTES));
    return this.isRewriting;
  }

  /** Where the answer may be rewritten: this piece of it is to go out as it is. */
  protected show(piece: Bytes): void {
    if (!this.isRewriting || this.isCut || this.cutAt != NOT_CUT) return;
    this.isRewriting = this.rewritten.append(piece.pointer, piece.length);
  }

  /**
   * Ends a stream of events that has begun: the client gets an event with the error and the dialect's own end, in place of the
   * last `tail` bytes of `rewritten`; its number, where it has one, is 0, since nobody has counted. What the provider sends
   * afterwards still reaches `onResponsePiece`. In Audit it is recorded only.
   */
  protected cutAnswer(refusal: Refusal, tail: i32): Outcome {
    if (this.chosen!.common.mode == Mode.Audit) {
      this.root.metrics.audited(refusal.reason);
      return Outcome.Pass;
    }
    this.root.metrics.refused(refusal.reason);
    if (!this.isRewriting || !hasStreamRefusal(this.dialect)) return this.end(refusal);
    const out = this.rewritten;
    out.length -= tail;
    appendStreamRefusal(out, this.dialect, refusal.status, refusal.code, refusal.param, refusal.message, 0);
    this.cutAt = out.length;
    this.isRewritten = true;
    return Outcome.Pass;
  }

  protected answer(status: u32, reason: string, headers: string[], body: ByteBuffer): Outcome {
    if (!this.isAnswering) return super.answer(status, reason, headers, body);
    this.isEnded = true;
    closeStream(Direction.Response);
    return Outcome.Ended;
  }

  onResponseHeaders(_count: i32, end: bool): Action {
    if (this.isEnded || this.chosen == null) {
      this.response.isLeft = true;
      return Action.Continue;
    }
    const head = responseHead;
    const outcome = this.onResponse(head, end);
    if (outcome == Outcome.Ended) return Action.Hold;
    const flow = this.response;
    if (outcome == Outcome.Hold && !end) {
      flow.headersHeld = true;
      flow.isHolding = true;
      return Action.Hold;
    }
    this.isAnswering = true;
    if (outcome == Outcome.Leave || end) flow.isLeft = true;
    return Action.Continue;
  }

  onResponseBody(size: i32, end: bool): Action {
    const flow = this.response;
    if (flow.isLeft || this.chosen == null) return Action.Continue;
    if (this.isEnded) return Action.Hold;
    flow.arrived(size);
    this.heldAnswerSize = size;
    const outcome = this.feedResponse(size, end);
    // What passes unseen is behind what was fed: it stays as it is.
    return this.actOnAnswer(outcome, outcome == Outcome.Leave ? flow.fed : size);
  }

  onResponseTrailers(_count: i32): Action {
    const flow = this.response;
    if (flow.isLeft || flow.isComplete || this.chosen == null) return Action.Continue;
    if (this.isEnded) return Action.Hold;
    const size = flow.isHolding ? this.heldAnswerSize : 0;
    return this.actOnAnswer(this.feedResponse(size, true), size);
  }

  /** Shows the plugin what it has not seen of the host's buffer, in windows. */
  protected feedResponse(size: i32, end: bool): Outcome {
    const flow = this.response;
    let outcome = flow.isHolding ? Outcome.Hold : Outcome.Pass;
    while (flow.fed < size) {
      const piece = responseBody.read(flow.fed, size - flow.fed);
      if (piece == null || piece.length == 0) return this.onProblem(Problem.HostFailure);
      flow.fed += piece.length;
      flow.isComplete = end && flow.fed >= size;
      const answer = this.onResponsePiece(piece, flow.isComplete);
      if (answer != Outcome.Pass && answer != Outcome.Hold) return answer;
      outcome = answer;
    }
    if (!end || flow.isComplete) return outcome;
    flow.isComplete = true;
    return this.onResponsePiece(NOTHING.set(0, 0), true);
  }

  protected actOnAnswer(outcome: Outcome, size: i32): Action {
    const flow = this.response;
    if (outcome == Outcome.Ended) return Action.Hold;
    if (outcome == Outcome.Hold && !flow.isComplete) {
      flow.hold(size);
      return Action.Hold;
    }
    if (outcome == Outcome.Leave && !this.isCut && this.cutAt == NOT_CUT) flow.isLeft = true;
    // Hosts write nothing once trailers are here: then what was kept back is lost, but nothing goes out as it was.
    const isSafe = this.writeAnswer(size) || size == 0;
    if (!isSafe && this.onProblem(Problem.HostFailure) == Outcome.Ended) return Action.Hold;
    flow.release();
    this.isAnswering = true;
    return Action.Continue;
  }

  /** Puts what the plugin wrote in place of the `size` bytes that the host holds; false when the host doesn't let us. */
  protected writeAnswer(size: i32): bool {
    if (!this.isRewriting) return true;
    let isWritten = true;
    const out = this.rewritten;
    if (this.isRewritten || this.isCut) {
      let length = this.isCut ? 0 : out.length;
      if (this.cutAt != NOT_CUT) {
        length = this.cutAt;
        this.cutAt = NOT_CUT;
        this.isCut = true;
      }
      if (size > 0 || length > 0) isWritten = responseBody.replaceHead(size, out.pointer, length);
    }
    out.clear();
    this.isRewritten = false;
    return isWritten;
  }
}

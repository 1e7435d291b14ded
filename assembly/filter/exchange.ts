import { ByteBuffer } from "../bytes/buffer";
import { Bytes } from "../bytes/view";
import { requestBody } from "../host/body";
import { BODY_WINDOW_BYTES } from "../host/memory";
import { randomU32 } from "../host/clock";
import { Action, Direction } from "../host/context";
import { continueStream } from "../host/control";
import { Dialect } from "../llm/dialect";
import { Endpoint } from "../llm/endpoint";
import { BodyChange, BodyEdit } from "./body-edit";
import { BodyFlow } from "./body-flow";
import { Mode } from "./mode";
import { Outcome } from "./outcome";
import { BODY_TOO_LARGE, PAUSING_OFF, Problem, UNKNOWN_PATH, refusalOf } from "./problem";
import { RefusingStream } from "./refusing-stream";
import { RequestHead, requestHead } from "./request-head";
import { NO_LIMIT, Settings } from "./settings";

const NOTHING = new Bytes();

/** What the path and the headers of the request at hand say; shared by all exchanges, valid in the headers phase only. */
export const requestEndpoint = new Endpoint();

/**
 * One HTTP stream, as a plugin sees it.
 *
 * A plugin overrides `onRequest` and what else it needs, and answers with an `Outcome`. Holding, windows and limits are handled
 * here, once for all plugins.
 */
export abstract class Exchange extends RefusingStream {
  protected readonly request: BodyFlow = new BodyFlow();
  /** A callout's reply decides about the request. */
  protected awaitsReply: bool = false;
  private edit: BodyChange | null = null;
  /** How much of the request's body the host holds, in bytes. */
  private heldSize: i32 = 0;

  /** The request's headers are here. With `isWhole` nothing follows them, and `Hold` makes no sense. */
  abstract onRequest(head: RequestHead, endpoint: Endpoint, isWhole: bool): Outcome;

  /** The plugin is off for this request; `settings` is null where the route says so. What an override does here, it does always. */
  onOff(_head: RequestHead, _settings: Settings | null): Outcome {
    return Outcome.Leave;
  }

  /** A piece of the request's body, in order and of any size; `isLast` comes once, perhaps with an empty piece. */
  onRequestPiece(_piece: Bytes, _isLast: bool): Outcome {
    return Outcome.Leave;
  }

  /** Something can't be judged. A plugin overrides this where FailOpen must not skip what it guards. */
  onProblem(problem: Problem): Outcome {
    return this.fail(problem);
  }

  /** The stream is over. */
  onEnd(): void {}

  /** The host never sent the body that this request is held for. */
  endUnread(): void {
    this.abandon(PAUSING_OFF);
  }

  /** Instead of that, lets the headers go and goes on with the body alone; false where the plugin needs both. */
  goOnWithoutHeaders(): bool {
    return false;
  }

  /**
   * Puts `replacement` in place of the bytes [start, end) of the request's body when it is released; every other byte stays.
   * Only while headers and body are held, and once an exchange.
   */
  protected replaceInRequest(start: u64, end: u64, replacement: ByteBuffer): void {
    this.changeRequest(new BodyEdit(start, end, replacement));
  }

  /** Changes the request's body when it is released: only while all of it is held, and once an exchange. */
  protected changeRequest(change: BodyChange): void {
    this.edit = change;
  }

  onRequestHeaders(_count: i32, end: bool): Action {
    const head = requestHead;
    const outcome = this.judgeHead(head, head.open(), end);
    head.close();
    return this.actOnHead(outcome, end);
  }

  /** Where the host gives no headers, `isRead` is false, and there is nothing to choose settings by: so the base decides. */
  private judgeHead(head: RequestHead, isRead: bool, end: bool): Outcome {
    const endpoint = requestEndpoint;
    endpoint.classify(head.method, head.path, head.contentType);
    this.dialect = endpoint.dialect;
    const settings = this.root.settingsFor(head);
    if (head.hasLongPath && this.root.refuses) return this.abandon(UNKNOWN_PATH);
    if (settings == null || settings.common.mode == Mode.Off) return this.onOff(head, settings);
    this.chosen = settings;
    if (!isRead) return this.onProblem(Problem.HostFailure);
    if (endpoint.dialect == Dialect.Unknown) {
      if (settings.common.rejectsUnknownPaths || (endpoint.isTooLong && this.root.refuses))
        return this.refuse(UNKNOWN_PATH);
    } else if (head.isUpgrade) {
      const outcome = this.onProblem(Problem.Upgrade);
      if (outcome == Outcome.Ended) return outcome;
    }
    this.request.isUrlEncoded = endpoint.isUrlEncoded;
    return this.onRequest(head, endpoint, end);
  }

  private actOnHead(outcome: Outcome, end: bool): Action {
    const flow = this.request;
    if (outcome == Outcome.Ended) return Action.Hold;
    if (outcome == Outcome.Hold && !end) {
      flow.isHolding = true;
      if (this.root.watchdog.isPausingOff) return Action.Continue;
      flow.headersHeld = true;
    } else if (outcome == Outcome.Leave || end) flow.isLeft = true;
    // Nobody needs the body before the reply: so the host slows the client down where it would else refuse a large one.
    if (this.awaitsReply) return Action.HoldAll;
    if (!flow.headersHeld) return Action.Continue;
    this.root.watchdog.watch(this.id);
    return Action.Hold;
  }

  onRequestBody(size: i32, end: bool): Action {
    if (this.isEnded) return Action.Hold;
    const flow = this.request;
    if (flow.headersHeld) this.root.watchdog.retire();
    const settings = this.chosen;
    if (settings == null) return Action.Continue;
    flow.arrived(size);
    const limit = settings.common.maxBodyBytes;
    if (limit != NO_LIMIT && flow.outgrows(limit) && this.refuse(BODY_TOO_LARGE) == Outcome.Ended) return Action.Hold;
    if (flow.isLeft) return Action.Continue;
    this.heldSize = size;
    if (flow.isHolding && !end && !this.isWorthReading(size)) return Action.Hold;
    return this.actOnBody(this.feedRequest(size, end));
  }

  onRequestTrailers(_count: i32): Action {
    if (this.isEnded) return Action.Hold;
    const flow = this.request;
    if (flow.headersHeld) this.root.watchdog.retire();
    if (this.chosen == null || flow.isLeft || flow.isComplete) return Action.Continue;
    return this.actOnBody(this.feedRequest(flow.isHolding ? this.heldSize : 0, true));
  }

  /**
   * A read costs a host call, and Envoy hands out a large body in hundreds of pieces. So after the first window a held body
   * is read a window at a time, or when it is as much as may be held.
   */
  private isWorthReading(size: i32): bool {
    const fed = this.request.fed;
    if (fed < BODY_WINDOW_BYTES || size - fed >= BODY_WINDOW_BYTES) return true;
    return size > this.chosen!.common.maxHeldBytes;
  }

  /**
   * Shows the plugin what it has not seen of the host's buffer, in windows. What it may hold ends at the same byte, however
   * the body was cut into pieces.
   */
  private feedRequest(size: i32, end: bool): Outcome {
    const flow = this.request;
    const most = this.chosen!.common.maxHeldBytes;
    let outcome = flow.isHolding ? Outcome.Hold : Outcome.Pass;
    while (flow.fed < size) {
      if (outcome == Outcome.Hold && flow.fed >= most) {
        flow.isHolding = false;
        outcome = this.onProblem(Problem.HeldTooLarge);
        if (outcome != Outcome.Pass) return outcome;
      }
      const piece = requestBody.read(flow.fed, (outcome == Outcome.Hold ? min(size, most) : size) - flow.fed);
      if (piece == null || piece.length == 0) return this.onProblem(Problem.HostFailure);
      flow.fed += piece.length;
      flow.isComplete = end && flow.fed == size;
      if (flow.findsField(piece)) return this.onProblem(Problem.UnsupportedEncoding);
      outcome = this.onRequestPiece(piece, flow.isComplete);
      if (outcome != Outcome.Pass && outcome != Outcome.Hold) return outcome;
    }
    if (!end || flow.isComplete) return outcome;
    flow.isComplete = true;
    return this.onRequestPiece(NOTHING.set(0, 0), true);
  }

  private actOnBody(outcome: Outcome): Action {
    const flow = this.request;
    if (outcome == Outcome.Ended) return Action.Hold;
    if (outcome == Outcome.Hold) {
      flow.hold(this.heldSize);
      return Action.Hold;
    }
    const edit = this.edit;
    if (edit != null) {
      this.edit = null;
      const isChanged = edit.apply(requestBody, this.heldSize);
      if (!isChanged || (flow.headersHeld && !requestHead.adjustContentLength(edit.growth))) {
        return this.actOnBody(this.abandon(refusalOf(Problem.HostFailure)));
      }
    }
    if (outcome == Outcome.Leave) flow.isLeft = true;
    this.releaseRequest();
    return Action.Continue;
  }

  private releaseRequest(): void {
    const flow = this.request;
    flow.release();
    this.root.watchdog.forget(this.id);
  }

  /** 32 random bits. */
  protected random(): u32 {
    return randomU32();
  }

  /** Lets a request go on that was held for a callout's reply: `outcome` is `Pass` or `Leave`. */
  protected resumeRequest(outcome: Outcome): void {
    if (this.actOnBody(outcome) == Action.Continue) continueStream(this.id, Direction.Request);
  }

  onLog(): void {
    if (this.chosen != null) this.onEnd();
  }

  onDelete(): void {
    this.root.watchdog.forget(this.id);
  }
}

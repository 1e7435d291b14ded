import { Budget } from "../../assembly/bytes/budget";
import { ByteBuffer } from "../../assembly/bytes/buffer";
import { ByteString, Bytes } from "../../assembly/bytes/view";
import { FailureMode } from "../../assembly/filter/mode";
import { Outcome } from "../../assembly/filter/outcome";
import { Problem, refusalOf } from "../../assembly/filter/problem";
import { Refusal } from "../../assembly/filter/refusal";
import { RequestHead } from "../../assembly/filter/request-head";
import { ResponseHead } from "../../assembly/filter/response-head";
import { GuardExchange, MOST_DECLINE_BYTES, OK } from "../../assembly/guard/guard-exchange";
import { ReplyReader } from "../../assembly/guard/reply-reader";
import { Rule } from "../../assembly/guard/rule";
import { ServicePanel } from "../../assembly/guard/service-panel";
import { ServiceReply } from "../../assembly/guard/service-reply";
import { Verdict } from "../../assembly/guard/verdict";
import { AnswerType, answerTypeOf } from "../../assembly/llm/answer/type";
import { appendDecline, appendStreamDecline, streamType } from "../../assembly/llm/refusal/decline-completion";
import { appendDeclineEnd, appendRefusalEnd } from "../../assembly/llm/refusal/decline-end";
import { Dialect } from "../../assembly/llm/dialect";
import { Endpoint } from "../../assembly/llm/endpoint";
import { beginningOf, ReplyFraming } from "../../assembly/llm/reply/framing";
import { ReplyOutcome } from "../../assembly/llm/reply/outcome";
import { ReplyStream } from "../../assembly/llm/reply/stream";
import { RequestShape } from "../../assembly/llm/request/shape";
import { appendRefusalBody, hasStreamRefusal } from "../../assembly/llm/refusal/body";
import { dialectOfShape } from "../../assembly/llm/shape";
import { ResponseGuardSettings } from "./config";
import { ANSWER_TOO_LARGE, ANSWER_UNREADABLE } from "./refusals";

const ACCEPT_ENCODING = new ByteString("accept-encoding");
/** Of a part of an answer nobody could say what it is a part of. */
const RANGE = new ByteString("range");
const MOST_UNUSED_BYTES: i32 = 4 << 20;

/** In Audit: what would go out is not needed. */
const unused = new ByteBuffer(new Budget(MOST_UNUSED_BYTES));

/** Lets an answer pass when no rule refuses it, with what is to be masked masked. */
@final
export class ResponseGuard extends GuardExchange {
  /** The request is one whose answer is to be judged. */
  private isAsked: bool = false;
  private reader: ReplyReader | null = null;
  private panel: ServicePanel | null = null;
  /** The path is unknown: only the body's shape can tell whether this is a request for a model. */
  private shape: RequestShape | null = null;
  private streamsByPath: bool = false;
  /** The answer is a file, of which only the type or the beginning tells whether there are texts in it. */
  private isFile: bool = false;
  /** Nothing has come yet by which the file could be known. */
  private isUntold: bool = false;
  /** The answer is a stream, or is taken for one. */
  private isStream: bool = false;
  /** The answer goes out when all of it has been judged. */
  private isWithheld: bool = false;
  /** It has been ended early. */
  private isOver: bool = false;

  onRequest(head: RequestHead, endpoint: Endpoint, isWhole: bool): Outcome {
    this.note(head, endpoint);
    const guard = this.guard;
    if (head.isHandshake || guard.rules.rules.length == 0) return Outcome.Leave;
    const isUnknown = endpoint.dialect == Dialect.Unknown;
    if (isUnknown ? isWhole : !endpoint.answerCarriesText) return Outcome.Leave;
    head.strip(ACCEPT_ENCODING);
    head.strip(RANGE);
    this.isAsked = true;
    this.streamsByPath = endpoint.streamsByPath;
    this.isFile = endpoint.dialect == Dialect.OpenAiFiles;
    if (!isUnknown || head.isEncoded) return Outcome.Leave;
    this.shape = new RequestShape();
    return Outcome.Pass;
  }

  onRequestPiece(piece: Bytes, _isLast: bool): Outcome {
    return this.shape!.feed(piece.pointer, piece.length) ? Outcome.Pass : Outcome.Leave;
  }

  onResponse(head: ResponseHead, isWhole: bool): Outcome {
    if (!this.isAsked || isWhole || !this.isForModel) return Outcome.Leave;
    const type = answerTypeOf(head.contentType);
    if (this.isFile && type == AnswerType.Other) return Outcome.Leave;
    if (head.isEncoded) return this.failAnswer(ANSWER_UNREADABLE);
    if (this.enforces && !this.startRewriting(head, true)) return this.failAnswer(refusalOf(Problem.HostFailure));
    const areResults = this.isFile || this.dialect == Dialect.AnthropicBatches;
    const isEvents = type == AnswerType.Events;
    const reader = this.settings.takeReader();
    reader.begin(this.enforces, isEvents, areResults);
    this.reader = reader;
    this.isUntold = this.isFile && type == AnswerType.Untold;
    // A file of results may be larger than anything that can be held.
    const isLarge = areResults && type != AnswerType.Json;
    this.isStream = isEvents || type == AnswerType.Lines || this.streamsByPath || isLarge;
    if (!this.enforces) return Outcome.Pass;
    this.isWithheld = !this.isStream || reader.judge.texts != null;
    return this.isWithheld ? Outcome.Hold : Outcome.Pass;
  }

  onResponsePiece(piece: Bytes, isLast: bool): Outcome {
    if (this.isOver) return Outcome.Pass;
    if (this.isUntold) {
      const beginning = beginningOf(piece.pointer, piece.length);
      if (beginning == ReplyFraming.Plain) return Outcome.Leave;
      if (beginning == ReplyFraming.Unknown) {
        this.show(piece);
        return this.isWithheld && !isLast ? Outcome.Hold : Outcome.Pass;
      }
      this.isUntold = false;
    }
    const stream = this.reader!.stream;
    const out = this.enforces ? this.rewritten : unused;
    const outcome = stream.feed(piece.pointer, piece.length, isLast, out);
    unused.clear();
    if (stream.isEvents && !this.isStream) this.takeForStream();
    if (outcome == ReplyOutcome.Rejected) return this.declineAnswer();
    if (outcome == ReplyOutcome.Unreadable) return this.giveUp(stream, ANSWER_UNREADABLE);
    if (outcome > ReplyOutcome.Changed) return this.giveUp(stream, ANSWER_TOO_LARGE);
    if (outcome == ReplyOutcome.Unchanged) this.show(piece);
    else this.isRewritten = this.enforces;
    if (isLast) return this.conclude();
    return this.isWithheld ? Outcome.Hold : Outcome.Pass;
  }

  onAnswerTooLarge(): Outcome {
    return this.giveUp(this.reader!.stream, ANSWER_TOO_LARGE);
  }

  onHttpReply(tag: u32, body: Bytes | null): void {
    const panel = this.panel;
    if (panel == null || !this.answerAwaitsReply) return;
    panel.onReply(tag, body);
    if (!this.isDecided(panel)) return;
    this.answerAwaitsReply = false;
    if (this.pronounce() != Outcome.Ended) this.resumeAnswer();
  }

  /** An answer's texts are many events' by now: what a service would replace is refused. */
  onServiceMasks(rule: Rule, _reply: ServiceReply): void {
    this.onServiceRejects(rule, null);
  }

  onEnd(): void {
    if (this.reader != null) this.report(this.verdict);
  }

  onDelete(): void {
    super.onDelete();
    const reader = this.reader;
    if (reader != null) this.settings.giveBack(reader);
    this.reader = null;
  }

  private get settings(): ResponseGuardSettings {
    return this.settingsAs<ResponseGuardSettings>();
  }

  protected get verdict(): Verdict {
    return this.reader!.judge.verdict;
  }

  /** Whether the request was one for a model. */
  private get isForModel(): bool {
    const shape = this.shape;
    if (shape == null) return true;
    this.dialect = dialectOfShape(shape.shape);
    return this.dialect != Dialect.Unknown;
  }

  /** Events come, whatever their type says: they go out while they come, unless a service is to see them first. */
  private takeForStream(): void {
    this.isStream = true;
    if (!this.enforces || this.reader!.judge.texts != null) return;
    this.isWithheld = false;
    this.isAnswering = true;
  }

  /** All of the answer has been looked at. */
  private conclude(): Outcome {
    const texts = this.reader!.judge.texts;
    if (texts == null || this.verdict.rejectedBy != null) return this.pronounce();
    const panel = this.panelFor(true);
    this.panel = panel;
    panel.ask(this.id, texts);
    if (this.isDecided(panel) || !this.isWithheld) return this.pronounce();
    this.answerAwaitsReply = true;
    return Outcome.Hold;
  }

  private pronounce(): Outcome {
    if (this.verdict.rejectedBy != null && this.enforces) return this.declineAnswer();
    if (this.servicesFailed && !this.passesUnjudged()) return this.refuseAnswer(this.serviceFailure);
    return Outcome.Leave;
  }

  /** What can't be judged is refused, or passes from here on as it is. */
  private giveUp(stream: ReplyStream, refusal: Refusal): Outcome {
    const outcome = this.failAnswer(refusal);
    if (outcome != Outcome.Leave) return outcome;
    if (this.enforces) {
      stream.release(this.rewritten);
      // What could still have gone on may be a hit as it is.
      if (this.verdict.rejectedBy != null) return this.declineAnswer();
      this.isRewritten = true;
    }
    return Outcome.Leave;
  }

  private failAnswer(refusal: Refusal): Outcome {
    if (this.enforces && this.guard.common.failureMode == FailureMode.FailClosed) return this.refuseAnswer(refusal);
    this.root.metrics.bypassed(refusal.reason);
    return Outcome.Leave;
  }

  private declineAnswer(): Outcome {
    const verdict = this.verdict;
    this.report(verdict);
    const refusal = this.refusalBy(verdict.rejectedBy!);
    const stream = this.reader!.stream;
    const isStream = this.isStream;
    if (!this.declinesBy(isStream)) return this.refuseAnswer(refusal);
    this.isOver = true;
    this.root.metrics.refused(refusal.reason);
    const fields = this.declineFields(refusal.message);
    const names = stream.names;
    if (names.id.length > 0) fields.id.set(names.id.pointer, names.id.length);
    fields.model.set(names.model.pointer, names.model.length);
    fields.isModelQuoted = true;
    const out = new ByteBuffer(new Budget(MOST_DECLINE_BYTES));
    if (this.isAnswering && !this.isWithheld) {
      appendDeclineEnd(out, this.dialect, fields, stream.progress);
      return this.endAnswerWith(out);
    }
    const isArray = stream.progress.isArray;
    const isResumed = this.dialect == Dialect.OpenAiResponses && stream.progress.isResumed;
    if (isStream && isResumed) appendDeclineEnd(out, this.dialect, fields, stream.progress);
    else if (isStream) appendStreamDecline(out, this.dialect, fields, isArray);
    else appendDecline(out, this.dialect, fields);
    const type = isStream ? streamType(this.dialect, isArray) : "application/json";
    return this.answerHeld(OK, refusal.reason, ["content-type", type], out);
  }

  private refuseAnswer(refusal: Refusal): Outcome {
    if (!this.enforces) return this.refuse(refusal);
    this.isOver = true;
    if (!this.isAnswering) return this.refuse(refusal);
    this.root.metrics.refused(refusal.reason);
    const out = new ByteBuffer(new Budget(MOST_DECLINE_BYTES));
    const status = refusal.status;
    const code = refusal.code;
    const param = refusal.param;
    const message = refusal.message;
    if (this.isWithheld) {
      appendRefusalBody(out, this.dialect, status, code, param, message);
      return this.answerHeld(status, refusal.reason, [], out);
    }
    if (!hasStreamRefusal(this.dialect)) return this.end(refusal);
    appendRefusalEnd(out, this.dialect, status, code, param, message, this.reader!.stream.progress);
    return this.endAnswerWith(out);
  }
}

import { Budget } from "../../assembly/bytes/budget";
import { ByteBuffer } from "../../assembly/bytes/buffer";
import { encodeUtf8 } from "../../assembly/bytes/text";
import { ByteString, Bytes, isSame } from "../../assembly/bytes/view";
import { BodyRewrite } from "../../assembly/filter/body-rewrite";
import { Outcome } from "../../assembly/filter/outcome";
import { Problem, problemOfJson } from "../../assembly/filter/problem";
import { RequestHead } from "../../assembly/filter/request-head";
import { ResponseHead } from "../../assembly/filter/response-head";
import { GuardExchange, MOST_DECLINE_BYTES, OK } from "../../assembly/guard/guard-exchange";
import { PromptBody } from "../../assembly/guard/prompt-body";
import { PromptJudge } from "../../assembly/guard/prompt-judge";
import { ServicePanel } from "../../assembly/guard/service-panel";
import { Rule } from "../../assembly/guard/rule";
import { PromptGuardSettings } from "./config";
import { ServiceReply } from "../../assembly/guard/service-reply";
import { Verdict } from "../../assembly/guard/verdict";
import { appendDecline, appendStreamDecline, streamType } from "../../assembly/llm/refusal/decline-completion";
import { Dialect, Family, familyOf } from "../../assembly/llm/dialect";
import { Endpoint } from "../../assembly/llm/endpoint";
import { dialectOfShape } from "../../assembly/llm/shape";
import { UploadPurpose } from "../../assembly/llm/batch/upload-purpose";
import { BATCH_IN_PARTS, UNREADABLE_TEXT } from "./refusals";

/** Lets a prompt pass when no rule refuses it, with what is to be masked masked. */
@final
export class PromptGuard extends GuardExchange {
  private body: PromptBody | null = null;
  /** The start of an upload in parts. */
  private upload: UploadPurpose | null = null;
  private judge: PromptJudge | null = null;
  private panel: ServicePanel | null = null;
  /** The path is unknown: only the body's shape can tell whether this is a request for a model. */
  private isSniffing: bool = false;
  /** The model that the path names, for an answer in its place. */
  private pathModel: string = "";
  private streamsByPath: bool = false;
  private asksForEvents: bool = false;

  private get settings(): PromptGuardSettings {
    return this.settingsAs<PromptGuardSettings>();
  }

  protected get verdict(): Verdict {
    return this.judge!.verdict;
  }

  onRequest(head: RequestHead, endpoint: Endpoint, isWhole: bool): Outcome {
    this.note(head, endpoint);
    const rules = this.guard.rules;
    if (isWhole || head.isHandshake || rules.rules.length == 0) return Outcome.Leave;
    this.isSniffing = endpoint.dialect == Dialect.Unknown;
    if (!this.isSniffing && !endpoint.requestCarriesText && !endpoint.isBatchUpload) return Outcome.Leave;
    if (head.isEncoded) return this.isSniffing ? Outcome.Leave : this.onProblem(Problem.UnsupportedEncoding);
    if (endpoint.isBatchUpload && !endpoint.isMultipart && endpoint.dialect == Dialect.OpenAiFiles) {
      this.upload = new UploadPurpose();
      return Outcome.Pass;
    }
    const judge = this.settings.takeJudge();
    this.judge = judge;
    const body = PromptBody.of(endpoint, head.contentType, judge);
    if (body == null) return this.onProblem(Problem.BadMultipart);
    this.body = body;
    this.pathModel = endpoint.pathModel.toString();
    this.streamsByPath = endpoint.streamsByPath;
    this.asksForEvents = asksForEvents(head.path);
    this.changesRequest = rules.masks && this.enforces;
    return Outcome.Hold;
  }

  onRequestPiece(piece: Bytes, isLast: bool): Outcome {
    const upload = this.upload;
    if (upload != null) return this.readUpload(upload, piece, isLast);
    const body = this.body!;
    const judge = this.judge!;
    const isRead = body.feed(piece, isLast);
    if (this.isSniffing) {
      this.dialect = dialectOfShape(body.facts.shape);
      this.isSniffing = this.dialect == Dialect.Unknown;
      if (this.isSniffing) return this.sniff(body, isRead, isLast);
    }
    if (isLast && isRead) judge.finish();
    if (isLast && isRead && !body.counts) return Outcome.Leave;
    // What comes first in the body decides, whatever its pieces are. Where it has no consequences, all that fires is told.
    const isDue = !isRead || isLast || (this.enforces && !this.awaitsShape);
    if (isDue && this.isRejected) return this.conclude();
    if (!isRead) return this.onProblem(body.problem);
    if (!isLast) return this.request.isHolding ? Outcome.Hold : Outcome.Pass;
    const facts = body.facts;
    if (facts.hasDuplicate) return this.onProblem(Problem.DuplicateKey);
    if (facts.hasTokens || facts.hasFalseFile || (this.enforces && judge.masksBytes))
      return this.told(this.failWith(UNREADABLE_TEXT));
    if (judge.masksTooMuch) return this.onProblem(Problem.HeldTooLarge);
    return this.askServices(judge);
  }

  /** What is too large to be held is judged all the same, where it may go on unjudged: while it goes on. */
  onProblem(problem: Problem): Outcome {
    if (this.enforces && this.isRejected) return this.conclude();
    const outcome = this.fail(problem);
    return outcome == Outcome.Leave && problem == Problem.HeldTooLarge && !this.request.isComplete
      ? Outcome.Pass
      : this.told(outcome);
  }

  /** Says what the rules have found in what may go on although it can't be judged. */
  private told(outcome: Outcome): Outcome {
    const judge = this.judge;
    const body = this.body;
    if (outcome != Outcome.Leave || judge == null || body == null || !body.counts) return outcome;
    judge.verdict.isUnmasked = this.enforces;
    this.report(judge.verdict);
    return outcome;
  }

  /** A rule refuses what has come so far. */
  private get isRejected(): bool {
    const judge = this.judge;
    const body = this.body;
    return judge != null && judge.verdict.rejectedBy != null && body != null && body.counts;
  }

  /** How a request is answered that is declined, and in whose name, may stand behind what it is declined for. */
  private get awaitsShape(): bool {
    return this.request.isHolding && this.declinesBy(this.streamsByPath);
  }

  onResponse(_head: ResponseHead, _isWhole: bool): Outcome {
    return Outcome.Leave;
  }

  onAnswerTooLarge(): Outcome {
    return Outcome.Leave;
  }

  onHttpReply(tag: u32, body: Bytes | null): void {
    const panel = this.panel;
    if (panel == null || !this.awaitsReply) return;
    panel.onReply(tag, body);
    if (!this.isDecided(panel)) return;
    this.awaitsReply = false;
    const outcome = this.conclude();
    if (outcome != Outcome.Ended) this.resumeRequest(outcome);
  }

  onServiceMasks(rule: Rule, reply: ServiceReply): void {
    if (!this.judge!.replaceTexts(rule, reply)) this.servicesFailed = true;
  }

  onDelete(): void {
    super.onDelete();
    const judge = this.judge;
    if (judge != null) this.settings.giveBack(judge);
    this.judge = null;
    const body = this.body;
    if (body != null) body.giveBack();
    this.body = null;
  }

  /** A batch that comes in parts, cut anywhere, can't be read. */
  private readUpload(upload: UploadPurpose, piece: Bytes, isLast: bool): Outcome {
    if (!upload.feed(piece.pointer, piece.length, isLast)) return this.onProblem(problemOfJson(upload.problem));
    if (upload.hasDuplicate) return this.onProblem(Problem.DuplicateKey);
    return upload.isBatch ? this.failWith(BATCH_IN_PARTS) : Outcome.Pass;
  }

  /** A body on an unknown path is held until it shows that it is no request for a model. */
  private sniff(body: PromptBody, isRead: bool, isLast: bool): Outcome {
    if (!isRead || isLast || body.facts.isNoObject) return Outcome.Leave;
    return this.request.isHolding ? Outcome.Hold : Outcome.Pass;
  }

  private askServices(judge: PromptJudge): Outcome {
    const texts = judge.texts;
    // What has gone on can't be called back by an answer that comes later.
    if (texts == null || !this.request.isHolding) return this.conclude();
    const panel = this.panelFor(false);
    this.panel = panel;
    panel.ask(this.id, texts);
    if (this.isDecided(panel)) return this.conclude();
    this.awaitsReply = true;
    return Outcome.Hold;
  }

  private conclude(): Outcome {
    const judge = this.judge!;
    judge.verdict.isUnmasked = this.enforces && !this.request.isHolding;
    this.report(judge.verdict);
    const rule = judge.verdict.rejectedBy;
    if (rule != null) return this.decline(rule);
    if (this.servicesFailed && !this.passesUnjudged()) return this.refuse(this.serviceFailure);
    if (judge.masks.count > 0 && this.enforces && this.request.isHolding) {
      this.changeRequest(
        new BodyRewrite(judge.rewriter(this.body!.isPlain), new ByteBuffer(new Budget(MOST_REWRITTEN_BYTES))),
      );
    }
    return Outcome.Leave;
  }

  private decline(rule: Rule): Outcome {
    const facts = this.body!.facts;
    const streams = facts.streams || this.streamsByPath;
    const refusal = this.refusalBy(rule);
    if (!this.declinesBy(streams)) return this.refuse(refusal);
    const fields = this.declineFields(refusal.message);
    const model = this.model;
    fields.model.set(changetype<usize>(model), model.byteLength);
    const out = new ByteBuffer(new Budget(MOST_DECLINE_BYTES));
    // Gemini's streams are arrays unless events are asked for.
    const isArray = streams && familyOf(this.dialect) == Family.Gemini && !this.asksForEvents;
    if (streams) appendStreamDecline(out, this.dialect, fields, isArray);
    else appendDecline(out, this.dialect, fields);
    this.root.metrics.refused(refusal.reason);
    const type = streams ? streamType(this.dialect, isArray) : "application/json";
    return this.answer(OK, refusal.reason, ["content-type", type], out);
  }

  /** The model that the path names, else the body. */
  private get model(): ArrayBuffer {
    const named = this.pathModel;
    return named.length > 0 ? encodeUtf8(named) : encodeUtf8(this.body!.model);
  }
}

/** Whether a path has `alt=sse` in its query (Gemini API, "streamGenerateContent"). */
function asksForEvents(path: Bytes): bool {
  for (let at = path.length - ALT_SSE.length; at > 0; at--) {
    if (isSame(path.pointer + at, ALT_SSE.pointer, ALT_SSE.length)) return true;
  }
  return false;
}

const ALT_SSE = new ByteString("alt=sse");

/** What one window of a body may become, in bytes. */
const MOST_REWRITTEN_BYTES: i32 = 4 << 20;

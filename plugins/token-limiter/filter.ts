import { ByteString, Bytes } from "../../assembly/bytes/view";
import { isErrorAnswer, meterOf, usageEditOf } from "../../assembly/filter/metering";
import { Mode } from "../../assembly/filter/mode";
import { Outcome } from "../../assembly/filter/outcome";
import { Problem, problemOfJson, refusalOf } from "../../assembly/filter/problem";
import { MODEL } from "../../assembly/filter/published";
import { publishUsage } from "../../assembly/filter/published-usage";
import { RequestHead, requestHead } from "../../assembly/filter/request-head";
import { ResponseHead } from "../../assembly/filter/response-head";
import { TwoWayExchange } from "../../assembly/filter/two-way-exchange";
import { AnswerMeter } from "../../assembly/llm/answer/meter";
import { AnswerType, answerTypeOf } from "../../assembly/llm/answer/type";
import { CutResult } from "../../assembly/llm/answer/usage-cut";
import { Dialect } from "../../assembly/llm/dialect";
import { Endpoint, isBodiless } from "../../assembly/llm/endpoint";
import { NO_COUNT } from "../../assembly/llm/tokens/count";
import { RequestReader } from "../../assembly/llm/request/reader";
import { ModelPlace } from "../../assembly/llm/routes";
import { dialectOfShape } from "../../assembly/llm/shape";
import { BatchMeter } from "./batch-meter";
import { NO_LIMIT } from "./batch-requests";
import { Admission } from "./admission";
import { Claim } from "./claim";
import { CutWatch, NO_PLACE } from "./cut-watch";
import { Inquiry } from "./inquiry";
import { Event, Judgement } from "./limit-counters";
import { Limiter } from "./limiter";
import { BATCH_IN_PARTS, NO_CONSUMER, REALTIME, STREAM_OVER_LIMIT, limited, tooLarge } from "./refusals";
import { OnNoConsumer } from "./settings";

const ACCEPT_ENCODING = new ByteString("accept-encoding");

/** Lets a request pass while its consumer has tokens left, and charges what it used, however it ends. */
@final
export class TokenLimiter extends TwoWayExchange {
  /** There from the request's headers on, for a request that this plugin may have to do with. */
  private inquiry: Inquiry | null = null;
  private asked: RequestReader | null = null;
  private batch: BatchMeter | null = null;
  private claim: Claim | null = null;
  private meter: AnswerMeter | null = null;
  /** The path is unknown: only the body's shape can tell whether this is a request for a model. */
  private isSniffing: bool = false;
  /** The model writes text; it reads only where vectors or pictures come back. */
  private writes: bool = true;
  /** No model runs: the request asks how many tokens it has. */
  private isTokenCount: bool = false;
  /** The model goes on writing when the answer has ended. */
  private isBackground: bool = false;
  private isAdmitted: bool = false;
  /** The request's body was read to its end, and is as it should be. */
  private isRead: bool = false;
  /** What the answer used has been published. */
  private isMeasured: bool = false;
  /** The client didn't ask for the usage that the answer will have. */
  private hidesUsage: bool = false;
  /** Null where no stream is cut, or this one has been. */
  private watch: CutWatch | null = null;

  private get settings(): Limiter {
    return this.settingsAs<Limiter>();
  }

  onRequest(head: RequestHead, endpoint: Endpoint, isWhole: bool): Outcome {
    this.isSniffing = endpoint.dialect == Dialect.Unknown;
    const isRealtime = endpoint.dialect == Dialect.OpenAiRealtime && !isBodiless(head.method);
    const isSession = isRealtime || (head.isUpgrade && !this.isSniffing);
    if (!isSession) {
      if (isWhole || head.isHandshake) return Outcome.Leave;
      if (!this.isSniffing && !endpoint.needsModel && !endpoint.isBatchUpload) return Outcome.Leave;
    }
    if (isRealtime && !head.isUpgrade && this.failWith(REALTIME) == Outcome.Ended) return Outcome.Ended;
    const settings = this.settings;
    const inquiry = Inquiry.take();
    this.inquiry = inquiry;
    if (settings.identifies) settings.common.consumer.identify(head, inquiry.values.caller);
    inquiry.values.readHead(head, settings.keys);
    if (this.isSniffing) return head.isEncoded ? Outcome.Leave : this.startReading();
    if (this.lacksConsumer && this.refuse(NO_CONSUMER) == Outcome.Ended) return Outcome.Ended;
    if (isSession) return this.admit();
    if (settings.stripAcceptEncoding) head.strip(ACCEPT_ENCODING);
    if (endpoint.modelPlace == ModelPlace.Path) inquiry.keepModel(endpoint.pathModel);
    this.writes = endpoint.answerCarriesText;
    this.isTokenCount = endpoint.countsTokens;
    if (endpoint.isBatchUpload) return this.startBatch(head, endpoint);
    if (head.isEncoded) return this.onProblem(Problem.UnsupportedEncoding);
    if (endpoint.isMultipart) return this.admit();
    return settings.readsRequests ? this.startReading() : this.admit();
  }

  onRequestPiece(piece: Bytes, isLast: bool): Outcome {
    if (this.batch != null) return this.readBatch(piece, isLast);
    if (this.awaitsReply) return Outcome.Hold;
    const asked = this.asked!;
    const isJson = asked.feed(piece.pointer, piece.length) && (!isLast || asked.finish());
    if (this.isSniffing) {
      this.dialect = dialectOfShape(asked.shape);
      if (this.dialect == Dialect.Unknown && (!isJson || isLast || asked.isNoObject)) return this.leave();
    }
    if (!isJson) return this.onProblem(problemOfJson(asked.problem));
    if (!isLast) return this.request.isHolding ? Outcome.Hold : Outcome.Pass;
    if (asked.hasDuplicate) return this.onProblem(Problem.DuplicateKey);
    this.isRead = true;
    return this.admit();
  }

  /** What FailOpen lets by is charged all the same, by what is known of it. */
  onProblem(problem: Problem): Outcome {
    if (problem == Problem.HeldTooLarge) {
      // The host's own limit bounds what waits for the store.
      if (this.awaitsReply) return Outcome.Hold;
      if (this.dialect == Dialect.Unknown) return Outcome.Pass;
    }
    const outcome = this.fail(problem);
    // An upgrade is found first of all; `onRequest` comes next.
    if (this.inquiry == null || problem == Problem.HostFailure) return outcome;
    return outcome == Outcome.Ended || this.isAdmitted ? outcome : this.admit();
  }

  onResponse(head: ResponseHead, isWhole: bool): Outcome {
    const claim = this.claim;
    if (!this.isAdmitted || claim == null) return Outcome.Leave;
    if (this.settings.common.mode == Mode.Enforce) claim.report.writeTo(head);
    if (isWhole) return Outcome.Leave;
    const cuts = this.settings.cutStreamsOverLimit;
    if (cuts) this.watch = new CutWatch(answerTypeOf(head.contentType) == AnswerType.Lines);
    const isEncoded = head.isEncoded;
    if (isEncoded) this.settings.shared.counters.happened(Event.Compressed);
    this.meter = meterOf(head, isEncoded, this.dialect);
    const rewrites = !isEncoded && (this.hidesUsage || cuts);
    this.hidesUsage = this.startRewriting(head, rewrites) && this.hidesUsage;
    return Outcome.Pass;
  }

  onResponsePiece(piece: Bytes, isLast: bool): Outcome {
    const meter = this.meter!;
    if (!this.hidesUsage) {
      meter.feed(piece, isLast);
      this.show(piece);
    } else {
      const result = meter.feedHiding(piece, isLast, this.rewritten);
      if (result == CutResult.NoRoom) return this.abandon(refusalOf(Problem.HostFailure));
      if (result == CutResult.Unchanged) this.show(piece);
      else this.isRewritten = true;
    }
    // A host closes its trace's span before it calls `onEnd`.
    if (isLast && this.batch == null && meter.isCertain) this.measure(meter);
    const watch = this.watch;
    return watch == null ? Outcome.Pass : this.lookAtLimits(watch, meter, piece);
  }

  onReply(_tag: u32, message: Bytes | null): void {
    if (!this.awaitsReply) return;
    this.awaitsReply = false;
    const outcome = this.judge(this.claim!.onReply(message));
    if (outcome == Outcome.Ended) return;
    this.resumeRequest(outcome);
  }

  onEnd(): void {
    const claim = this.claim;
    if (!this.isAdmitted || claim == null) return;
    this.isAdmitted = false;
    this.charge(claim);
  }

  onDelete(): void {
    super.onDelete();
    this.giveBack();
    const inquiry = this.inquiry;
    if (inquiry != null) inquiry.giveBack();
    this.inquiry = null;
    const meter = this.meter;
    if (meter != null) meter.giveBack();
    this.meter = null;
  }

  private get lacksConsumer(): bool {
    const settings = this.settings;
    return (
      settings.onNoConsumer == OnNoConsumer.Reject &&
      !this.inquiry!.values.caller.hasConsumer &&
      settings.countsByConsumer
    );
  }

  private startReading(): Outcome {
    this.asked = RequestReader.take();
    return Outcome.Hold;
  }

  /** A batch can be larger than may be held: it streams by, and is charged when all of it has been read. */
  private startBatch(head: RequestHead, endpoint: Endpoint): Outcome {
    if (head.isEncoded) return this.onProblem(Problem.UnsupportedEncoding);
    const batch = BatchMeter.of(endpoint, head.contentType, this.settings.limits);
    if (batch == null) return this.onProblem(Problem.BadMultipart);
    this.batch = batch;
    return this.admit();
  }

  private readBatch(piece: Bytes, isLast: bool): Outcome {
    const batch = this.batch!;
    if (!batch.feed(piece, isLast)) return this.onProblem(batch.problem);
    if (batch.isInParts && this.refuse(BATCH_IN_PARTS) == Outcome.Ended) return Outcome.Ended;
    const exceeded = batch.takeExceeded();
    if (exceeded != NO_LIMIT && this.refuseOne(exceeded, batch.needed) == Outcome.Ended) return Outcome.Ended;
    return this.awaitsReply ? Outcome.Hold : Outcome.Pass;
  }

  /** What the request may use, as far as it was read. */
  private learnDemand(inquiry: Inquiry, asked: RequestReader): void {
    const demand = inquiry.demand;
    demand.input = this.isTokenCount ? 0 : asked.inputTokens;
    // The shape of a body doesn't tell who reads it.
    const dialect = this.isSniffing ? Dialect.Unknown : this.dialect;
    demand.isBound = !this.writes || asked.outputCap(dialect) != NO_COUNT;
    demand.output = this.writes ? asked.outputTokens(this.settings.reserve.outputDefault, dialect) : 0;
    this.isBackground = asked.isBackground;
    if (inquiry.model.length == 0) inquiry.keepModel(asked.model);
  }

  /** Asks the limits. */
  private admit(): Outcome {
    const settings = this.settings;
    if (this.isSniffing && this.lacksConsumer && this.refuse(NO_CONSUMER) == Outcome.Ended) return Outcome.Ended;
    const inquiry = this.inquiry!;
    const asked = this.asked;
    if (asked != null) this.learnDemand(inquiry, asked);
    const routed = settings.needsModel ? MODEL.get() : null;
    if (routed != null && routed.length > 0) inquiry.keepModel(routed);
    let fitting: u32 = 0;
    for (let i = 0; i < settings.limits.length; i++) {
      const limit = settings.limits[i];
      if (!limit.isPerRequest || !inquiry.isIn(limit)) continue;
      const needed = inquiry.demand.ofOne(limit);
      if (!limit.isTooLarge(needed)) fitting |= 1 << i;
      else if (this.refuseOne(i, needed) == Outcome.Ended) return Outcome.Ended;
    }
    this.prepareRequest();
    const claim = settings.shared.newClaim();
    this.claim = claim;
    // What a batch needs of them isn't known yet.
    if (this.batch == null) claim.fitting = fitting;
    return this.judge(claim.admit(inquiry, this.id));
  }

  /** A request needs more than the limit of single requests at `index` allows. */
  private refuseOne(index: i32, needed: i64): Outcome {
    const settings = this.settings;
    settings.shared.counters.judged(index, Judgement.TooLarge);
    return this.refuse(tooLarge(needed, settings.limits[index].capacity));
  }

  private judge(admission: Admission): Outcome {
    const settings = this.settings;
    const claim = this.claim!;
    settings.shared.count(claim, admission);
    switch (admission) {
      case Admission.Pending:
        this.awaitsReply = true;
        return Outcome.Hold;
      case Admission.Denied: {
        const seconds = claim.retryAfterSeconds;
        return this.passUnless(this.refuse(limited(seconds, claim.report.toHeaders(seconds))));
      }
      case Admission.TooLarge: {
        const limit = claim.decidedBy!;
        const needed = this.inquiry!.demand.reservedOf(limit, settings.reserve);
        return this.passUnless(this.refuse(tooLarge(needed, limit.capacity)));
      }
      case Admission.Unavailable:
        return this.passUnless(this.failWith(settings.storeFailure));
      default:
        return this.pass();
    }
  }

  /** What Audit and FailOpen let by is charged like any other. */
  private passUnless(outcome: Outcome): Outcome {
    return outcome == Outcome.Ended ? outcome : this.pass();
  }

  private pass(): Outcome {
    this.isAdmitted = true;
    this.settings.shared.admitted(this.claim!);
    return this.leave();
  }

  /** Makes the provider answer so that it can be read, and say what was used. */
  private prepareRequest(): void {
    const settings = this.settings;
    if (this.isSniffing && settings.stripAcceptEncoding) requestHead.strip(ACCEPT_ENCODING);
    const asked = this.asked;
    if (asked == null || !settings.includeUsage) return;
    if (!this.isRead || this.isSniffing || !this.request.isHolding) return;
    const edit = usageEditOf(asked, this.dialect);
    if (edit == null) return;
    this.replaceInRequest(edit.start, edit.end, edit.replacement);
    this.hidesUsage = true;
  }

  /** No more of the request is needed, but for a batch. */
  private leave(): Outcome {
    this.giveBack();
    return this.batch == null ? Outcome.Leave : Outcome.Pass;
  }

  /** A stream that passes a limit ends after its last whole event. */
  private lookAtLimits(watch: CutWatch, meter: AnswerMeter, piece: Bytes): Outcome {
    const tail = watch.tailOf(piece, meter);
    if (tail == NO_PLACE) return Outcome.Pass;
    if (!this.claim!.isOverdrawn(this.inquiry!.demand.input, meter.writtenSoFar)) return Outcome.Pass;
    this.watch = null;
    return this.cutAnswer(STREAM_OVER_LIMIT, tail);
  }

  private charge(claim: Claim): void {
    let meter = this.meter;
    if (meter == null) meter = AnswerMeter.take(false, false);
    this.meter = meter;
    if (!this.isMeasured) this.measure(meter);
    this.settings.shared.settle(claim, meter);
  }

  /** Settles what the answer used, and publishes it. */
  private measure(meter: AnswerMeter): void {
    const batch = this.batch;
    let input = this.inquiry!.demand.input;
    let output: i64 = 0;
    if (batch != null) {
      // What is refused at its end has gone up already.
      const isTaken = this.isEnded ? this.request.isComplete : !isErrorAnswer();
      input = isTaken ? batch.inputTokens : 0;
      output = isTaken ? batch.outputTokens(this.settings.reserve.outputDefault) : 0;
    } else if (!meter.isCertain && !isErrorAnswer()) {
      output = this.writes ? meter.writtenSoFar : 0;
      if (this.isBackground && !meter.hasFinalOutput) output = max(output, this.inquiry!.demand.output);
    }
    meter.settle(input, output);
    publishUsage(meter);
    this.isMeasured = true;
  }

  private giveBack(): void {
    const asked = this.asked;
    if (asked != null) asked.giveBack();
    this.asked = null;
  }
}

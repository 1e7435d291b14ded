import { Budget } from "../../assembly/bytes/budget";
import { ByteBuffer } from "../../assembly/bytes/buffer";
import { ByteString, Bytes } from "../../assembly/bytes/view";
import { requestId, responseCode, responseDetails, responseFlags } from "../../assembly/filter/attributes";
import { requestEndpoint } from "../../assembly/filter/exchange";
import { meterOf, usageEditOf } from "../../assembly/filter/metering";
import { Outcome } from "../../assembly/filter/outcome";
import { Problem } from "../../assembly/filter/problem";
import { MODEL, Published, REQUESTED_MODEL } from "../../assembly/filter/published";
import { publishUsage } from "../../assembly/filter/published-usage";
import { RequestHead, requestHead } from "../../assembly/filter/request-head";
import { requestStartNs } from "../../assembly/filter/request-start";
import { ResponseHead } from "../../assembly/filter/response-head";
import { nowNs } from "../../assembly/filter/time";
import { TwoWayExchange } from "../../assembly/filter/two-way-exchange";
import { AnswerMeter } from "../../assembly/llm/answer/meter";
import { CutResult } from "../../assembly/llm/answer/usage-cut";
import { Dialect } from "../../assembly/llm/dialect";
import { Endpoint } from "../../assembly/llm/endpoint";
import { RequestReader } from "../../assembly/llm/request/reader";
import { ModelPlace } from "../../assembly/llm/routes";
import { dialectOfShape } from "../../assembly/llm/shape";
import { AskedNames } from "./asked-names";
import { appendAuditRecord } from "./audit-record";
import { CallRecord, NO_TIME } from "./call-record";
import { TelemetrySettings } from "./config";
import { errorName, isError } from "./error-name";
import { asksForHeaders } from "./operation";
import { isOwnRefusal, isRefusedCall } from "./own-refusal";
import { NO_COST } from "./prices";
import { isStreamed } from "./stream-type";

const ACCEPT_ENCODING = new ByteString("accept-encoding");
const AUDIT = new Published("audit");
const COST = new Published("cost");
const TTFT = new Published("ttft_ms");
const GUARD = new Published("guard");
const ATTEMPTS = new Published("attempts");

const NS_PER_US: u64 = 1000;
const NS_PER_MS: u64 = 1_000_000;
const US_PER_MS: i64 = 1000;
const SWITCHING_PROTOCOLS: i32 = 101;
const MOST_RECORD_BYTES: i32 = 48 << 10;

/** Put together anew for each call when it is over. */
const call = new CallRecord();
const record = new ByteBuffer(new Budget(MOST_RECORD_BYTES));
const view = new Bytes();

/** Records each call of a model when it is over, however it ended. It holds, changes and refuses nothing, unless `requestUsage` is on. */
@final
export class UsageTelemetry extends TwoWayExchange {
  /** The request's headers were here: no plugin in front has refused it. */
  private isSeen: bool = false;
  /** It is one for a model, as far as is known. */
  private isCall: bool = false;
  /** The path is unknown: only the body's shape can tell. */
  private isSniffing: bool = false;
  /** A model runs for it: what is fetched, counted or put off uses no tokens now. */
  private usesTokens: bool = false;
  /** The model writes text; it reads only where vectors or pictures come back. */
  private writes: bool = true;
  /** What follows is no HTTP body. */
  private isHandshake: bool = false;
  /** The path asks for a stream, whatever the answer's type says: Gemini's may be one array of JSON. */
  private asksForStream: bool = false;
  private isStream: bool = false;
  /** The answer's as it came here, 0 before there is one: a plugin in front may give the client another. */
  private status: i32 = 0;
  /** 0 where that is not known. */
  private startNs: u64 = 0;
  private firstNs: u64 = 0;
  private asked: RequestReader | null = null;
  private meter: AnswerMeter | null = null;
  private readonly names: AskedNames = new AskedNames();
  private hidesUsage: bool = false;
  /** What the answer used is settled, and published. */
  private isMeasured: bool = false;

  private get settings(): TelemetrySettings {
    return this.settingsAs<TelemetrySettings>();
  }

  onRequest(head: RequestHead, endpoint: Endpoint, isWhole: bool): Outcome {
    this.isSeen = true;
    if (asksForHeaders(head.method)) return Outcome.Leave;
    this.isSniffing = endpoint.dialect == Dialect.Unknown;
    if (this.isSniffing && (isWhole || head.isEncoded)) return Outcome.Leave;
    const settings = this.settings;
    this.begin(settings, endpoint, nowNs());
    this.names.identify(settings, head);
    if (endpoint.modelPlace == ModelPlace.Path) this.names.keepModel(endpoint.pathModel);
    this.asksForStream = endpoint.streamsByPath;
    this.isHandshake = head.isHandshake;
    if (isWhole || this.isHandshake || head.isEncoded || endpoint.isMultipart) return Outcome.Leave;
    if (settings.requestsUsage && !this.isSniffing) head.strip(ACCEPT_ENCODING);
    if (!settings.readsUsage && !settings.requestsUsage && !this.isSniffing) return Outcome.Leave;
    if (!this.isSniffing && !endpoint.needsModel) return Outcome.Leave;
    this.asked = RequestReader.take();
    return settings.requestsUsage && !this.isSniffing ? Outcome.Hold : Outcome.Pass;
  }

  onRequestPiece(piece: Bytes, isLast: bool): Outcome {
    const asked = this.asked!;
    const isJson = asked.feed(piece.pointer, piece.length) && (!isLast || asked.finish());
    if (this.isSniffing) {
      this.dialect = dialectOfShape(asked.shape);
      this.isSniffing = this.dialect == Dialect.Unknown;
      if (this.isSniffing && (!isJson || isLast || asked.isNoObject)) return this.forget();
    }
    if (isJson && !isLast) return this.request.isHolding ? Outcome.Hold : Outcome.Pass;
    this.names.learnModel(asked);
    if (isJson && this.request.isHolding) this.askForUsage(asked);
    return Outcome.Leave;
  }

  /** Nothing is refused here: what can't be read is told as far as it is known. */
  onProblem(_problem: Problem): Outcome {
    return Outcome.Leave;
  }

  onResponse(head: ResponseHead, isWhole: bool): Outcome {
    if (!this.isCall || this.isSniffing) return Outcome.Leave;
    head.open();
    const outcome = this.beginAnswer(head, isWhole);
    head.close();
    return outcome;
  }

  onResponsePiece(piece: Bytes, isLast: bool): Outcome {
    if (this.firstNs == 0 && this.isStream && piece.length > 0) {
      this.firstNs = nowNs();
      TTFT.setNumber(this.firstUs / US_PER_MS);
    }
    const meter = this.meter;
    if (meter == null) return Outcome.Leave;
    if (!this.hidesUsage) meter.feed(piece, isLast);
    else if (meter.feedHiding(piece, isLast, this.rewritten) == CutResult.Unchanged) this.show(piece);
    else this.isRewritten = true;
    // A host closes its trace's span before it calls `onLog`. A plugin in front has the answer next, and writes the same, as one
    // behind has done.
    if (isLast && this.usesTokens && meter.isCertain) {
      meter.settle(0, 0);
      publishUsage(meter);
      this.isMeasured = true;
    }
    return Outcome.Pass;
  }

  onLog(): void {
    if (!this.isSeen) this.lookBack();
    else if (this.isSniffing && this.isCall) this.isSniffing = !wasCall();
    if (!this.isCall || this.isSniffing) return;
    this.isCall = false;
    const settings = this.settings;
    settings.inFlight.add(-1);
    this.describe(settings);
    settings.series.add(call);
    const watch = settings.watch;
    if (watch != null) watch.add(call);
    this.publish(settings);
  }

  onDelete(): void {
    super.onDelete();
    if (this.isCall) this.settings.inFlight.add(-1);
    this.isCall = false;
    this.giveBackReader();
    const meter = this.meter;
    if (meter != null) meter.giveBack();
    this.meter = null;
  }

  private begin(settings: TelemetrySettings, endpoint: Endpoint, startNs: u64): void {
    this.isCall = true;
    this.writes = endpoint.answerCarriesText;
    this.usesTokens = endpoint.dialect == Dialect.Unknown || (endpoint.needsModel && !endpoint.countsTokens);
    this.startNs = startNs;
    settings.inFlight.add(1);
  }

  private beginAnswer(head: ResponseHead, isWhole: bool): Outcome {
    this.status = head.status;
    if (isWhole || this.isHandshake || this.status == SWITCHING_PROTOCOLS) return Outcome.Leave;
    this.isStream = isStreamed(head.contentType) || (this.asksForStream && !isError(this.status));
    if (this.settings.readsUsage || this.hidesUsage) {
      const isEncoded = head.isEncoded;
      this.meter = meterOf(head, isEncoded, this.dialect);
      this.hidesUsage = this.hidesUsage && !isEncoded && this.startRewriting(head, true);
      return Outcome.Pass;
    }
    return this.isStream ? Outcome.Pass : Outcome.Leave;
  }

  /** It is no call after all. */
  private forget(): Outcome {
    this.isCall = false;
    this.settings.inFlight.add(-1);
    this.giveBackReader();
    return Outcome.Leave;
  }

  /** A plugin in front has answered: all there is of the request are its headers. */
  private lookBack(): void {
    const head = requestHead;
    if (head.open()) this.recall(head);
    head.close();
  }

  private recall(head: RequestHead): void {
    if (asksForHeaders(head.method)) return;
    const endpoint = requestEndpoint;
    endpoint.classify(head.method, head.path, head.contentType);
    const settings = this.root.settingsFor(head);
    if (settings == null || !this.root.isOn(settings)) return;
    const isOwn = isOwnRefusal(responseDetails());
    if (endpoint.dialect == Dialect.Unknown && !wasCall()) return;
    this.chosen = settings;
    this.dialect = endpoint.dialect;
    this.begin(this.settings, endpoint, requestStartNs());
    if (endpoint.modelPlace == ModelPlace.Path) this.names.keepModel(endpoint.pathModel);
    // Whoever failed an authentication in front may have named anybody.
    if (isOwn) this.names.identify(this.settings, head);
  }

  private askForUsage(asked: RequestReader): void {
    if (asked.hasDuplicate) return;
    const edit = usageEditOf(asked, this.dialect);
    if (edit == null) return;
    this.replaceInRequest(edit.start, edit.end, edit.replacement);
    this.hidesUsage = true;
  }

  private describe(settings: TelemetrySettings): void {
    const endNs = nowNs();
    // The answer, or the end, came before the request was read to its end.
    const asked = this.asked;
    if (asked != null) this.names.learnModel(asked);
    call.reset();
    call.dialect = this.dialect;
    const isStartKnown = this.startNs != 0;
    call.startMs = (isStartKnown ? this.startNs : endNs) / NS_PER_MS;
    call.durationUs = isStartKnown ? microseconds(this.startNs, endNs) : NO_TIME;
    call.isStream = this.isStream;
    call.firstUs = this.firstUs;
    call.status = responseCode();
    if (call.status == 0) call.status = this.status;
    this.measure();
    this.names.writeTo(call, settings);
    if (!this.isComplete || isError(call.status)) {
      const error = new ByteString(errorName(call.status, responseFlags()));
      call.error.set(view.set(error.pointer, error.length));
    }
    const prices = settings.prices;
    if (prices != null && (this.isServed || call.usage.isReported)) {
      call.cost = prices.costOf(call.model.isEmpty ? call.responseModel.value : call.model.value, call.usage);
    }
    if (settings.records || (settings.watch != null && isError(call.status))) call.details.set(responseDetails());
    if (!settings.records) return;
    this.names.writeRequestedModel(call);
    call.attempts.set(ATTEMPTS.get());
    call.guard.set(GUARD.get());
    call.requestId.set(requestId());
  }

  /** What was used: as a plugin in front has it, else as the answer says, else by estimate. */
  private measure(): void {
    const meter = this.meter;
    if (meter != null) call.responseModel.set(meter.model);
    if (!this.usesTokens) return;
    if (meter != null && this.isMeasured) return call.usage.take(meter);
    if (call.usage.read() || meter == null) return;
    const isEstimated = this.isServed && !meter.isCertain;
    // Estimates are dear, and answers that are read to their end seldom need one.
    const asked = this.asked;
    const written = isEstimated && this.writes ? meter.writtenSoFar : 0;
    meter.settle(isEstimated && asked != null ? asked.inputTokens : 0, written);
    if (!meter.isReported && !isEstimated) return;
    call.usage.take(meter);
    publishUsage(meter);
  }

  /** A provider has answered, or may have begun to work. */
  private get isServed(): bool {
    return !isError(this.status != 0 ? this.status : call.status);
  }

  /** How long after the request's start the answer's first piece came, or `NO_TIME`. */
  private get firstUs(): i64 {
    return this.firstNs == 0 ? NO_TIME : microseconds(this.startNs, this.firstNs);
  }

  private publish(settings: TelemetrySettings): void {
    if (call.cost != NO_COST) COST.setNumber(call.cost);
    if (!settings.records) return;
    record.clear();
    if (!appendAuditRecord(record, call)) return;
    if (settings.publishesRecord) AUDIT.set(view.set(record.pointer, record.length));
    const sink = settings.sink;
    if (sink != null) sink.add(record);
  }

  /** The answer has been read to its end. */
  private get isComplete(): bool {
    return this.meter != null && this.response.isComplete;
  }

  private giveBackReader(): void {
    const asked = this.asked;
    if (asked != null) asked.giveBack();
    this.asked = null;
  }
}

/** Whether a request on an unknown path that another plugin has answered was one to a model. */
function wasCall(): bool {
  return isRefusedCall(responseDetails()) || MODEL.get() != null || REQUESTED_MODEL.get() != null;
}

/** Clocks can go back. */
function microseconds(from: u64, to: u64): i64 {
  return to > from ? <i64>((to - from) / NS_PER_US) : 0;
}

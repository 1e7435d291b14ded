import { Bytes } from "../../assembly/bytes/view";
import { Caller } from "../../assembly/filter/caller";
import { Exchange, requestEndpoint } from "../../assembly/filter/exchange";
import { FailureMode } from "../../assembly/filter/mode";
import { Outcome } from "../../assembly/filter/outcome";
import { Problem, UNKNOWN_PATH, problemOfJson, refusalOf } from "../../assembly/filter/problem";
import { MODEL, PROVIDER, REQUESTED_MODEL } from "../../assembly/filter/published";
import { RequestHead, requestHead } from "../../assembly/filter/request-head";
import { Dialect } from "../../assembly/llm/dialect";
import { Endpoint } from "../../assembly/llm/endpoint";
import { ModelPlace } from "../../assembly/llm/routes";
import { dialectOfShape } from "../../assembly/llm/shape";
import { BatchCheck } from "./batch-check";
import { BatchFile } from "./batch-file";
import { BatchMessages } from "./batch-messages";
import { BatchPurpose } from "./batch-purpose";
import { BatchMode, RouterSettings } from "./config";
import { FormProbe } from "../../assembly/llm/model/form-probe";
import { formField, jsonMember, jsonText, pathWith, plainText } from "../../assembly/llm/model/edit";
import { ModelProbe } from "../../assembly/llm/model/probe";
import { BATCH_IN_PARTS, BATCH_REJECTED, MODEL_MISSING, MODEL_NOT_TEXT, refusalFor } from "./refusals";
import { Verdict, lotOf } from "./route-table";
import { SeenModels } from "../../assembly/llm/model/seen";

const NO_BYTES = new Bytes();

/** Routes a request by the model that it names. */
@final
export class ModelRouter extends Exchange {
  private caller: Caller | null = null;
  private lot: u32 = 0;
  private json: ModelProbe | null = null;
  private form: FormProbe | null = null;
  private batch: BatchCheck | null = null;
  /** The path is unknown: only the body's shape can tell whether this is a request for a model. */
  private isSniffing: bool = false;
  /** A request that names no model can't go anywhere, unless there is a default. */
  private needsModel: bool = false;
  private isRouted: bool = false;
  private isSecondCounted: bool = false;

  private get settings(): RouterSettings {
    return this.settingsAs<RouterSettings>();
  }

  onRequest(head: RequestHead, endpoint: Endpoint, isWhole: bool): Outcome {
    const settings = this.settings;
    if (!head.strip(settings.modelHeader) || !head.strip(settings.providerHeader)) {
      return this.onProblem(Problem.HostFailure);
    }
    if (head.isHandshake) return Outcome.Leave;
    this.learnCaller(head);
    this.needsModel = endpoint.needsModel;
    if (endpoint.isBatchUpload) return isWhole ? Outcome.Leave : this.startBatch(head, endpoint);
    if (endpoint.needsModel || (endpoint.modelPlace != ModelPlace.None && !isWhole)) {
      if (endpoint.modelPlace == ModelPlace.Path) return this.routeByPath(endpoint);
      return isWhole ? this.routeToDefault() : this.startReading(head, endpoint);
    }
    if (isWhole) return Outcome.Leave;
    if (endpoint.dialect != Dialect.Unknown) {
      return settings.common.rejectsUnknownPaths ? this.refuse(UNKNOWN_PATH) : Outcome.Leave;
    }
    return this.startSniffing(head);
  }

  onRequestPiece(piece: Bytes, isLast: bool): Outcome {
    if (this.batch != null) return this.readBatch(piece, isLast);
    if (this.form != null) return this.readForm(piece, isLast);
    return this.isSniffing ? this.sniff(piece, isLast) : this.readJson(piece, isLast);
  }

  /**
   * FailOpen must not open what access lists and the refusal of unknown models close: not for a model that can't be read,
   * nor for one that could follow where the rest of a routed body can't be. Nor must it pass routing headers that the
   * client brought, where the host keeps us from writing our own.
   */
  onProblem(problem: Problem): Outcome {
    if (problem == Problem.HostFailure) return this.refuse(refusalOf(problem));
    if (this.isSniffing) return problem == Problem.HeldTooLarge ? Outcome.Pass : this.fail(problem);
    const settings = this.settings;
    const isGuarded = this.isRouted ? settings.table.isRestricted : settings.mustKnowModel;
    return isGuarded ? this.refuse(refusalOf(problem)) : this.fail(problem);
  }

  onDelete(): void {
    super.onDelete();
    const json = this.json;
    if (json != null) json.giveBack();
    this.json = null;
  }

  private learnCaller(head: RequestHead): void {
    const settings = this.settings;
    if (settings.mustKnowCaller) {
      const caller = new Caller();
      settings.common.consumer.identify(head, caller);
      this.caller = caller;
    }
    if (!settings.table.hasWeights) return;
    const stickyHeader = settings.stickyHeader;
    if (stickyHeader != null) {
      const value = head.get(stickyHeader);
      if (value != null) {
        this.lot = lotOf(value);
        return;
      }
    }
    this.lot = this.random();
  }

  private startBatch(head: RequestHead, endpoint: Endpoint): Outcome {
    const settings = this.settings;
    if (settings.batch == BatchMode.Pass) return Outcome.Leave;
    if (head.isEncoded) return this.onProblem(Problem.UnsupportedEncoding);
    const rejects = settings.batch == BatchMode.Reject;
    if (endpoint.isMultipart) return this.startBatchFile(head, rejects);
    if (endpoint.dialect == Dialect.OpenAiFiles) {
      if (!rejects && !settings.mustKnowModel) return Outcome.Leave;
      this.batch = new BatchPurpose(settings.table, rejects ? BATCH_REJECTED : BATCH_IN_PARTS);
      return Outcome.Pass;
    }
    if (rejects) return this.refuse(BATCH_REJECTED);
    this.batch = new BatchMessages(settings.table, this.caller);
    return Outcome.Pass;
  }

  private startBatchFile(head: RequestHead, rejects: bool): Outcome {
    const file = new BatchFile(this.settings.table, this.caller, rejects);
    if (!file.begin(head.contentType)) return this.onProblem(Problem.BadMultipart);
    this.batch = file;
    return Outcome.Pass;
  }

  private readBatch(piece: Bytes, isLast: bool): Outcome {
    const batch = this.batch!;
    batch.feed(piece, isLast);
    const refusal = batch.refusal;
    if (refusal != null) return this.refuse(refusal);
    return batch.hasProblem ? this.onProblem(batch.problem) : Outcome.Pass;
  }

  private startReading(head: RequestHead, endpoint: Endpoint): Outcome {
    if (head.isEncoded) return this.onProblem(Problem.UnsupportedEncoding);
    if (!endpoint.isMultipart) {
      this.json = ModelProbe.take();
      return Outcome.Hold;
    }
    const form = new FormProbe();
    if (!form.begin(head.contentType)) return this.onProblem(Problem.BadMultipart);
    this.form = form;
    return Outcome.Hold;
  }

  private readJson(piece: Bytes, isLast: bool): Outcome {
    const probe = this.json!;
    const isJson = probe.feed(piece, isLast);
    if (isLast && probe.isEmpty) return this.routeEmpty();
    if (probe.models.count > 1) return this.judgeSecondModel(probe.models, Problem.DuplicateKey);
    if (!isJson) return this.onProblem(problemOfJson(probe.problem));
    return this.isRouted ? Outcome.Pass : this.routeByJson(probe, isLast);
  }

  private routeByJson(probe: ModelProbe, isLast: bool): Outcome {
    if (probe.models.isKnown) {
      return probe.isText ? this.route(probe.models.first, ModelPlace.Body) : this.refuse(MODEL_NOT_TEXT);
    }
    if (!isLast) return Outcome.Hold;
    return probe.isNoObject && this.needsModel ? this.refuse(MODEL_MISSING) : this.routeToDefault();
  }

  /** A body was announced and none came: the same as a request without one. */
  private routeEmpty(): Outcome {
    this.json!.giveBack();
    this.json = null;
    return this.routeToDefault();
  }

  private readForm(piece: Bytes, isLast: bool): Outcome {
    const probe = this.form!;
    const isForm = probe.feed(piece, isLast);
    if (probe.models.count > 1) return this.judgeSecondModel(probe.models, Problem.DuplicatePart);
    if (!isForm) return this.onProblem(Problem.BadMultipart);
    if (this.isRouted) return Outcome.Pass;
    if (probe.models.isKnown) return this.route(probe.models.first, ModelPlace.Body);
    return isLast ? this.routeToDefault() : Outcome.Hold;
  }

  private startSniffing(head: RequestHead): Outcome {
    if (head.isEncoded) return Outcome.Leave;
    this.json = ModelProbe.take();
    this.isSniffing = true;
    return Outcome.Hold;
  }

  /** A body on an unknown path is held until it shows that it is no request for a model. */
  private sniff(piece: Bytes, isLast: bool): Outcome {
    const probe = this.json!;
    const isJson = probe.feed(piece, isLast);
    const dialect = dialectOfShape(probe.shape);
    if (dialect == Dialect.Unknown || !probe.models.isKnown) {
      if (!isJson || isLast || probe.isNoObject) return Outcome.Leave;
      return this.request.isHolding ? Outcome.Hold : Outcome.Pass;
    }
    this.dialect = dialect;
    this.isSniffing = false;
    if (!this.request.isHolding) return this.onProblem(Problem.HeldTooLarge);
    if (probe.models.count > 1) return this.onProblem(Problem.DuplicateKey);
    if (!isJson) return this.onProblem(problemOfJson(probe.problem));
    return this.routeByJson(probe, isLast);
  }

  /**
   * A body that names a model twice: servers differ in which they take. FailOpen leaves a request as it was routed by the
   * first, unless the caller may not use a later one.
   */
  private judgeSecondModel(models: SeenModels, problem: Problem): Outcome {
    const settings = this.settings;
    if (!this.isRouted || settings.common.failureMode == FailureMode.FailClosed) return this.onProblem(problem);
    for (let model = models.nextLater(); model != null; model = models.nextLater()) {
      const verdict = settings.table.allows(model, this.caller);
      if (verdict == Verdict.Unknown || verdict == Verdict.Forbidden) return this.refuse(refusalFor(verdict, model));
    }
    if (models.isOverflown) return this.refuse(refusalOf(problem));
    if (!this.isSecondCounted) this.fail(problem);
    this.isSecondCounted = true;
    return Outcome.Pass;
  }

  private routeByPath(endpoint: Endpoint): Outcome {
    const outcome = this.route(endpoint.pathModel, ModelPlace.Path);
    return outcome == Outcome.Pass ? Outcome.Leave : outcome;
  }

  /** The request names no model. */
  private routeToDefault(): Outcome {
    if (!this.needsModel) return Outcome.Leave;
    const model = this.settings.defaultModel;
    if (model == null) return this.refuse(MODEL_MISSING);
    return this.route(NO_BYTES.set(model.pointer, model.length), ModelPlace.None);
  }

  private route(requested: Bytes, place: ModelPlace): Outcome {
    const settings = this.settings;
    if (requested.length == 0) return this.refuse(MODEL_NOT_TEXT);
    const choice = settings.table.choose(requested, this.caller, this.dialect, this.lot);
    const target = choice.target;
    if (target == null && choice.verdict != Verdict.Unlisted) {
      return this.refuse(refusalFor(choice.verdict, requested));
    }
    this.isRouted = true;
    const model = choice.model;
    const provider = choice.provider;
    if (target != null) {
      provider.set(target.provider.pointer, target.provider.length);
      const name = target.model;
      if (name != null) model.set(name.pointer, name.length);
    }
    if (!choice.isNamable) return Outcome.Pass;
    const isWritten =
      requestHead.set(settings.modelHeader, model) &&
      (provider.length == 0 || requestHead.set(settings.providerHeader, provider)) &&
      ((place != ModelPlace.None && model.equals(requested)) || this.writeModel(model, place));
    if (!isWritten) return this.onProblem(Problem.HostFailure);
    REQUESTED_MODEL.set(requested);
    MODEL.set(model);
    if (provider.length > 0) PROVIDER.set(provider);
    return Outcome.Pass;
  }

  /** Puts the routed model where the client named its own, or where it named none. False: the host doesn't let us. */
  private writeModel(model: Bytes, place: ModelPlace): bool {
    const json = this.json;
    const form = this.form;
    if (place == ModelPlace.Path) {
      const path = pathWith(model, requestHead.path, requestEndpoint.pathModelStart, requestEndpoint.pathModelEnd);
      return requestHead.setPath(path.pointer, path.length);
    } else if (json != null) {
      if (place == ModelPlace.Body) this.replaceInRequest(json.models.start, json.models.end, jsonText(model));
      else this.replaceInRequest(json.firstMember, json.firstMember, jsonMember(model, json.hasMembers));
    } else if (form != null) {
      if (place == ModelPlace.Body) this.replaceInRequest(form.models.start, form.models.end, plainText(model));
      else this.replaceInRequest(0, 0, formField(model, requestHead.contentType));
    }
    return true;
  }
}

import { Budget } from "../../assembly/bytes/budget";
import { ByteBuffer } from "../../assembly/bytes/buffer";
import { SHA256_BYTES, writeHex } from "../../assembly/bytes/sha256";
import { ByteString, Bytes } from "../../assembly/bytes/view";
import { AttemptExchange } from "../../assembly/filter/attempt-exchange";
import { BodyHash } from "../../assembly/filter/body-hash";
import { Outcome } from "../../assembly/filter/outcome";
import { Problem, problemOfJson, refusalOf } from "../../assembly/filter/problem";
import { MODEL, PROVIDER } from "../../assembly/filter/published";
import { RequestHead, requestHead } from "../../assembly/filter/request-head";
import { Refusal } from "../../assembly/filter/refusal";
import { ResponseHead } from "../../assembly/filter/response-head";
import { Settings } from "../../assembly/filter/settings";
import { nowMs } from "../../assembly/filter/time";
import { TokenState } from "../../assembly/filter/token-waiter";
import { Dialect } from "../../assembly/llm/dialect";
import { Endpoint } from "../../assembly/llm/endpoint";
import { FormProbe } from "../../assembly/llm/model/form-probe";
import { jsonText, pathWith, plainText } from "../../assembly/llm/model/edit";
import { MAX_MODEL_BYTES, isDotSegment, isUsableName } from "../../assembly/llm/model/name";
import { ModelProbe } from "../../assembly/llm/model/probe";
import { ModelPlace } from "../../assembly/llm/routes";
import { SeenModels } from "../../assembly/llm/model/seen";
import { publishAttempt } from "./attempts";
import { EgressSettings } from "./config";
import { NO_KEY } from "./credential";
import { Provider } from "./provider";
import { BAD_MODEL, LOOP, NO_MODEL, REGION_NOT_ALLOWED, UNKNOWN_PROVIDER, WRONG_DIALECT, noToken } from "./refusals";

const AUTHORITY = new ByteString(":authority");
const MODEL_HEADER = new ByteString("x-gateway-model-name");
const HEX_BYTES: i32 = SHA256_BYTES * 2;

const digest = new StaticArray<u8>(SHA256_BYTES);
const digits = new StaticArray<u8>(HEX_BYTES);
const view = new Bytes();

/** Puts the credential of its provider on a request, or on one attempt of it, and takes the client's away. */
@final
export class EgressAuth extends AttemptExchange {
  private provider: Provider | null = null;
  private key: i32 = NO_KEY;
  private startedMs: u64 = 0;
  private isAnswered: bool = false;
  /** Which model was asked for is known, or nobody needs to know. */
  private isModelSettled: bool = true;
  /** The model that the request's filter state or its path names; null: neither does. */
  private known: ByteBuffer | null = null;
  /** The model of the routing header, which may be taken out before the body says that it names none; null: there is none. */
  private routed: ByteBuffer | null = null;
  private json: ModelProbe | null = null;
  private form: FormProbe | null = null;
  private hash: BodyHash | null = null;
  /** Nothing but the hash needs the body, and that not before its end. */
  private isUnread: bool = false;
  /** What stands in place of the body's [replacedStart, replacedEnd); null: nothing. */
  private replacement: ByteBuffer | null = null;
  private replacedStart: i32 = 0;
  private replacedEnd: i32 = 0;
  /** The credential is on the request. */
  private isDone: bool = false;

  private get settings(): EgressSettings {
    return this.settingsAs<EgressSettings>();
  }

  onOff(head: RequestHead, settings: Settings | null): Outcome {
    const rules = settings != null ? settings : this.root.base;
    if (rules == null || !changetype<EgressSettings>(rules).stripping.apply(head, null, false)) {
      return this.abandon(refusalOf(Problem.HostFailure));
    }
    return Outcome.Leave;
  }

  onRequest(head: RequestHead, endpoint: Endpoint, isWhole: bool): Outcome {
    const settings = this.settings;
    if (!this.isRestored) return this.onProblem(Problem.HostFailure);
    const provider = this.findProvider(head);
    const kept: ByteString | null = provider == null ? null : provider.credential.header;
    if (!settings.stripping.apply(head, kept, provider != null)) return this.onProblem(Problem.HostFailure);
    const loopTag = settings.loopTag;
    if (loopTag != null) {
      if (loopTag.isSpent(head)) return this.refuse(LOOP);
      if (!loopTag.mark(head)) return this.onProblem(Problem.HostFailure);
    }
    if (provider == null) return settings.passesUnknown ? Outcome.Leave : this.refuse(UNKNOWN_PROVIDER);
    return this.prepare(provider, head, endpoint, isWhole);
  }

  private findProvider(head: RequestHead): Provider | null {
    const settings = this.settings;
    const name = settings.select.find(head);
    return name == null ? null : settings.find(name);
  }

  /** Everything about a provider's attempt that the headers decide. */
  private prepare(provider: Provider, head: RequestHead, endpoint: Endpoint, isWhole: bool): Outcome {
    if (!provider.isAllowed) return this.refuse(REGION_NOT_ALLOWED);
    if (!provider.speaks(this.dialect)) return this.refuse(WRONG_DIALECT);
    const settings = this.settings;
    this.provider = provider;
    this.startedMs = nowMs();
    if (settings.select.isByAttempt) PROVIDER.set(view.set(provider.name.pointer, provider.name.length));
    if (settings.isRewriting && !this.saveOriginals()) return this.onProblem(Problem.HostFailure);
    if (!this.setFixed(provider)) return this.onProblem(Problem.HostFailure);
    this.key = provider.credential.chooseKey();
    const hasBody = !isWhole && !head.isHandshake;
    if (provider.namesModel || provider.path != null) {
      const outcome = this.findModel(provider, head, endpoint, hasBody);
      if (outcome == Outcome.Ended) return outcome;
    }
    if (provider.credential.hashesBody) {
      this.hash = new BodyHash();
      this.isUnread = !this.request.isUrlEncoded && this.json == null && this.form == null;
      if (hasBody) return Outcome.Hold;
    }
    return this.isModelSettled ? this.finish(!hasBody || !this.readsBody) : Outcome.Hold;
  }

  private get readsBody(): bool {
    return this.hash != null || this.json != null || this.form != null;
  }

  private setFixed(provider: Provider): bool {
    for (let i = 0; i < provider.headers.length; i++) {
      const header = provider.headers[i];
      if (!requestHead.set(header.name, view.set(header.value.pointer, header.value.length))) return false;
    }
    const host = provider.host;
    return host == null || requestHead.set(AUTHORITY, view.set(host.pointer, host.length));
  }

  /** Takes the model from where it is known first; else the body has to be read. */
  private findModel(provider: Provider, head: RequestHead, endpoint: Endpoint, hasBody: bool): Outcome {
    const published = MODEL.get();
    if (published != null && isUsableName(published)) {
      return this.useKnown(provider, published, head, endpoint, hasBody);
    }
    const place = endpoint.modelPlace;
    if (place == ModelPlace.Path) return this.useKnown(provider, endpoint.pathModel, head, endpoint, hasBody);
    this.noteRouted(head);
    if (hasBody && place == ModelPlace.Body && provider.namesModel) return this.startReading(head, endpoint);
    return this.useRouted(provider, head, endpoint);
  }

  private noteRouted(head: RequestHead): void {
    const named = head.single(MODEL_HEADER);
    if (named == null) return;
    const routed = new ByteBuffer(new Budget(MAX_MODEL_BYTES + 1));
    routed.append(named.pointer, min(named.length, MAX_MODEL_BYTES + 1));
    this.routed = routed;
  }

  /** The model is known before the body is. */
  private useKnown(provider: Provider, model: Bytes, head: RequestHead, endpoint: Endpoint, hasBody: bool): Outcome {
    if (!isUsableName(model)) return this.refuse(BAD_MODEL);
    const known = new ByteBuffer(new Budget(MAX_MODEL_BYTES));
    known.append(model.pointer, model.length);
    this.known = known;
    const outcome = this.writePath(provider, this.knownModel, head.path, endpoint);
    if (outcome == Outcome.Ended || !hasBody || !this.mustReadBody(provider, endpoint)) return outcome;
    return this.startReading(head, endpoint);
  }

  /** Whether the body may name another model than the provider is to be asked for. */
  private mustReadBody(provider: Provider, endpoint: Endpoint): bool {
    const path = provider.path;
    if (endpoint.modelPlace == ModelPlace.Path) return path != null && !path.namesModel;
    const isInBody = endpoint.modelPlace == ModelPlace.Body || endpoint.dialect == Dialect.Unknown;
    return isInBody && provider.nameFor(this.knownModel) != null;
  }

  private get knownModel(): Bytes {
    const known = this.known!;
    return view.set(known.pointer, known.length);
  }

  /** The request names no model where one belongs: the routing header may. `endpoint` is null in the body phase. */
  private useRouted(provider: Provider, head: RequestHead, endpoint: Endpoint | null): Outcome {
    const routed = this.routed;
    if (routed != null) {
      const model = new Bytes().set(routed.pointer, routed.length);
      return isUsableName(model) ? this.writePath(provider, model, head.path, endpoint) : this.refuse(BAD_MODEL);
    }
    const path = provider.path;
    if (path == null) return Outcome.Pass;
    return path.needsModel ? this.refuse(NO_MODEL) : this.writePath(provider, view.set(0, 0), head.path, endpoint);
  }

  /**
   * Sets the provider's own path, or puts its name for the model into the request's. `endpoint` is null in the body phase, where
   * no path has a model.
   */
  private writePath(provider: Provider, model: Bytes, path: Bytes, endpoint: Endpoint | null): Outcome {
    const mapped = provider.nameFor(model);
    const target = new Bytes().set(model.pointer, model.length);
    if (mapped != null) target.set(mapped.pointer, mapped.length);
    const template = provider.path;
    let written: ByteBuffer | null = null;
    if (template != null) {
      if (template.needsModel && isDotSegment(target)) return this.refuse(BAD_MODEL);
      written = template.fill(target, path);
    } else {
      if (endpoint == null || endpoint.modelPlace != ModelPlace.Path) return Outcome.Pass;
      if (target.equals(endpoint.pathModel)) return Outcome.Pass;
      if (isDotSegment(target)) return this.refuse(BAD_MODEL);
      written = pathWith(target, path, endpoint.pathModelStart, endpoint.pathModelEnd);
    }
    const isWritten = written != null && requestHead.setPath(written.pointer, written.length);
    return isWritten ? Outcome.Pass : this.onProblem(Problem.HostFailure);
  }

  private startReading(head: RequestHead, endpoint: Endpoint): Outcome {
    if (head.isEncoded) return this.onProblem(Problem.UnsupportedEncoding);
    this.isModelSettled = false;
    if (!endpoint.isMultipart) {
      this.json = ModelProbe.take();
      return Outcome.Hold;
    }
    const form = new FormProbe();
    if (!form.begin(head.contentType)) return this.onProblem(Problem.BadMultipart);
    this.form = form;
    return Outcome.Hold;
  }

  protected skipsPieces(length: i32): bool {
    this.isUnread = this.isUnread && this.hash!.isForEnd(length);
    return this.isUnread;
  }

  onRequestPiece(piece: Bytes, isLast: bool): Outcome {
    const json = this.json;
    const form = this.form;
    let outcome = Outcome.Pass;
    if (json != null) outcome = this.readJson(json, piece, isLast);
    else if (form != null) outcome = this.readForm(form, piece, isLast);
    if (outcome == Outcome.Ended) return outcome;
    const hash = this.hash;
    if (hash != null && !hash.add(piece, this.request.fed)) return this.onProblem(Problem.HostFailure);
    if (this.isDone) return json == null && form == null ? Outcome.Leave : Outcome.Pass;
    if (!isLast && (!this.isModelSettled || hash != null)) return Outcome.Hold;
    return this.finish(isLast);
  }

  private readJson(probe: ModelProbe, piece: Bytes, isLast: bool): Outcome {
    const isJson = probe.feed(piece, isLast);
    if (isLast && probe.isEmpty) return this.settleWithout();
    if (probe.models.count > 1) return this.onProblem(Problem.DuplicateKey);
    if (!isJson) return this.onProblem(problemOfJson(probe.problem));
    if (this.isModelSettled) return Outcome.Pass;
    if (!probe.models.isKnown) return isLast ? this.settleWithout() : Outcome.Hold;
    return probe.isText ? this.settle(probe.models, true) : this.refuse(BAD_MODEL);
  }

  private readForm(probe: FormProbe, piece: Bytes, isLast: bool): Outcome {
    const isForm = probe.feed(piece, isLast);
    if (probe.models.count > 1) return this.onProblem(Problem.DuplicatePart);
    if (!isForm) return this.onProblem(Problem.BadMultipart);
    if (this.isModelSettled) return Outcome.Pass;
    if (!probe.models.isKnown) return isLast ? this.settleWithout() : Outcome.Hold;
    return this.settle(probe.models, false);
  }

  /** The body has said its model. */
  private settle(models: SeenModels, isJson: bool): Outcome {
    this.isModelSettled = true;
    const provider = this.provider!;
    const own = new Bytes().set(models.first.pointer, models.first.length);
    if (!isUsableName(own)) return this.refuse(BAD_MODEL);
    if (this.known == null) {
      const outcome = this.writePath(provider, own, requestHead.path, null);
      if (outcome == Outcome.Ended) return outcome;
    }
    const model: Bytes = this.known != null ? this.knownModel : own;
    const mapped = provider.nameFor(model);
    const target = new Bytes().set(model.pointer, model.length);
    if (mapped != null) target.set(mapped.pointer, mapped.length);
    if (target.equals(own)) return Outcome.Pass;
    const replacement = isJson ? jsonText(target) : plainText(target);
    this.replacement = replacement;
    this.replacedStart = <i32>models.start;
    this.replacedEnd = <i32>models.end;
    this.replaceInRequest(models.start, models.end, replacement);
    return Outcome.Pass;
  }

  /** The body names no model. */
  private settleWithout(): Outcome {
    if (this.isModelSettled) return Outcome.Pass;
    this.isModelSettled = true;
    if (this.known != null) return Outcome.Pass;
    return this.useRouted(this.provider!, requestHead, null);
  }

  /** All is known but the token, perhaps: puts the credential on, or waits. `isLast`: no piece of the body follows. */
  private finish(isLast: bool): Outcome {
    const source = this.provider!.credential.source;
    if (source != null) {
      const state = source.demand();
      if (state == TokenState.Failed) return this.refuse(this.whyNoToken());
      if (state == TokenState.Pending) {
        if (isLast) {
          this.awaitsReply = true;
          source.wait(this.id);
        }
        return Outcome.Hold;
      }
    }
    return this.put();
  }

  onToken(state: TokenState): void {
    this.awaitsReply = false;
    if (this.isEnded) return;
    if (state != TokenState.Ready) {
      this.refuse(this.whyNoToken());
      return;
    }
    const outcome = this.put();
    if (outcome != Outcome.Ended) this.resumeRequest(outcome);
  }

  private put(): Outcome {
    let bodyHash: usize = 0;
    if (this.hash != null) {
      if (!this.finishHash()) return this.onProblem(Problem.HostFailure);
      bodyHash = changetype<usize>(digits);
    }
    const refusal = this.provider!.credential.put(this.key, bodyHash);
    if (refusal != null) return this.refuse(refusal);
    this.isDone = true;
    return this.json == null && this.form == null ? Outcome.Leave : Outcome.Pass;
  }

  /** The digest of the body as it goes out. */
  private finishHash(): bool {
    const hash = this.hash!;
    const replacement = this.replacement;
    const length = this.request.fed;
    const out = changetype<usize>(digest);
    const isWhole =
      replacement == null
        ? hash.finish(length, out)
        : hash.finishReplaced(
            length,
            this.replacedStart,
            this.replacedEnd,
            view.set(replacement.pointer, replacement.length),
            out,
          );
    if (!isWhole) return false;
    writeHex(view.set(changetype<usize>(digest), SHA256_BYTES), changetype<usize>(digits));
    return true;
  }

  private whyNoToken(): Refusal {
    const retryAt = this.provider!.credential.source!.retryAt;
    const now = nowMs();
    return noToken(retryAt > now ? <i64>((retryAt - now + 999) / 1000) : 1);
  }

  onAnswer(head: ResponseHead): void {
    const provider = this.provider;
    if (provider == null || !this.isDone || this.isAnswered) return;
    this.isAnswered = true;
    provider.credential.onAnswer(this.key, head);
    this.record(provider, head.status);
  }

  private record(provider: Provider, status: i32): void {
    const settings = this.settings;
    settings.counters.answered(provider, status);
    if (settings.select.isByAttempt) publishAttempt(provider.name, status, <i64>(nowMs() - this.startedMs));
  }

  /** Upgrades go to providers like other requests: what follows their headers is no credential. */
  onProblem(problem: Problem): Outcome {
    return problem == Problem.Upgrade ? Outcome.Pass : this.refuse(refusalOf(problem));
  }

  onDelete(): void {
    super.onDelete();
    const provider = this.provider;
    if (provider != null) {
      const source = provider.credential.source;
      if (source != null && this.awaitsReply) source.forget(this.id);
      if (this.isDone && !this.isAnswered) this.record(provider, 0);
    }
    const json = this.json;
    if (json != null) json.giveBack();
    this.json = null;
  }
}

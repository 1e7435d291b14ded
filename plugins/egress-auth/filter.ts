import { SHA256_BYTES, writeHex } from "../../assembly/bytes/sha256";
import { ByteString, Bytes } from "../../assembly/bytes/view";
import { AttemptExchange } from "../../assembly/filter/attempt-exchange";
import { BodyHash } from "../../assembly/filter/body-hash";
import { Outcome } from "../../assembly/filter/outcome";
import { Problem, refusalOf } from "../../assembly/filter/problem";
import { MODEL, PROVIDER } from "../../assembly/filter/published";
import { RequestHead, requestHead } from "../../assembly/filter/request-head";
import { Refusal } from "../../assembly/filter/refusal";
import { ResponseHead } from "../../assembly/filter/response-head";
import { Settings } from "../../assembly/filter/settings";
import { nowMs } from "../../assembly/filter/time";
import { TokenState } from "../../assembly/filter/token-waiter";
import { Endpoint } from "../../assembly/llm/endpoint";
import { AttemptModel } from "./attempt-model";
import { publishAttempt } from "./attempts";
import { EgressSettings } from "./config";
import { NO_KEY } from "./credential";
import { Provider } from "./provider";
import { LOOP, OVERTAKEN, REGION_NOT_ALLOWED, UNKNOWN_PROVIDER, WRONG_DIALECT, noToken } from "./refusals";

const AUTHORITY = new ByteString(":authority");
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
  /** Null: the provider takes what the request names, where it is. */
  private model: AttemptModel | null = null;
  private hash: BodyHash | null = null;
  /** Nothing but the hash needs the body, and that not before its end. */
  private isUnread: bool = false;
  /** The credential is on the request. */
  private isDone: bool = false;

  private get settings(): EgressSettings {
    return this.settingsAs<EgressSettings>();
  }

  onOff(head: RequestHead, settings: Settings | null): Outcome {
    const rules = settings != null ? settings : this.root.base;
    if (rules == null || !this.strip(changetype<EgressSettings>(rules).stripping, head, null, false)) {
      return this.abandon(refusalOf(Problem.HostFailure));
    }
    return Outcome.Leave;
  }

  onRequest(head: RequestHead, endpoint: Endpoint, isWhole: bool): Outcome {
    const settings = this.settings;
    if (!this.isRestored) return this.onProblem(Problem.HostFailure);
    if (settings.select.isByAttempt) this.beginAttempt();
    const provider = this.findProvider(head);
    const kept: ByteString | null = provider == null ? null : provider.credential.header;
    if (!this.strip(settings.stripping, head, kept, provider != null)) return this.onProblem(Problem.HostFailure);
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
    if (this.isAttempt) {
      this.startedMs = nowMs();
      PROVIDER.set(view.set(provider.name.pointer, provider.name.length));
    }
    if (settings.isRewriting && !this.saveOriginals()) return this.onProblem(Problem.HostFailure);
    if (!this.setFixed(provider)) return this.onProblem(Problem.HostFailure);
    this.key = provider.credential.chooseKey();
    const hasBody = !isWhole && !head.isHandshake;
    if (provider.namesModel || provider.path != null) {
      const model = new AttemptModel(provider);
      this.model = model;
      model.begin(head, endpoint, MODEL.get(), hasBody);
      if (this.follow(model) == Outcome.Ended) return Outcome.Ended;
    }
    if (provider.credential.hashesBody) {
      this.hash = new BodyHash();
      this.isUnread = !this.request.isUrlEncoded && !this.isReadingModel;
      if (hasBody) return Outcome.Hold;
    }
    return this.isModelSettled ? this.finish(!hasBody || !this.readsBody) : Outcome.Hold;
  }

  private get readsBody(): bool {
    return this.hash != null || this.isReadingModel;
  }

  private get isReadingModel(): bool {
    const model = this.model;
    return model != null && model.isReading;
  }

  /** Which model was asked for is known, or nobody needs to know. */
  private get isModelSettled(): bool {
    const model = this.model;
    return model == null || model.isSettled;
  }

  private setFixed(provider: Provider): bool {
    for (let i = 0; i < provider.headers.length; i++) {
      const header = provider.headers[i];
      if (!requestHead.set(header.name, view.set(header.value.pointer, header.value.length))) return false;
    }
    const host = provider.host;
    return host == null || requestHead.set(AUTHORITY, view.set(host.pointer, host.length));
  }

  /** Does what the headers or a piece of the body said about the model. */
  private follow(model: AttemptModel): Outcome {
    const refusal = model.refusal;
    if (refusal != null) return this.refuse(refusal);
    if (model.hasProblem) return this.onProblem(model.problem);
    const path = model.takePath();
    if (path == null || requestHead.setPath(path.pointer, path.length)) return Outcome.Pass;
    return this.onProblem(Problem.HostFailure);
  }

  protected skipsPieces(length: i32): bool {
    this.isUnread = this.isUnread && this.hash!.isForEnd(length);
    return this.isUnread;
  }

  onRequestPiece(piece: Bytes, isLast: bool): Outcome {
    const model = this.model;
    if (model != null && this.readModel(model, piece, isLast) == Outcome.Ended) return Outcome.Ended;
    const hash = this.hash;
    if (hash != null && !hash.add(piece, this.request.fed)) return this.onProblem(Problem.HostFailure);
    if (this.isDone) return this.isReadingModel ? Outcome.Pass : Outcome.Leave;
    if (!isLast && (!this.isModelSettled || hash != null)) return Outcome.Hold;
    return this.finish(isLast);
  }

  private readModel(model: AttemptModel, piece: Bytes, isLast: bool): Outcome {
    const wasSettled = model.isSettled;
    model.feed(piece, isLast, requestHead);
    const outcome = this.follow(model);
    const replacement = model.replacement;
    if (outcome != Outcome.Ended && !wasSettled && replacement != null) {
      this.replaceInRequest(model.replacedStart, model.replacedEnd, replacement);
    }
    return outcome;
  }

  /** All is known but the token, perhaps: puts the credential on, or waits. `isLast`: no piece of the body follows. */
  private finish(isLast: bool): Outcome {
    const source = this.provider!.credential.source;
    if (source != null) {
      const state = source.demand();
      if (state == TokenState.Failed) return this.refuse(this.whyNoToken());
      if (state == TokenState.Pending) {
        if (isLast) {
          this.noteOrder();
          this.awaitToken();
        }
        return Outcome.Hold;
      }
    }
    return this.put();
  }

  private awaitToken(): void {
    this.awaitsReply = true;
    this.provider!.credential.source!.wait(this.id);
  }

  onToken(state: TokenState): void {
    this.awaitsReply = false;
    if (this.isEnded) return;
    const isReady = state == TokenState.Ready;
    if (isReady && this.isLatest) {
      const outcome = this.put();
      if (outcome != Outcome.Ended) this.resumeRequest(outcome);
    } else if (this.giveWay()) this.awaitToken();
    else this.refuse(isReady ? OVERTAKEN : this.whyNoToken());
  }

  private put(): Outcome {
    const hash = this.hash;
    if (hash != null && !this.finishHash(hash)) return this.onProblem(Problem.HostFailure);
    const bodyHash = hash == null ? 0 : changetype<usize>(digits);
    const refusal = this.provider!.credential.put(this.key, bodyHash);
    if (refusal != null) return this.refuse(refusal);
    this.isDone = true;
    return this.isReadingModel ? Outcome.Pass : Outcome.Leave;
  }

  /** The digest of the body as it goes out, in hexadecimal digits. */
  private finishHash(hash: BodyHash): bool {
    const out = changetype<usize>(digest);
    if (!this.hashBody(hash, out)) return false;
    writeHex(view.set(out, SHA256_BYTES), changetype<usize>(digits));
    return true;
  }

  private hashBody(hash: BodyHash, out: usize): bool {
    const model = this.model;
    const length = this.request.fed;
    if (model == null) return hash.finish(length, out);
    const replacement = model.replacement;
    if (replacement == null) return hash.finish(length, out);
    view.set(replacement.pointer, replacement.length);
    return hash.finishReplaced(length, <i32>model.replacedStart, <i32>model.replacedEnd, view, out);
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
    this.settings.counters.answered(provider, status);
    if (this.isAttempt) publishAttempt(provider.name, status, <i64>(nowMs() - this.startedMs));
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
    const model = this.model;
    if (model != null) model.giveBack();
  }
}

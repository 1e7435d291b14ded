import { Budget } from "../../assembly/bytes/budget";
import { ByteBuffer } from "../../assembly/bytes/buffer";
import { ByteString, Bytes } from "../../assembly/bytes/view";
import { Problem, problemOfJson } from "../../assembly/filter/problem";
import { Refusal } from "../../assembly/filter/refusal";
import { RequestHead } from "../../assembly/filter/request-head";
import { Dialect } from "../../assembly/llm/dialect";
import { Endpoint } from "../../assembly/llm/endpoint";
import { jsonText, pathWith, plainText } from "../../assembly/llm/model/edit";
import { FormProbe } from "../../assembly/llm/model/form-probe";
import { MAX_MODEL_BYTES, isDotSegment, isUsableName } from "../../assembly/llm/model/name";
import { ModelProbe } from "../../assembly/llm/model/probe";
import { SeenModels } from "../../assembly/llm/model/seen";
import { ModelPlace } from "../../assembly/llm/routes";
import { Provider } from "./provider";
import { BAD_MODEL, NO_MODEL } from "./refusals";

const MODEL_HEADER = new ByteString("x-gateway-model-name");
const view = new Bytes();

/**
 * The model of one attempt: looked for where requests name theirs, and put under the provider's name for it into path and body.
 *
 * `begin`, then `feed` every piece of the body while `isReading`; after each, read what it found: `refusal` and `hasProblem`
 * first.
 */
@final
export class AttemptModel {
  /** Which model is asked for is known, or nobody needs to know. */
  isSettled: bool = true;
  /** What the client is told; null as long as there is nothing against the attempt. */
  refusal: Refusal | null = null;
  /** Why the model can't be read, once `hasProblem`. */
  problem: Problem = Problem.NotJson;
  hasProblem: bool = false;
  /** What stands in place of the body's [replacedStart, replacedEnd), once settled; null: nothing. */
  replacement: ByteBuffer | null = null;
  replacedStart: u64 = 0;
  replacedEnd: u64 = 0;
  private path: ByteBuffer | null = null;
  /** The model that the request's filter state or its path names; null: neither does. */
  private known: ByteBuffer | null = null;
  /** The model of the routing header, which may be taken out before the body says that it names none; null: there is none. */
  private routed: ByteBuffer | null = null;
  private json: ModelProbe | null = null;
  private form: FormProbe | null = null;

  constructor(private readonly provider: Provider) {}

  /** Whether pieces of the body are to be fed. */
  get isReading(): bool {
    return this.json != null || this.form != null;
  }

  /** The path that the request is to have from here on; null: it keeps its own. */
  takePath(): ByteBuffer | null {
    const path = this.path;
    this.path = null;
    return path;
  }

  /** Takes the model from where it is known first; else the body has to be read. `published`: by a plugin before this one. */
  begin(head: RequestHead, endpoint: Endpoint, published: Bytes | null, hasBody: bool): void {
    if (published != null && isUsableName(published)) return this.useKnown(published, head, endpoint, hasBody);
    const place = endpoint.modelPlace;
    if (place == ModelPlace.Path) return this.useKnown(endpoint.pathModel, head, endpoint, hasBody);
    this.noteRouted(head);
    if (hasBody && place == ModelPlace.Body && this.provider.namesModel) this.startReading(head, endpoint);
    else this.useRouted(head);
  }

  feed(piece: Bytes, isLast: bool, head: RequestHead): void {
    const json = this.json;
    const form = this.form;
    if (json != null) this.readJson(json, piece, isLast, head);
    else if (form != null) this.readForm(form, piece, isLast, head);
  }

  /** The attempt is over: another can have what this one read with. */
  giveBack(): void {
    const json = this.json;
    if (json != null) json.giveBack();
    this.json = null;
  }

  private report(problem: Problem): void {
    this.hasProblem = true;
    this.problem = problem;
  }

  private noteRouted(head: RequestHead): void {
    const named = head.single(MODEL_HEADER);
    if (named == null) return;
    const routed = new ByteBuffer(new Budget(MAX_MODEL_BYTES + 1));
    routed.append(named.pointer, min(named.length, MAX_MODEL_BYTES + 1));
    this.routed = routed;
  }

  /** The model is known before the body is. */
  private useKnown(model: Bytes, head: RequestHead, endpoint: Endpoint, hasBody: bool): void {
    if (!isUsableName(model)) {
      this.refusal = BAD_MODEL;
      return;
    }
    const known = new ByteBuffer(new Budget(MAX_MODEL_BYTES));
    known.append(model.pointer, model.length);
    this.known = known;
    if (endpoint.modelPlace != ModelPlace.Path || this.provider.path != null) this.fillPath(this.knownModel, head);
    else this.replaceInPath(head.path, endpoint);
    if (this.refusal == null && hasBody && this.mustReadBody(endpoint)) this.startReading(head, endpoint);
  }

  /** Whether the body may name another model than the provider is to be asked for. */
  private mustReadBody(endpoint: Endpoint): bool {
    const path = this.provider.path;
    if (endpoint.modelPlace == ModelPlace.Path) return path != null && !path.namesModel;
    const isInBody = endpoint.modelPlace == ModelPlace.Body || endpoint.dialect == Dialect.Unknown;
    return isInBody && this.provider.nameFor(this.knownModel) != null;
  }

  private get knownModel(): Bytes {
    const known = this.known!;
    return view.set(known.pointer, known.length);
  }

  /** The request names no model where one belongs: the routing header may. */
  private useRouted(head: RequestHead): void {
    const routed = this.routed;
    if (routed != null) {
      const model = view.set(routed.pointer, routed.length);
      if (isUsableName(model)) this.fillPath(model, head);
      else this.refusal = BAD_MODEL;
      return;
    }
    const path = this.provider.path;
    if (path != null && path.needsModel) this.refusal = NO_MODEL;
    else this.fillPath(view.set(0, 0), head);
  }

  /** The provider's own path, if it has one. */
  private fillPath(model: Bytes, head: RequestHead): void {
    const template = this.provider.path;
    if (template == null) return;
    const target = this.nameOf(model);
    if (template.needsModel && isDotSegment(target)) this.refusal = BAD_MODEL;
    else this.writePath(template.fill(target, head.path));
  }

  /** The request's path, with the provider's name for its model. */
  private replaceInPath(path: Bytes, endpoint: Endpoint): void {
    const target = this.nameOf(this.knownModel);
    if (target.equals(endpoint.pathModel)) return;
    if (isDotSegment(target)) this.refusal = BAD_MODEL;
    else this.writePath(pathWith(target, path, endpoint.pathModelStart, endpoint.pathModelEnd));
  }

  private writePath(path: ByteBuffer | null): void {
    this.path = path;
    if (path == null) this.report(Problem.HostFailure);
  }

  /** What the provider calls it. */
  private nameOf(model: Bytes): Bytes {
    const mapped = this.provider.nameFor(model);
    const target = new Bytes();
    return mapped == null ? target.set(model.pointer, model.length) : target.set(mapped.pointer, mapped.length);
  }

  private startReading(head: RequestHead, endpoint: Endpoint): void {
    if (head.isEncoded) return this.report(Problem.UnsupportedEncoding);
    this.isSettled = false;
    if (!endpoint.isMultipart) {
      this.json = ModelProbe.take();
      return;
    }
    const form = new FormProbe();
    if (!form.begin(head.contentType)) return this.report(Problem.BadMultipart);
    this.form = form;
  }

  private readJson(probe: ModelProbe, piece: Bytes, isLast: bool, head: RequestHead): void {
    const isJson = probe.feed(piece, isLast);
    const models = probe.models;
    if (isLast && probe.isEmpty) return this.settleWithout(head);
    if (models.count > 1) return this.report(Problem.DuplicateKey);
    if (!isJson) return this.report(problemOfJson(probe.problem));
    if (models.isKnown && !probe.isText && !this.isSettled) this.refusal = BAD_MODEL;
    else this.settle(models, isLast, head);
  }

  private readForm(probe: FormProbe, piece: Bytes, isLast: bool, head: RequestHead): void {
    const isForm = probe.feed(piece, isLast);
    if (probe.models.count > 1) return this.report(Problem.DuplicatePart);
    if (!isForm) return this.report(Problem.BadMultipart);
    this.settle(probe.models, isLast, head);
  }

  /** Once the body has said its model, or has ended without. */
  private settle(models: SeenModels, isLast: bool, head: RequestHead): void {
    if (this.isSettled) return;
    if (!models.isKnown) {
      if (isLast) this.settleWithout(head);
      return;
    }
    this.isSettled = true;
    const own = models.first;
    if (!isUsableName(own)) {
      this.refusal = BAD_MODEL;
      return;
    }
    const isKnown = this.known != null;
    if (!isKnown) this.fillPath(own, head);
    const target = this.nameOf(isKnown ? this.knownModel : own);
    if (this.refusal == null && !target.equals(own)) this.replace(models, target);
  }

  private replace(models: SeenModels, target: Bytes): void {
    this.replacement = this.form == null ? jsonText(target) : plainText(target);
    this.replacedStart = models.start;
    this.replacedEnd = models.end;
  }

  /** The body names no model. */
  private settleWithout(head: RequestHead): void {
    if (this.isSettled) return;
    this.isSettled = true;
    if (this.known == null) this.useRouted(head);
  }
}

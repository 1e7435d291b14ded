import { beginsWithWord, isBlank, isSameInLowerCase, lowerCase } from "../bytes/ascii";
import { Bytes, ByteString, isSame } from "../bytes/view";
import { Dialect } from "./dialect";
import { MULTIPART_FORM_DATA } from "./form/multipart-header";
import { RequestPath } from "./path";
import { Before, Fact, FIRST_ROUTE, ModelPlace, ROUTES_END, Route } from "./routes";

const DEPLOYMENTS = new ByteString("/deployments/");
const ENGINES = new ByteString("/engines/");
const EXTENSIONS = new ByteString("/extensions");
const OPENAI = new ByteString("/openai");
const URL_ENCODED = new ByteString("application/x-www-form-urlencoded");
const BODILESS: StaticArray<ByteString> = [
  new ByteString("GET"),
  new ByteString("HEAD"),
  new ByteString("DELETE"),
  new ByteString("OPTIONS"),
];

const PATH = new RequestPath();

/** What was classified last, and what is asked now: method, content type, path, with a NUL after the first two. */
const LATEST_BYTES: i32 = 256;
const LATEST = memory.data(LATEST_BYTES);
const ASKED = memory.data(LATEST_BYTES);
let latestLength: i32 = 0;
/** Who classified that, 0 when there is none: any other's `classify` has overwritten the path, too. */
let latestOf: usize = 0;

/** Whether a request of this method usually has no body. A body that comes nevertheless is read like any other. */
export function isBodiless(method: Bytes): bool {
  for (let i = 0; i < BODILESS.length; i++) {
    if (unchecked(BODILESS[i]).equals(method.pointer, method.length)) return true;
  }
  return false;
}

/**
 * What a request's method, path and content type say: which API it speaks, and where its model is.
 *
 * For a path that is not known, or too long to compare (see `RequestPath`), the dialect is `Unknown`, texts are assumed both
 * ways, and `dialectOfShape` may tell more once a body is there.
 */
@final
export class Endpoint {
  dialect: Dialect = Dialect.Unknown;
  modelPlace: ModelPlace = ModelPlace.None;
  /**
   * Whether the request can't be routed without a model: every call for inference or token counts with a method that has a
   * body, also where a provider has a default (images, moderations), since that default is one provider's.
   */
  needsModel: bool = false;
  /** Whether the body is multipart/form-data: only where the endpoint takes that; elsewhere a body is JSON, whatever its type says. */
  isMultipart: bool = false;
  /** Whether the body is JSON by its path and an urlencoded form by its content type: providers differ in what they go by. */
  isUrlEncoded: bool = false;
  /** Whether the body holds requests for later, or announces them: a file that may be a batch, Anthropic's message batches. */
  isBatchUpload: bool = false;
  /** With `ModelPlace.Path`: the model, percent-decoded. Lasts until the next `classify` of any endpoint. */
  readonly pathModel: Bytes = new Bytes();
  /** With `ModelPlace.Path`: where the model is in the path as it came, [start, end), to be replaced there. */
  pathModelStart: i32 = 0;
  pathModelEnd: i32 = 0;

  /** The path is too long to be compared: what a server makes of it isn't known. */
  isTooLong: bool = false;

  private facts: Fact = Fact.None;
  /** The path's last byte, in lower case. */
  private last: u8 = 0;
  private matchStart: i32 = 0;
  private holeStart: i32 = 0;
  private holeEnd: i32 = 0;

  constructor() {
    // It may stand where one stood that is gone.
    latestOf = 0;
  }

  /** Whether the request has texts to read (prompts, inputs, form fields). */
  get requestCarriesText(): bool {
    return (this.facts & Fact.RequestText) != 0;
  }

  /** Whether the answer has texts to read; false for vectors, pictures, sounds, listings and status. */
  get answerCarriesText(): bool {
    return (this.facts & Fact.AnswerText) != 0;
  }

  /** Whether the answer is what its dialect answers with when a model is asked; false for lists of stored ones, and the like. */
  get answersAsModel(): bool {
    if (!this.answerCarriesText || (this.facts & Fact.OtherAnswer) != 0) return false;
    return this.needsModel || (this.facts & Fact.NeedsModel) == 0;
  }

  /** Whether a model is named only for its tokenizer: the answer says how many tokens there are. Valid after `classify`. */
  get countsTokens(): bool {
    if (!this.needsModel || this.answerCarriesText) return false;
    // Vertex's has a verb behind it.
    if (this.dialect == Dialect.AnthropicMessages) return true;
    const end = PATH.pointer + PATH.length;
    return (load<u32>(end - 6) | 0x20202020) == 0x656b6f74 /* "toke" */ && (load<u16>(end - 2) | 0x2020) == 0x736e;
  }

  /** Whether the path asks for a stream; elsewhere the body's `stream` does. */
  get streamsByPath(): bool {
    return (this.facts & Fact.Streams) != 0;
  }

  /** Never allocates; `contentType` may be empty. */
  classify(method: Bytes, path: Bytes, contentType: Bytes): void {
    if (this.isLatest(method, path, contentType)) return;
    this.reset();
    this.isTooLong = !PATH.normalise(path.pointer, path.length);
    this.last = PATH.length > 0 ? lowerCase(byteAt(PATH.length - 1)) : 0;
    const hasBody = !isBodiless(method);
    for (let route = FIRST_ROUTE; changetype<usize>(route) < ROUTES_END; route = route.next) {
      if ((route.facts & Fact.ReadOnly) != 0 && hasBody) continue;
      if (!this.matches(route)) continue;
      this.take(route, hasBody, contentType);
      return;
    }
  }

  /** Whether this is what was classified last, as most requests of a gateway are; notes it when not. */
  private isLatest(method: Bytes, path: Bytes, contentType: Bytes): bool {
    const typed = ASKED + method.length + 1;
    const pathed = typed + contentType.length + 1;
    const length = <i32>(pathed - ASKED) + path.length;
    if (length > LATEST_BYTES) {
      latestOf = 0;
      return false;
    }
    memory.copy(ASKED, method.pointer, method.length);
    store<u8>(typed - 1, 0);
    memory.copy(typed, contentType.pointer, contentType.length);
    store<u8>(pathed - 1, 0);
    memory.copy(pathed, path.pointer, path.length);
    if (latestOf == changetype<usize>(this) && length == latestLength && isSame(LATEST, ASKED, length)) return true;
    latestOf = changetype<usize>(this);
    latestLength = length;
    memory.copy(LATEST, ASKED, length);
    return false;
  }

  private reset(): void {
    this.dialect = Dialect.Unknown;
    this.modelPlace = ModelPlace.None;
    this.needsModel = false;
    this.isMultipart = false;
    this.isUrlEncoded = false;
    this.isBatchUpload = false;
    this.facts = Fact.RequestText | Fact.AnswerText;
    this.pathModel.set(0, 0);
  }

  private take(route: Route, hasBody: bool, contentType: Bytes): void {
    const facts = route.facts;
    const isForm = (facts & Fact.Form) != 0;
    this.dialect = <Dialect>route.dialect;
    this.modelPlace = <ModelPlace>route.modelPlace;
    this.needsModel = hasBody && (facts & Fact.NeedsModel) != 0;
    this.isMultipart = isForm && isLike(contentType, MULTIPART_FORM_DATA);
    this.isUrlEncoded = isLike(contentType, URL_ENCODED);
    this.isBatchUpload = hasBody && (facts & Fact.BatchUpload) != 0 && (!isForm || this.isMultipart);
    this.facts = <Fact>facts;
    if (route.modelPlace == ModelPlace.Path || this.findDeployment()) this.takePathModel();
  }

  private takePathModel(): void {
    this.modelPlace = ModelPlace.Path;
    this.pathModel.set(PATH.pointer + this.holeStart, this.holeEnd - this.holeStart);
    this.pathModelStart = PATH.rawStart(this.holeStart);
    this.pathModelEnd = PATH.rawEnd(this.holeEnd - 1);
  }

  private matches(route: Route): bool {
    if (route.last != this.last && route.last != 0) return false;
    let start = PATH.length - route.tailLength;
    if (!isTextAt(route.tail, route.tailLength, start)) return false;
    if (route.hasHole) {
      start = this.findHole(route, start);
      if (start < 0) return false;
    }
    this.matchStart = start;
    return route.before == Before.Anything || this.followsVersion(start);
  }

  /** Finds the head nearest before a hole that ends at `end`; returns where it begins, or -1. */
  private findHole(route: Route, end: i32): i32 {
    const headLength: i32 = route.headLength;
    for (let at = end - 1; at >= headLength; at--) {
      if (byteAt(at) == 0x2f /* / */ && !route.spansSegments) return -1;
      if (byteAt(at - 1) != 0x2f || !isTextAt(route.head, headLength, at - headLength)) continue;
      this.holeStart = at;
      this.holeEnd = end;
      return at - headLength;
    }
    return -1;
  }

  private followsVersion(start: i32): bool {
    if (start == 0 || isAt(OPENAI, start - OPENAI.length)) return true;
    const segment = segmentStart(start);
    return (byteAt(segment + 1) | 0x20) == 0x76 /* v */ && isDigit(byteAt(segment + 2));
  }

  /** Azure's deployments and OpenAI's engines have the model before the operation. */
  private findDeployment(): bool {
    if (this.dialect >= Dialect.OpenAiRealtime) return false;
    let end = this.matchStart;
    if (isAt(EXTENSIONS, end - EXTENSIONS.length)) end -= EXTENSIONS.length;
    const model = segmentStart(end) + 1;
    if (!isAt(DEPLOYMENTS, model - DEPLOYMENTS.length) && !isAt(ENGINES, model - ENGINES.length)) return false;
    this.holeStart = model;
    this.holeEnd = end;
    return true;
  }
}


@inline
function byteAt(index: i32): u8 {
  return load<u8>(PATH.pointer + index);
}


@inline
function isDigit(byte: u8): bool {
  return byte >= 0x30 && byte <= 0x39;
}

/** Where the segment that ends at `end` begins, at its slash; 0 when there is none. */
function segmentStart(end: i32): i32 {
  let at = end - 1;
  while (at > 0 && byteAt(at) != 0x2f) at--;
  return max(at, 0);
}

/** Whether these bytes, in lower case, stand at `index` of the path, whatever the case there. */
function isAt(word: ByteString, index: i32): bool {
  return isTextAt(word.pointer, word.length, index);
}

function isTextAt(text: usize, length: i32, index: i32): bool {
  return index >= 0 && isSameInLowerCase(PATH.pointer + index, text, length);
}

/** Whether this begins like `type`, in any case: what doesn't end like it may be that type to some readers, and is for them to refuse. */
function isLike(contentType: Bytes, type: ByteString): bool {
  let start = 0;
  while (start < contentType.length && isBlank(contentType.at(start))) start++;
  return beginsWithWord(contentType.pointer + start, contentType.length - start, type);
}

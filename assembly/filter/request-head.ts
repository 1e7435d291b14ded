import { isWord } from "../bytes/ascii";
import { takeElement } from "../bytes/comma-list";
import { encodeUtf8 } from "../bytes/text";
import { ByteString, Bytes } from "../bytes/view";
import { formatInteger, parseInteger } from "../config/integer";
import { requestHeaders, requestTrailers } from "../host/headers";
import { HeaderPairs } from "../host/pairs";
import { HeaderNames } from "./header-names";

const METHOD = new ByteString(":method");
const PATH = new ByteString(":path");
const AUTHORITY = new ByteString(":authority");
const CONTENT_TYPE = new ByteString("content-type");
const CONTENT_ENCODING = new ByteString("content-encoding");
const CONTENT_LENGTH = new ByteString("content-length");
const UPGRADE = new ByteString("upgrade");
const CONNECT = new ByteString("CONNECT");
const GET = new ByteString("GET");
const IDENTITY = new ByteString("identity");
/** Envoy finds no route for a request without it, and answers 404. */
const FORWARDED_PROTO = new ByteString("x-forwarded-proto");
const COLON: u8 = 0x3a;

/**
 * The request's headers. In the headers phase all of them come in one host call and a look-up costs no more; later, while
 * they are held, each look-up is a host call. A view lasts until the next look-up or host read.
 */
@final
export class RequestHead {
  private readonly pairs: HeaderPairs = new HeaderPairs();
  /** The path can't be compared with that of an override which may be for this request: nobody knows its settings. */
  hasLongPath: bool = false;
  /** Empty when absent. Valid in the headers phase only. */
  readonly method: Bytes = new Bytes();
  private readonly pathView: Bytes = new Bytes();
  private readonly authorityView: Bytes = new Bytes();
  private readonly contentTypeView: Bytes = new Bytes();
  private readonly nameView: Bytes = new Bytes();

  /** Reads the headers as they are now; false when the host doesn't give them. Until `close`, look-ups find these. */
  open(): bool {
    const isRead = requestHeaders.readInto(this.pairs);
    this.hasLongPath = false;
    this.take(METHOD, this.method);
    return isRead;
  }

  /** The headers phase is over: later look-ups ask the host. */
  close(): void {
    this.pairs.clear();
  }

  /** The value; null when absent or, in the headers phase, when it is there more than once. */
  single(name: ByteString): Bytes | null {
    const value = this.get(name);
    return value != null && this.pairs.occurrences <= 1 ? value : null;
  }

  /** The first value; null when absent. */
  get(name: ByteString): Bytes | null {
    return this.pairs.count == 0 ? requestHeaders.get(name) : this.pairs.get(name);
  }

  has(name: ByteString): bool {
    return this.get(name) != null;
  }

  /** Removes what the client sent under `name`; false when the host doesn't let us. */
  strip(name: ByteString): bool {
    return !this.has(name) || requestHeaders.remove(name);
  }

  /**
   * Removes each header whose name one of `names` matches, except `kept`, pseudo-headers and `x-forwarded-proto`: in the headers
   * phase only. False when the host doesn't let us, or gave no headers. Look-ups still find what was removed.
   */
  stripAll(names: HeaderNames, kept: ByteString | null): bool {
    const pairs = this.pairs;
    for (let i = 0; i < pairs.count; i++) {
      const name = pairs.nameAt(i, this.nameView);
      if (name.at(0) == COLON || !names.has(name.pointer, name.length)) continue;
      if (kept != null && kept.equals(name.pointer, name.length)) continue;
      if (FORWARDED_PROTO.equals(name.pointer, name.length)) continue;
      if (!requestHeaders.removeNamed(name.pointer, name.length)) return false;
    }
    return pairs.count > 0;
  }

  /** Removes each of the request's trailers whose name one of `names` matches. False when the host doesn't let us. */
  stripTrailers(names: HeaderNames): bool {
    const pairs = this.pairs;
    let isDone = requestTrailers.readInto(pairs);
    for (let i = 0; i < pairs.count && isDone; i++) {
      const name = pairs.nameAt(i, this.nameView);
      if (names.has(name.pointer, name.length)) isDone = requestTrailers.removeNamed(name.pointer, name.length);
    }
    pairs.clear();
    return isDone;
  }

  /** How many of the elements, separated by commas, of all values of `name` are `element`: in the headers phase only. */
  countElements(name: ByteString, element: ByteString): i32 {
    const pairs = this.pairs;
    const list = new Bytes();
    let count = 0;
    for (let i = 0; i < pairs.count; i++) {
      const found = pairs.nameAt(i, this.nameView);
      if (!name.equals(found.pointer, found.length)) continue;
      list.set(found.pointer + found.length + 1, pairs.valueLengthAt(i));
      while (list.length > 0) {
        takeElement(list, found);
        if (element.equals(found.pointer, found.length)) count++;
      }
    }
    return count;
  }

  /** Adds a value, beside those that `name` has. */
  add(name: ByteString, value: ByteString): bool {
    return requestHeaders.add(name, value.pointer, value.length);
  }

  set(name: ByteString, value: Bytes): bool {
    return requestHeaders.replace(name, value.pointer, value.length);
  }

  get path(): Bytes {
    return this.take(PATH, this.pathView);
  }

  setPath(pointer: usize, length: i32): bool {
    return requestHeaders.replace(PATH, pointer, length);
  }

  get authority(): Bytes {
    return this.take(AUTHORITY, this.authorityView);
  }

  get contentType(): Bytes {
    return this.take(CONTENT_TYPE, this.contentTypeView);
  }

  /** True for an encoding that hides the body from us; `identity` hides nothing. */
  get isEncoded(): bool {
    const encoding = this.get(CONTENT_ENCODING);
    return this.pairs.occurrences > 1 || hidesBody(encoding);
  }

  /** A WebSocket or another upgrade, or CONNECT: bytes that are no HTTP body follow. */
  get isUpgrade(): bool {
    return this.has(UPGRADE) || this.isMethod(CONNECT);
  }

  /** Whether the client sends nothing before it has an answer: CONNECT, or a GET that asks for an upgrade. */
  get isHandshake(): bool {
    return this.isMethod(CONNECT) || (this.isMethod(GET) && this.has(UPGRADE));
  }

  /**
   * Corrects the length after the body grew by `delta` bytes, or takes it away, so that the body goes out in chunks. False
   * when the host lets us do neither.
   */
  adjustContentLength(delta: i32): bool {
    const value = this.get(CONTENT_LENGTH);
    if (value != null) {
      const length = encodeUtf8(formatInteger(parseInteger(value.toString()) + delta));
      if (requestHeaders.replace(CONTENT_LENGTH, changetype<usize>(length), length.byteLength)) return true;
    }
    return requestHeaders.remove(CONTENT_LENGTH);
  }

  /** The body is going to change after the headers have gone: it goes out in chunks. */
  dropContentLength(): bool {
    return requestHeaders.remove(CONTENT_LENGTH);
  }

  private isMethod(method: ByteString): bool {
    return method.equals(this.method.pointer, this.method.length);
  }

  /** Empty when absent. */
  private take(name: ByteString, view: Bytes): Bytes {
    const value = this.get(name);
    return value == null ? view.set(0, 0) : view.set(value.pointer, value.length);
  }
}

/** Whether one of these content encodings is none that leaves the body as it is. Empties the list. */
export function hidesBody(encodings: Bytes | null): bool {
  if (encodings == null) return false;
  while (encodings.length > 0) {
    takeElement(encodings, coding);
    if (!isWord(coding.pointer, coding.length, IDENTITY)) return true;
  }
  return false;
}

const coding = new Bytes();

/** The head of the request that the current callback is about. */
export const requestHead = new RequestHead();

import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { takeElement } from "../bytes/comma-list";
import { hexDigit } from "../bytes/percent";
import { ByteString, Bytes } from "../bytes/view";
import { GlobList } from "../match/glob-list";
import { API_KEY_HEADERS, API_KEY_QUERY } from "./credential";
import { HeaderNames } from "./header-names";
import { RequestHead } from "./request-head";

/** What carries a credential, or steers Envoy, beside API keys. Sources: RFC 9110; AWS SigV4; OpenAI and Google API references. */
const OTHER_HEADERS: string[] = [
  "proxy-authorization",
  "cookie",
  "openai-organization",
  "openai-project",
  "x-amz-*",
  "x-goog-iam-authorization-token",
  "x-goog-iam-authority-selector",
  "x-goog-user-project",
  "ocp-apim-subscription-key",
  "x-envoy-*",
];
const OTHER_QUERY: string[] = ["oauth_token", "subscription-key", "x-amz-*"];

/** Envoy's, on a request that an internal redirect sends round again: with the headers of its last attempt, and the client's body. */
const REDIRECTED = new ByteString("x-envoy-original-url");
const WEBSOCKET_PROTOCOL = new ByteString("sec-websocket-protocol");
/** Parts of a subprotocol by which clients in browsers send what they can't put into a header. In lower case. */
const SECRET_PROTOCOLS = new GlobList(
  ["*api-key*", "*apikey*", "*bearer*", "*authorization*", "*token*", "openai-organization.*", "openai-project.*"],
  true,
);

const MOST_NAME_BYTES: i32 = 256;
const name = memory.data(MOST_NAME_BYTES);
const MOST_BYTES: i32 = 128 << 10;

/** What a gateway takes out of every request before it goes to a provider: what clients send about themselves. Immutable. */
@final
export class Stripping {
  private readonly headers: HeaderNames;
  /** Those, and what a provider's attempt sets. */
  private readonly attemptHeaders: HeaderNames;
  private readonly query: GlobList;

  /**
   * @param headers beside the built-in ones, in lower case
   * @param query likewise, in any case
   * @param attemptHeaders what any attempt may have set
   */
  constructor(headers: string[], query: string[], attemptHeaders: string[]) {
    const all = namesOf(API_KEY_HEADERS).concat(OTHER_HEADERS).concat(headers);
    this.headers = new HeaderNames(all);
    this.attemptHeaders = new HeaderNames(all.concat(attemptHeaders));
    this.query = new GlobList(namesOf(API_KEY_QUERY).concat(OTHER_QUERY).concat(query), true);
  }

  /**
   * Takes it all out, but the header `kept`, which will be overwritten. `isAttempt`: also what an earlier attempt may have set.
   * In the headers phase only. False when the host doesn't let us.
   */
  apply(head: RequestHead, kept: ByteString | null, isAttempt: bool): bool {
    return (
      head.stripAll(isAttempt ? this.attemptHeaders : this.headers, kept) &&
      // The length may be that of a body in which the attempt changed the model.
      (!head.has(REDIRECTED) || head.dropContentLength()) &&
      this.stripQuery(head) &&
      stripProtocols(head)
    );
  }

  /** Takes what it takes out of headers, and what an attempt may set, out of trailers. False when the host doesn't let us. */
  applyToTrailers(head: RequestHead): bool {
    return head.stripTrailers(this.attemptHeaders);
  }

  /** Whether it takes the header of this name, which is in lower case, out of every request. */
  takes(header: string): bool {
    const text = new ByteString(header);
    return this.headers.has(text.pointer, text.length);
  }

  private stripQuery(head: RequestHead): bool {
    const path = head.path;
    let at = 0;
    while (at < path.length && path.at(at) != 0x3f) at++;
    if (at == path.length) return true;
    let out: ByteBuffer | null = null;
    while (at < path.length) {
      let end = at + 1;
      while (end < path.length && !isSeparator(path.at(end))) end++;
      const isSecret = this.isSecretParameter(path, at + 1, end);
      if (isSecret && out == null) {
        out = new ByteBuffer(new Budget(MOST_BYTES));
        if (!out.append(path.pointer, at)) return false;
      } else if (!isSecret && out != null) {
        // The first parameter that is left follows the `?`, whatever stood before it.
        const start = hasQuery(out) ? path.at(at) : 0x3f;
        if (!out.appendByte(start) || !out.append(path.pointer + at + 1, end - at - 1)) return false;
      }
      at = end;
    }
    return out == null || head.setPath(out.pointer, out.length);
  }

  /** The name is compared as servers do: percent-decoded, in any case. */
  private isSecretParameter(path: Bytes, start: i32, end: i32): bool {
    let length = 0;
    for (let at = start; at < end && path.at(at) != 0x3d && length < MOST_NAME_BYTES; at++) {
      let byte = path.at(at);
      if (byte == 0x25 && at + 2 < end) {
        const value = (hexDigit(path.at(at + 1)) << 4) | hexDigit(path.at(at + 2));
        if (value >= 0) {
          byte = <u8>value;
          at += 2;
        }
      }
      store<u8>(name + length++, byte);
    }
    return this.query.find(name, length) >= 0;
  }
}

function hasQuery(path: ByteBuffer): bool {
  for (let i = 0; i < path.length; i++) if (load<u8>(path.pointer + i) == 0x3f) return true;
  return false;
}

/** Some servers take `;` for `&`. */
function isSeparator(byte: u8): bool {
  return byte == 0x26 || byte == 0x3b;
}

/** Takes the subprotocols out that carry a key. */
function stripProtocols(head: RequestHead): bool {
  const found = head.single(WEBSOCKET_PROTOCOL);
  if (found == null) return head.strip(WEBSOCKET_PROTOCOL);
  const out = new ByteBuffer(new Budget(MOST_BYTES));
  let isChanged = false;
  while (found.length > 0) {
    takeElement(found, protocol);
    if (SECRET_PROTOCOLS.find(protocol.pointer, protocol.length) >= 0) isChanged = true;
    else {
      if (out.length > 0 && (!out.appendByte(0x2c) || !out.appendByte(0x20))) return false;
      if (!out.append(protocol.pointer, protocol.length)) return false;
    }
  }
  if (!isChanged) return true;
  return out.length == 0
    ? head.strip(WEBSOCKET_PROTOCOL)
    : head.set(WEBSOCKET_PROTOCOL, protocol.set(out.pointer, out.length));
}

const protocol = new Bytes();

function namesOf(names: ByteString[]): string[] {
  const texts: string[] = [];
  for (let i = 0; i < names.length; i++) texts.push(names[i].toString());
  return texts;
}

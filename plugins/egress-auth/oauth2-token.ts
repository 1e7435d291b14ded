import { Budget } from "../../assembly/bytes/budget";
import { ByteBuffer } from "../../assembly/bytes/buffer";
import { appendEncoded } from "../../assembly/bytes/percent";
import { ByteString, Bytes } from "../../assembly/bytes/view";
import { appendBase64 } from "../../assembly/crypto/base64url";
import { TokenRequest } from "../../assembly/filter/token-request";
import { appendText } from "./aws-keys";
import { numberOf, parseAnswer, textOf } from "./json-answer";

const MOST_BYTES: i32 = 48 << 10;
/**
 * What a token lasts whose answer doesn't say (RFC 6749, 5.1, only recommends that it does), in seconds. To say 0 or less is to
 * say nothing: servers do for a token that never ends (VK, GoToSocial), and Go's client reads it so.
 */
const USUAL_SECONDS: f64 = 300;
const MOST_SECONDS: f64 = 7 * 86_400;

const view = new Bytes();

/** The headers of a form that is posted to `path` of `host`. */
export function formHeaders(host: string, path: string): string[] {
  return [
    ":method",
    "POST",
    ":path",
    path,
    ":authority",
    host,
    "content-type",
    "application/x-www-form-urlencoded",
    "accept",
    "application/json",
  ];
}

/** Appends `name=value`, after a `&` where something is there; `name` is plain. */
export function appendFormField(out: ByteBuffer, name: string, pointer: usize, length: i32): bool {
  if (out.length > 0 && !out.appendByte(0x26)) return false;
  return appendText(out, name) && out.appendByte(0x3d) && appendEncoded(out, pointer, length);
}

/** Appends `access_token` of an answer (RFC 6749, 5.1); returns how long it lasts in ms, or 0. */
export function readAccessToken(answer: Bytes, token: ByteBuffer): i64 {
  const value = parseAnswer(answer);
  if (value == null || !appendText(token, textOf(value, "access_token"))) return 0;
  const seconds = numberOf(value, "expires_in");
  return <i64>(min(seconds > 0 ? seconds : USUAL_SECONDS, MOST_SECONDS) * 1000);
}

/** The client credentials grant (RFC 6749, 4.4). */
@final
export class OAuth2Token extends TokenRequest {
  constructor(
    cluster: string,
    timeoutMs: u32,
    private readonly host: string,
    private readonly path: string,
    private readonly clientId: ByteString,
    private readonly clientSecret: ByteString,
    /** Empty: none. */
    private readonly scope: ByteString,
    /** The client's id and secret go into the body, not into `authorization`. */
    private readonly authenticatesInBody: bool,
  ) {
    super(cluster, timeoutMs);
  }

  compose(_nowMs: u64, body: ByteBuffer): string[] {
    const grant = new ByteString("client_credentials");
    let isWhole = appendFormField(body, "grant_type", grant.pointer, grant.length);
    if (this.scope.length > 0)
      isWhole = appendFormField(body, "scope", this.scope.pointer, this.scope.length) && isWhole;
    const headers = formHeaders(this.host, this.path);
    if (this.authenticatesInBody) {
      isWhole =
        isWhole &&
        appendFormField(body, "client_id", this.clientId.pointer, this.clientId.length) &&
        appendFormField(body, "client_secret", this.clientSecret.pointer, this.clientSecret.length);
    } else {
      headers.push("authorization");
      headers.push(this.basic());
    }
    return isWhole ? headers : [];
  }

  /** Each part is encoded as in a form first (RFC 6749, 2.3.1). */
  private basic(): string {
    const pair = new ByteBuffer(new Budget(MOST_BYTES));
    appendEncoded(pair, this.clientId.pointer, this.clientId.length);
    pair.appendByte(0x3a);
    appendEncoded(pair, this.clientSecret.pointer, this.clientSecret.length);
    const out = new ByteBuffer(new Budget(MOST_BYTES * 2));
    appendText(out, "Basic");
    out.appendByte(0x20);
    appendBase64(out, pair.pointer, pair.length);
    return view.set(out.pointer, out.length).toString();
  }

  read(answer: Bytes, _nowMs: u64, token: ByteBuffer): i64 {
    return readAccessToken(answer, token);
  }
}

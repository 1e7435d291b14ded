import { ByteBuffer } from "../../assembly/bytes/buffer";
import { ByteString, Bytes } from "../../assembly/bytes/view";
import { JsonValue } from "../../assembly/config/json-value";
import { parseUtc } from "../../assembly/crypto/amz-date";
import { TokenRequest } from "../../assembly/filter/token-request";
import { appendAwsKeys } from "./aws-keys";
import { numberOf, parseAnswer, textOf } from "./json-answer";
import { appendFormField, formHeaders } from "./oauth2-token";

const ACTION = new ByteString("AssumeRoleWithWebIdentity");
const VERSION = new ByteString("2011-06-15");

/** Temporary keys for a web identity token (AWS STS API reference, `AssumeRoleWithWebIdentity`). */
@final
export class WebIdentityKeys extends TokenRequest {
  constructor(
    cluster: string,
    timeoutMs: u32,
    private readonly host: string,
    private readonly role: ByteString,
    private readonly session: ByteString,
    private readonly identity: ByteString,
  ) {
    super(cluster, timeoutMs);
  }

  compose(_nowMs: u64, body: ByteBuffer): string[] {
    const isWhole =
      appendFormField(body, "Action", ACTION.pointer, ACTION.length) &&
      appendFormField(body, "Version", VERSION.pointer, VERSION.length) &&
      appendFormField(body, "RoleArn", this.role.pointer, this.role.length) &&
      appendFormField(body, "RoleSessionName", this.session.pointer, this.session.length) &&
      appendFormField(body, "WebIdentityToken", this.identity.pointer, this.identity.length);
    return isWhole ? formHeaders(this.host, "/") : [];
  }

  read(answer: Bytes, nowMs: u64, token: ByteBuffer): i64 {
    const whole = parseAnswer(answer);
    if (whole == null) return 0;
    const response = whole.get("AssumeRoleWithWebIdentityResponse");
    if (response == null) return 0;
    const result = response.get("AssumeRoleWithWebIdentityResult");
    if (result == null) return 0;
    const credentials = result.get("Credentials");
    return credentials == null ? 0 : readKeys(credentials, "SessionToken", nowMs, token);
  }
}

/** Temporary keys of the container that the gateway runs in (AWS SDKs and tools reference, "Container credential provider"). */
@final
export class ContainerKeys extends TokenRequest {
  constructor(
    cluster: string,
    timeoutMs: u32,
    private readonly host: string,
    private readonly path: string,
    /** For `authorization`; null: none. */
    private readonly authorization: ByteString | null,
  ) {
    super(cluster, timeoutMs);
  }

  compose(_nowMs: u64, _body: ByteBuffer): string[] {
    const headers = [":method", "GET", ":path", this.path, ":authority", this.host, "accept", "application/json"];
    const authorization = this.authorization;
    if (authorization == null) return headers;
    headers.push("authorization");
    headers.push(authorization.toString());
    return headers;
  }

  read(answer: Bytes, nowMs: u64, token: ByteBuffer): i64 {
    const keys = parseAnswer(answer);
    return keys == null ? 0 : readKeys(keys, "Token", nowMs, token);
  }
}

/** Appends the keys in `object`; returns how long they last in ms, or 0. */
function readKeys(object: JsonValue, sessionKey: string, nowMs: u64, token: ByteBuffer): i64 {
  const id = textOf(object, "AccessKeyId");
  const secret = textOf(object, "SecretAccessKey");
  if (id == "" || secret == "" || !appendAwsKeys(token, id, secret, textOf(object, sessionKey))) return 0;
  const written = new ByteString(textOf(object, "Expiration"));
  const seconds = parseUtc(written.pointer, written.length);
  const expires = seconds > 0 ? <f64>seconds : numberOf(object, "Expiration");
  return expires > 0 ? <i64>(expires * 1000) - <i64>nowMs : 0;
}

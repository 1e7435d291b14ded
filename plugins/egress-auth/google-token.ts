import { Budget } from "../../assembly/bytes/budget";
import { ByteBuffer } from "../../assembly/bytes/buffer";
import { Base64Decoder } from "../../assembly/bytes/base64";
import { encodeUtf8 } from "../../assembly/bytes/text";
import { ByteString, Bytes } from "../../assembly/bytes/view";
import { formatInteger } from "../../assembly/config/integer";
import { appendBase64Url } from "../../assembly/crypto/base64url";
import { signRs256 } from "../../assembly/filter/rs256";
import { TokenRequest } from "../../assembly/filter/token-request";
import { appendJsonString } from "../../assembly/json/quote";
import { parseAnswer, textOf } from "./json-answer";
import { appendFormField, formHeaders, readAccessToken } from "./oauth2-token";

const MOST_BYTES: i32 = 16 << 10;
const LIFETIME_S: u64 = 3600;
const GRANT = new ByteString("urn:ietf:params:oauth:grant-type:jwt-bearer");
const PEM_BEGIN: string = "-----BEGIN PRIVATE KEY-----";
const PEM_END: string = "-----END PRIVATE KEY-----";
const SCHEME: string = "https://";

const view = new Bytes();
const keyView = new Bytes();

/** A service account's key file, as Google's console writes it. */
@final
export class ServiceAccount {
  private constructor(
    readonly email: string,
    readonly keyId: string,
    /** PKCS #8, DER. */
    readonly key: ByteBuffer,
    /** The token endpoint. */
    readonly uri: string,
    readonly host: string,
    readonly path: string,
  ) {}

  /** Null when the text is no such file. */
  static parse(text: ByteString): ServiceAccount | null {
    const file = parseAnswer(view.set(text.pointer, text.length));
    if (file == null) return null;
    const email = textOf(file, "client_email");
    const uri = textOf(file, "token_uri");
    const key = decodePem(textOf(file, "private_key"));
    if (email == "" || key.length == 0 || !uri.startsWith(SCHEME)) return null;
    const slash = uri.indexOf("/", SCHEME.length);
    if (slash < 0) return null;
    const host = uri.substring(SCHEME.length, slash);
    return new ServiceAccount(email, textOf(file, "private_key_id"), key, uri, host, uri.substring(slash));
  }
}

function decodePem(pem: string): ByteBuffer {
  const key = new ByteBuffer(new Budget(MOST_BYTES));
  const start = pem.indexOf(PEM_BEGIN);
  const end = pem.indexOf(PEM_END);
  if (start < 0 || end < start) return key;
  const text = encodeUtf8(pem.substring(start + PEM_BEGIN.length, end));
  const decoder = new Base64Decoder();
  const last = changetype<usize>(text) + text.byteLength;
  for (let at = changetype<usize>(text); at < last;) {
    at = decoder.decode(at, last);
    key.append(changetype<usize>(decoder.output), decoder.length);
  }
  return key;
}

/** A service account's access token, for a signed assertion (RFC 7523; Google, "Using OAuth 2.0 for Server to Server Applications"). */
@final
export class GoogleToken extends TokenRequest {
  constructor(
    cluster: string,
    timeoutMs: u32,
    private readonly account: ServiceAccount,
    private readonly scope: string,
  ) {
    super(cluster, timeoutMs);
  }

  compose(nowMs: u64, body: ByteBuffer): string[] {
    const account = this.account;
    const assertion = new ByteBuffer(new Budget(MOST_BYTES));
    const issued = nowMs / 1000;
    const isWhole =
      appendPart(assertion, `{"alg":"RS256","typ":"JWT","kid":${quoted(account.keyId)}}`) &&
      assertion.appendByte(0x2e) &&
      appendPart(
        assertion,
        `{"iss":${quoted(account.email)},"scope":${quoted(this.scope)},"aud":${quoted(account.uri)},` +
          `"iat":${formatInteger(<i64>issued)},"exp":${formatInteger(<i64>(issued + LIFETIME_S))}}`,
      );
    if (!isWhole) return [];
    const key = keyView.set(account.key.pointer, account.key.length);
    const signature = signRs256(key, view.set(assertion.pointer, assertion.length));
    if (signature == null || !assertion.appendByte(0x2e)) return [];
    if (!appendBase64Url(assertion, signature.pointer, signature.length)) return [];
    const isForm =
      appendFormField(body, "grant_type", GRANT.pointer, GRANT.length) &&
      appendFormField(body, "assertion", assertion.pointer, assertion.length);
    return isForm ? formHeaders(account.host, account.path) : [];
  }

  read(answer: Bytes, _nowMs: u64, token: ByteBuffer): i64 {
    return readAccessToken(answer, token);
  }
}

function appendPart(out: ByteBuffer, json: string): bool {
  const bytes = encodeUtf8(json);
  return appendBase64Url(out, changetype<usize>(bytes), bytes.byteLength);
}

function quoted(text: string): string {
  const bytes = encodeUtf8(text);
  const out = new ByteBuffer(new Budget(MOST_BYTES));
  appendJsonString(out, changetype<usize>(bytes), bytes.byteLength);
  return view.set(out.pointer, out.length).toString();
}

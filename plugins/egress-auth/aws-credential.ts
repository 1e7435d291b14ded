import { ByteString, Bytes } from "../../assembly/bytes/view";
import { STAMP_BYTES, writeStamp } from "../../assembly/crypto/amz-date";
import { HEX_BYTES, SigV4 } from "../../assembly/crypto/sigv4";
import { Problem, refusalOf } from "../../assembly/filter/problem";
import { Refusal } from "../../assembly/filter/refusal";
import { requestHead } from "../../assembly/filter/request-head";
import { nowMs } from "../../assembly/filter/time";
import { TokenSource } from "../../assembly/filter/token-source";
import { AwsKeys } from "./aws-keys";
import { Credential } from "./credential";
import { NOT_SIGNABLE, NO_CREDENTIAL } from "./refusals";

const METHOD = new ByteString(":method");
const PATH = new ByteString(":path");
const AUTHORITY = new ByteString(":authority");
const AUTHORIZATION = new ByteString("authorization");
const CONTENT_TYPE = new ByteString("content-type");
const HOST = new ByteString("host");
const DATE = new ByteString("x-amz-date");
const CONTENT_HASH = new ByteString("x-amz-content-sha256");
const SECURITY_TOKEN = new ByteString("x-amz-security-token");

const stamp = memory.data(STAMP_BYTES);
const view = new Bytes();
const method = new StaticArray<u8>(64);

/** Signature Version 4 over the whole body, with keys of the configuration or with temporary ones that are fetched. */
@final
export class AwsCredential extends Credential {
  private readonly signer: SigV4;

  constructor(
    region: string,
    service: string,
    private readonly keys: AwsKeys,
    source: TokenSource | null,
  ) {
    super(AUTHORIZATION, source, true);
    this.signer = new SigV4(region, service);
  }

  put(_key: i32, bodyHash: usize): Refusal | null {
    const keys = this.keys;
    const source = this.source;
    if (source != null && !keys.parse(source.value)) return NO_CREDENTIAL;
    if (keys.accessKeyId.length == 0 || keys.secretAccessKey.length == 0) return NO_CREDENTIAL;
    writeStamp(<i64>(nowMs() / 1000), stamp);
    if (!this.addHeaders(bodyHash)) return refusalOf(Problem.HostFailure);
    if (!this.sign(bodyHash)) return NOT_SIGNABLE;
    const authorization = this.signer.authorization;
    const isSet = requestHead.set(AUTHORIZATION, view.set(authorization.pointer, authorization.length));
    return isSet ? null : refusalOf(Problem.HostFailure);
  }

  private addHeaders(bodyHash: usize): bool {
    const session = this.keys.sessionToken;
    return (
      requestHead.set(DATE, view.set(stamp, STAMP_BYTES)) &&
      requestHead.set(CONTENT_HASH, view.set(bodyHash, HEX_BYTES)) &&
      (session.length == 0 || requestHead.set(SECURITY_TOKEN, session))
    );
  }

  /** Each header is in the signer before the next look-up takes its place. */
  private sign(bodyHash: usize): bool {
    const signer = this.signer;
    const verb = requestHead.ask(METHOD);
    if (verb == null || verb.length > method.length) return false;
    memory.copy(changetype<usize>(method), verb.pointer, verb.length);
    const verbLength = verb.length;
    const path = requestHead.ask(PATH);
    if (path == null) return false;
    signer.begin(view.set(changetype<usize>(method), verbLength), path);
    const contentType = requestHead.ask(CONTENT_TYPE);
    if (contentType != null) signer.addHeader(CONTENT_TYPE, contentType);
    const authority = requestHead.ask(AUTHORITY);
    if (authority == null) return false;
    signer.addHeader(HOST, authority);
    signer.addHeader(CONTENT_HASH, view.set(bodyHash, HEX_BYTES));
    signer.addHeader(DATE, view.set(stamp, STAMP_BYTES));
    const keys = this.keys;
    if (keys.sessionToken.length > 0) signer.addHeader(SECURITY_TOKEN, keys.sessionToken);
    return signer.sign(bodyHash, keys.accessKeyId, keys.secretAccessKey, stamp);
  }
}

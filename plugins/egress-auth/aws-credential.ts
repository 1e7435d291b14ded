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

const AUTHORIZATION = new ByteString("authorization");
const CONTENT_TYPE = new ByteString("content-type");
const HOST = new ByteString("host");
const DATE = new ByteString("x-amz-date");
const CONTENT_HASH = new ByteString("x-amz-content-sha256");
const SECURITY_TOKEN = new ByteString("x-amz-security-token");

const stamp = memory.data(STAMP_BYTES);
const view = new Bytes();

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

  /** All headers as they are now come in one host call: they are in the signer before the next takes their place. */
  private sign(bodyHash: usize): bool {
    const signer = this.signer;
    const head = requestHead;
    if (!head.open()) return false;
    signer.begin(head.method, head.path);
    const contentType = head.get(CONTENT_TYPE);
    if (contentType != null) signer.addHeader(CONTENT_TYPE, contentType);
    const host = head.authority;
    signer.addHeader(HOST, host);
    head.close();
    if (host.length == 0) return false;
    signer.addHeader(CONTENT_HASH, view.set(bodyHash, HEX_BYTES));
    signer.addHeader(DATE, view.set(stamp, STAMP_BYTES));
    const keys = this.keys;
    if (keys.sessionToken.length > 0) signer.addHeader(SECURITY_TOKEN, keys.sessionToken);
    return signer.sign(bodyHash, keys.accessKeyId, keys.secretAccessKey, stamp);
  }
}

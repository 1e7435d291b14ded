import { Budget } from "../../assembly/bytes/budget";
import { ByteBuffer } from "../../assembly/bytes/buffer";
import { ByteString, Bytes } from "../../assembly/bytes/view";
import { Problem, refusalOf } from "../../assembly/filter/problem";
import { Refusal } from "../../assembly/filter/refusal";
import { requestHead } from "../../assembly/filter/request-head";
import { ResponseHead } from "../../assembly/filter/response-head";
import { TokenSource } from "../../assembly/filter/token-source";
import { Credential } from "./credential";

const AUTHORIZATION = new ByteString("authorization");
const BEARER = new ByteString("Bearer ");
const UNAUTHORIZED: i32 = 401;
const MOST_BYTES: i32 = 8 << 10;

const value = new ByteBuffer(new Budget(MOST_BYTES));
const view = new Bytes();

/** A token that is fetched, in `authorization`. */
@final
export class BearerToken extends Credential {
  constructor(source: TokenSource) {
    super(AUTHORIZATION, source);
  }

  put(_key: i32, _bodyHash: usize): Refusal | null {
    const token = this.source!.value;
    value.clear();
    const isSet =
      value.append(BEARER.pointer, BEARER.length) &&
      value.append(token.pointer, token.length) &&
      requestHead.set(AUTHORIZATION, view.set(value.pointer, value.length));
    return isSet ? null : refusalOf(Problem.HostFailure);
  }

  /** Revoked before its end, perhaps. */
  onAnswer(_key: i32, head: ResponseHead): void {
    if (head.status == UNAUTHORIZED) this.source!.distrust();
  }
}

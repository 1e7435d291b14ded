import { ByteBuffer } from "../bytes/buffer";
import { Bytes } from "../bytes/view";

/** How a token is asked for, and how the answer is read. Immutable. */
export abstract class TokenRequest {
  constructor(
    readonly cluster: string,
    readonly timeoutMs: u32,
  ) {}

  /** Appends the request's body; returns its headers, names and values in turn. None where it can't be made on this host. */
  abstract compose(nowMs: u64, body: ByteBuffer): string[];

  /** Appends the token out of an answer with status 200; returns how long it lasts in ms, or 0 when there is none in it. */
  abstract read(answer: Bytes, nowMs: u64, token: ByteBuffer): i64;
}

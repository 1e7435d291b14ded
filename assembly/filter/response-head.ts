import { encodeUtf8 } from "../bytes/text";
import { ByteString, Bytes } from "../bytes/view";
import { formatInteger } from "../config/integer";
import { responseHeaders } from "../host/headers";
import { HeaderPairs } from "../host/pairs";
import { hidesBody } from "./request-head";

const STATUS = new ByteString(":status");
const CONTENT_TYPE = new ByteString("content-type");
const CONTENT_ENCODING = new ByteString("content-encoding");
const CONTENT_LENGTH = new ByteString("content-length");

/**
 * The answer's headers, in the response headers phase only. Each look-up is a host call, which costs next to nothing for a
 * header that is absent, and for one that is there about as much as all of them do. A view lasts until the next look-up or host
 * read.
 */
@final
export class ResponseHead {
  private readonly pairs: HeaderPairs = new HeaderPairs();

  /** For who looks up several that are there: all come in one host call, and look-ups cost no more until `close`. */
  open(): void {
    responseHeaders.readInto(this.pairs);
  }

  close(): void {
    this.pairs.clear();
  }

  /** The value, of several perhaps only the first; null when absent. */
  get(name: ByteString): Bytes | null {
    return this.pairs.count > 0 ? this.pairs.get(name) : responseHeaders.get(name);
  }

  /** 0 when the host doesn't say. */
  get status(): i32 {
    const digits = this.get(STATUS);
    if (digits == null) return 0;
    let status = 0;
    for (let i = 0; i < min(digits.length, 3); i++) status = status * 10 + (digits.at(i) - 0x30);
    return status;
  }

  /** Null when absent. */
  get contentType(): Bytes | null {
    return this.get(CONTENT_TYPE);
  }

  /** True for an encoding that hides the body from us; `identity` hides nothing. */
  get isEncoded(): bool {
    const encoding = this.get(CONTENT_ENCODING);
    return this.pairs.occurrences > 1 || hidesBody(encoding);
  }

  set(name: ByteString, value: Bytes): bool {
    return responseHeaders.replace(name, value.pointer, value.length);
  }

  get hasContentLength(): bool {
    return this.get(CONTENT_LENGTH) != null;
  }

  setContentLength(length: i32): bool {
    const digits = encodeUtf8(formatInteger(length));
    return responseHeaders.replace(CONTENT_LENGTH, changetype<usize>(digits), digits.byteLength);
  }

  /** The body is going to change: what says its length is taken away. False when the host doesn't let us. */
  dropContentLength(): bool {
    return responseHeaders.remove(CONTENT_LENGTH);
  }
}

/** The head of the answer that the current callback is about. */
export const responseHead = new ResponseHead();

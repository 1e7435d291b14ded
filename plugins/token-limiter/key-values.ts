import { Budget } from "../../assembly/bytes/budget";
import { ByteBuffer } from "../../assembly/bytes/buffer";
import { Bytes } from "../../assembly/bytes/view";
import { clientAddress, routeName } from "../../assembly/filter/attributes";
import { Caller } from "../../assembly/filter/caller";
import { PROVIDER } from "../../assembly/filter/published";
import { RequestHead } from "../../assembly/filter/request-head";
import { KeyPart, KeySource, LimitKey } from "./limit-key";

/** The header values of one request that are kept, in bytes; what does not fit counts as absent. */
const MOST_HEADER_BYTES: i32 = 16384;
/** The longest value that tells keys apart, in bytes; a longer one counts as absent. */
const LONGEST_VALUE: i32 = 1024;
const LENGTH_BYTES: i32 = 4;
const ABSENT: i32 = -1;

/**
 * What one request is counted by. `readHead` in the headers phase, then `rewind` and each part of each key in order: a header
 * that comes twice, or not at all, has no value, and all requests without a value share one key.
 */
@final
export class KeyValues {
  readonly caller: Caller = new Caller();
  private readonly headers: ByteBuffer = new ByteBuffer(new Budget(MOST_HEADER_BYTES));
  private at: i32 = 0;
  private readonly view: Bytes = new Bytes();
  private readonly modelView: Bytes = new Bytes();

  /** Ready for another request. */
  reset(): void {
    this.caller.reset();
    this.headers.clear();
  }

  /** Keeps the values of the headers that the keys name. */
  readHead(head: RequestHead, keys: LimitKey[]): void {
    for (let i = 0; i < keys.length; i++) {
      const parts = keys[i].parts;
      for (let j = 0; j < parts.length; j++) {
        if (parts[j].source == KeySource.Header) this.keep(head.single(parts[j].header));
      }
    }
  }

  /** Starts over, for a request whose routed model this is. */
  rewind(model: Bytes): void {
    this.at = 0;
    this.modelView.set(model.pointer, model.length);
  }

  /** The value of the next part; valid until the next host read. Null: the request has none. */
  next(part: KeyPart): Bytes | null {
    switch (part.source) {
      case KeySource.Consumer:
        return present(this.caller.consumer);
      case KeySource.Group:
        return present(this.caller.firstGroup);
      case KeySource.Model:
        return present(this.modelView);
      case KeySource.Provider:
        return PROVIDER.get();
      case KeySource.Route:
        return routeName();
      case KeySource.SourceAddress:
        return clientAddress();
      default:
        return this.header();
    }
  }

  private keep(value: Bytes | null): void {
    const length = value == null || value.length > LONGEST_VALUE ? ABSENT : value.length;
    store<i32>(scratch, length);
    const before = this.headers.length;
    if (!this.headers.append(scratch, LENGTH_BYTES) || length == ABSENT) return;
    if (this.headers.append(value!.pointer, length)) return;
    store<i32>(this.headers.pointer + before, ABSENT);
  }

  private header(): Bytes | null {
    if (this.at >= this.headers.length) return null;
    const length = load<i32>(this.headers.pointer + this.at);
    this.at += LENGTH_BYTES;
    if (length == ABSENT) return null;
    const value = this.view.set(this.headers.pointer + this.at, length);
    this.at += length;
    return value;
  }
}

const scratch = memory.data(LENGTH_BYTES, 4);

function present(value: Bytes): Bytes | null {
  return value.length > 0 ? value : null;
}

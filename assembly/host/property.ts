import { joined } from "../bytes/text";
import { ByteString, Bytes } from "../bytes/view";
import { proxy_get_property, proxy_set_property } from "./imports";
import { OUT_LENGTH, OUT_POINTER, beginRead, takeRead, valueWindow } from "./memory";
import { Status } from "./status";

const view = new Bytes();

/**
 * The path of a property in the form that the host takes. Make it once, at load.
 *
 * Envoy's attributes: envoyproxy.io, "Attributes". A host that lacks one answers as if it were absent.
 */
@final
export class PropertyPath {
  private readonly path: ByteString;

  constructor(segments: string[]) {
    this.path = new ByteString(joined(segments, "\0"));
  }

  /** The value, valid until the next host read; null when there is none. Integers are 8 bytes, little-endian. */
  get(): Bytes | null {
    beginRead(valueWindow);
    const path = this.path;
    if (proxy_get_property(path.pointer, path.length, OUT_POINTER, OUT_LENGTH) != Status.Ok) return null;
    return takeRead(view);
  }

  /** Sets filter state `wasm.<path>`, which later filters, access logs and the rate limit filter can read. */
  set(pointer: usize, length: i32): bool {
    return proxy_set_property(this.path.pointer, this.path.length, pointer, length) == Status.Ok;
  }
}

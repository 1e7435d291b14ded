import { MOST_DECIMAL_BYTES, writeDecimal } from "../bytes/decimal";
import { Bytes } from "../bytes/view";
import { PropertyPath } from "../host/property";

/**
 * What plugins tell each other and the access log: filter state `wasm.weir.<name>`. A client can't set it.
 */
@final
export class Published {
  private readonly path: PropertyPath;

  constructor(name: string) {
    this.path = new PropertyPath(["weir." + name]);
  }

  /** What an earlier plugin of the chain set, valid until the next host read; null when none did. */
  get(): Bytes | null {
    return this.path.get();
  }

  /** False when the host doesn't keep it. */
  set(value: Bytes): bool {
    return this.path.set(value.pointer, value.length);
  }

  /** In decimal digits; a negative number is unknown, and then nothing is set. */
  setNumber(value: i64): void {
    if (value >= 0) this.path.set(digits, writeDecimal(value, digits));
  }
}

const digits = memory.data(MOST_DECIMAL_BYTES);

export const REQUESTED_MODEL = new Published("requested_model");
export const MODEL = new Published("model");
export const PROVIDER = new Published("provider");
export const CONSUMER = new Published("consumer");

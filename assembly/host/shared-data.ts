import { Bytes } from "../bytes/view";
import { proxy_get_shared_data, proxy_set_shared_data } from "./imports";
import { OUT_LENGTH, OUT_NUMBER, OUT_POINTER, beginRead, takeRead, valueWindow } from "./memory";
import { Status } from "./status";

export const enum Stored {
  Ok,
  /** Somebody else wrote since the read: read again. */
  Conflict,
  /** The host has no shared data, or no room for it. */
  Failed,
}

const view = new Bytes();

/**
 * One value that all VMs of a host process with the same VM id share. There is no delete: an empty value is as good as
 * none, and the number of keys is the caller's to bound.
 */
@final
export class SharedValue {
  /** What `read` saw; hand it to `writeIf`. 0: never written. */
  version: u32 = 0;

  /** The value, valid until the next host read; null when it was never written. */
  read(key: Bytes): Bytes | null {
    beginRead(valueWindow);
    store<u32>(OUT_NUMBER, 0);
    const status = proxy_get_shared_data(key.pointer, key.length, OUT_POINTER, OUT_LENGTH, OUT_NUMBER);
    this.version = status == Status.Ok ? load<u32>(OUT_NUMBER) : 0;
    return status == Status.Ok ? takeRead(view) : null;
  }

  /**
   * Writes if nobody has since `read`. A key that was never written has no version to compare, so the first write of a key
   * is unconditional.
   */
  writeIf(key: Bytes, pointer: usize, length: i32): Stored {
    const status = proxy_set_shared_data(key.pointer, key.length, pointer, length, this.version);
    if (status == Status.Ok) return Stored.Ok;
    return status == Status.CasMismatch ? Stored.Conflict : Stored.Failed;
  }

  /** Writes whatever is there. */
  write(key: Bytes, pointer: usize, length: i32): Stored {
    return proxy_set_shared_data(key.pointer, key.length, pointer, length, 0) == Status.Ok ? Stored.Ok : Stored.Failed;
  }
}

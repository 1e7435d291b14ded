import { encodeUtf8 } from "../bytes/text";
import { Bytes } from "../bytes/view";
import { writeHex } from "../bytes/sha256";
import { randomU32 } from "../host/clock";
import { SharedValue, Stored } from "../host/shared-data";

export const enum SlotWrite {
  Done,
  /** Another VM wrote since the read: read again. */
  Conflict,
  /** The host has no shared data, or no room for it. */
  Failed,
}

const INDEX_DIGITS: i32 = 8;

/**
 * A version that no value has in practice: hosts count writes from 1. A host of the C++ family (Envoy) stores a missing key
 * whatever version is named, and one that is there only if the version is its own; so naming this one creates, and never
 * overwrites what another VM created first.
 */
const ABSENT: u32 = u32.MAX_VALUE;
/** Writes whatever is there. */
const ANY: u32 = 0;

const bigEndian = memory.data(4, 4);

/**
 * Numbered values that all VMs of a host process with the same VM id share. Each is changed by compare-and-swap, its first
 * write too, so no write is ever lost. There is no delete: how many numbers are used is the caller's to bound.
 */
@final
export class SharedSlots {
  private readonly key: Bytes = new Bytes();
  private readonly keyBytes: ArrayBuffer;
  private readonly value: SharedValue = new SharedValue();
  private readonly view: Bytes = new Bytes();
  /** The last write was refused though there was nothing to lose against. */
  private creationRefused: bool = false;

  /** The keys are `name`, a dot and the number in 8 hexadecimal digits. */
  constructor(name: string) {
    this.keyBytes = encodeUtf8(`${name}.00000000`);
    this.key.set(changetype<usize>(this.keyBytes), this.keyBytes.byteLength);
  }

  /** What is stored under `index`, valid until the next host read; null when nothing ever was. */
  read(index: u32): Bytes | null {
    store<u32>(bigEndian, bswap<u32>(index));
    writeHex(this.view.set(bigEndian, 4), this.key.pointer + this.key.length - INDEX_DIGITS);
    const found = this.value.read(this.key);
    if (found != null) this.creationRefused = false;
    // Values never go away: a creation that was refused, and still nothing there, is a host that wants no version for it.
    else this.value.version = this.creationRefused ? ANY : ABSENT;
    return found;
  }

  /** Replaces what the last `read` saw. */
  write(pointer: usize, length: i32): SlotWrite {
    const stored = this.value.writeIf(this.key, pointer, length);
    this.creationRefused = stored == Stored.Conflict && this.value.version == ABSENT;
    if (stored == Stored.Ok) return SlotWrite.Done;
    return stored == Stored.Conflict ? SlotWrite.Conflict : SlotWrite.Failed;
  }

  /**
   * Fills `length` bytes (a multiple of 4) at `to` with random bits that all VMs agree on, kept under `index`. Zeros where
   * the host shares nothing.
   */
  secret(index: u32, to: usize, length: i32): void {
    for (let i = 0; i < length; i += 4) store<u32>(to + i, randomU32());
    // Twice: to create it, and to read what another VM created in between.
    for (let attempt = 0; attempt < 2; attempt++) {
      const known = this.read(index);
      if (known != null && known.length == length) {
        memory.copy(to, known.pointer, length);
        return;
      }
      if (this.write(to, length) == SlotWrite.Done) return;
    }
    memory.fill(to, 0, length);
  }
}

import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { findByte } from "../bytes/find";
import { Bytes } from "../bytes/view";

/** Longest consumer or group name, in bytes; a longer one counts as none. */
export const MAX_NAME_BYTES: i32 = 256;

const MOST_GROUPS: i32 = 64;
const NUL: u8 = 0;

/** Who asks: at most one consumer, and the groups it belongs to. */
@final
export class Caller {
  private readonly names: ByteBuffer = new ByteBuffer(new Budget((MOST_GROUPS + 1) * (MAX_NAME_BYTES + 1)));
  private consumerLength: i32 = 0;
  private readonly view: Bytes = new Bytes();

  /** Nobody, again. */
  reset(): void {
    this.names.clear();
    this.consumerLength = 0;
  }

  get hasConsumer(): bool {
    return this.consumerLength > 0;
  }

  /** Empty when there is none. */
  get consumer(): Bytes {
    return this.view.set(this.names.pointer, this.consumerLength);
  }

  /** The group that was found first; empty when there is none. */
  get firstGroup(): Bytes {
    const start = this.names.pointer + this.consumerLength;
    let length = 0;
    while (this.consumerLength + length < this.names.length && load<u8>(start + length) != NUL) length++;
    return this.view.set(start, length);
  }

  /** Keeps a copy; to be called before any group is added. False when the name is empty or too long. */
  setConsumer(name: Bytes): bool {
    if (name.length == 0 || name.length > MAX_NAME_BYTES || !this.names.append(name.pointer, name.length)) return false;
    this.consumerLength = name.length;
    return true;
  }

  addGroup(name: Bytes): void {
    if (name.length == 0 || name.length > MAX_NAME_BYTES) return;
    const end = name.pointer + name.length;
    if (findByte(name.pointer, end, NUL) != end) return;
    const before = this.names.length;
    if (!this.names.append(name.pointer, name.length) || !this.names.appendByte(NUL)) this.names.length = before;
  }

  isConsumer(names: NameSet): bool {
    return this.hasConsumer && names.has(this.names.pointer, this.consumerLength);
  }

  isInGroup(names: NameSet): bool {
    const end = this.names.pointer + this.names.length;
    for (let at = this.names.pointer + this.consumerLength; at < end; at++) {
      const group = at;
      at = findByte(at, end, NUL);
      if (names.has(group, <i32>(at - group))) return true;
    }
    return false;
  }
}

/** A configured list of names; a name may hold `*`. */
export abstract class NameSet {
  abstract has(pointer: usize, length: i32): bool;
}

/** How a field's value is laid out; the other two of protobuf's encodings are groups, which proto3 has not. */
export const enum WireType {
  Varint = 0,
  Fixed64 = 1,
  Bytes = 2,
  Fixed32 = 5,
}

const MAX_VARINT_BITS: u64 = 70;

/**
 * Reads a protobuf message in place, a field at a time (https://protobuf.dev/programming-guides/encoding).
 *
 * Never reads outside the message and never traps. Ends at the first field that is not whole; `isBroken` tells that end
 * from the message's own.
 */
@final
export class ProtobufReader {
  field: u32 = 0;
  type: WireType = WireType.Varint;
  /** The value of a varint field. */
  number: u64 = 0;
  /** Where a field of bytes, a string or a message stands; valid as long as the message is. */
  pointer: usize = 0;
  length: i32 = 0;
  isBroken: bool = false;
  private end: usize = 0;

  /** Begins a message. */
  open(pointer: usize, length: i32): void {
    this.pointer = pointer;
    this.end = pointer + length;
    this.length = 0;
    this.isBroken = false;
  }

  /** Goes to the next field; false at the end. */
  next(): bool {
    this.pointer += this.length;
    this.length = 0;
    if (this.pointer == this.end) return false;
    const tag = this.varint();
    this.field = <u32>(tag >> 3);
    this.type = <WireType>(tag & 7);
    if (this.isBroken || this.field == 0 || tag > u32.MAX_VALUE) return this.fail();
    switch (this.type) {
      case WireType.Varint:
        this.number = this.varint();
        return !this.isBroken;
      case WireType.Fixed64:
        return this.take(8);
      case WireType.Bytes:
        return this.take(this.varint());
      case WireType.Fixed32:
        return this.take(4);
      default:
        return this.fail();
    }
  }

  private take(length: u64): bool {
    if (this.isBroken || length > this.end - this.pointer) return this.fail();
    this.length = <i32>length;
    return true;
  }

  private varint(): u64 {
    let value: u64 = 0;
    for (let shift: u64 = 0; shift < MAX_VARINT_BITS && this.pointer < this.end; shift += 7) {
      const byte = load<u8>(this.pointer++);
      if (shift < 64) value |= (<u64>(byte & 0x7f)) << shift;
      if (byte < 0x80) return value;
    }
    this.fail();
    return 0;
  }

  private fail(): bool {
    this.isBroken = true;
    this.pointer = this.end;
    this.length = 0;
    return false;
  }
}

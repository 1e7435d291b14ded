/** Reads the tables of `unicode-tables.ts`. */
@final
export class TableReader {
  private readonly end: usize;

  constructor(
    private pointer: usize,
    length: i32,
  ) {
    this.end = pointer + length;
  }


  @inline
  get isAtEnd(): bool {
    return this.pointer == this.end;
  }

  byte(): u32 {
    return load<u8>(this.pointer++);
  }

  number(): u32 {
    let value: u32 = 0;
    let shift: u32 = 0;
    let byte: u32;
    do {
      byte = load<u8>(this.pointer++);
      value |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte >= 0x80);
    return value;
  }
}

import { ScanMark } from "../../json/scan-mark";

/** A shorter beginning is read as fast as it is compared, a longer one is no chunk of a stream. */
const SHORTEST: i32 = 32;
const LONGEST: i32 = 512;

/**
 * The bytes that an object of a stream had before its text. The next ones nearly always begin alike (id, time, model), and
 * then these bytes are compared instead of read.
 */
@final
export class AnswerLead {
  length: i32 = 0;
  /** Whether `mark` says where a scanner is after these bytes. */
  isMarked: bool = false;
  readonly mark: ScanMark = new ScanMark();
  private readonly bytes: StaticArray<u8> = new StaticArray<u8>(LONGEST);

  reset(): void {
    this.length = 0;
  }

  /** Keeps the first `length` bytes of an object, as far as that is of use. */
  keep(pointer: usize, length: i32): void {
    this.isMarked = false;
    this.length = length < SHORTEST || length > LONGEST ? 0 : length;
    memory.copy(changetype<usize>(this.bytes), pointer, this.length);
  }

  /** Whether what is from `pointer` to `end` begins with these bytes and goes on. */
  leads(pointer: usize, end: usize): bool {
    const length = this.length;
    if (length == 0 || pointer + length >= end) return false;
    const bytes = changetype<usize>(this.bytes);
    const last = length - 16;
    for (let i = 0; i < last; i += 16) {
      if (v128.any_true(v128.xor(v128.load(bytes + i), v128.load(pointer + i)))) return false;
    }
    return !v128.any_true(v128.xor(v128.load(bytes + last), v128.load(pointer + last)));
  }
}

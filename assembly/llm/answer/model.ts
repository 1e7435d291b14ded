import { Bytes } from "../../bytes/view";

/** Longest model name that is kept, in bytes. */
export const MAX_ANSWER_MODEL: i32 = 256;

/** The model that an answer names first, as far as `MAX_ANSWER_MODEL`. */
@final
export class AnswerModel {
  isKnown: bool = false;
  private length: i32 = 0;
  private readonly bytes: StaticArray<u8> = new StaticArray<u8>(MAX_ANSWER_MODEL);
  private readonly view: Bytes = new Bytes();

  reset(): void {
    this.isKnown = false;
  }

  /** Empty while no model is known. The view lasts until the next answer. */
  get name(): Bytes {
    return this.view.set(changetype<usize>(this.bytes), this.isKnown ? this.length : 0);
  }

  /** A name begins; one that never ended is forgotten. */
  begin(): void {
    this.length = 0;
  }

  append(pointer: usize, length: i32): void {
    const taken = min(length, MAX_ANSWER_MODEL - this.length);
    memory.copy(changetype<usize>(this.bytes) + this.length, pointer, taken);
    this.length += taken;
  }
}

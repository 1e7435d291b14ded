import { Bytes } from "../../bytes/view";

const MAX_NAME: i32 = 128;

/**
 * What the answer calls itself, and its model: the first of each, as it stands in the JSON, escapes and all. One that is longer than
 * `MAX_NAME` bytes is not kept.
 */
@final
export class ReplyNames {
  readonly id: Bytes = new Bytes();
  readonly model: Bytes = new Bytes();
  private readonly bytes: StaticArray<u8> = new StaticArray<u8>(2 * MAX_NAME);

  reset(): void {
    this.id.set(0, 0);
    this.model.set(0, 0);
  }

  /** Takes a name that comes as a whole. */
  take(isModel: bool, pointer: usize, length: i32): void {
    const name = isModel ? this.model : this.id;
    if (name.length > 0 || length > MAX_NAME) return;
    const to = changetype<usize>(this.bytes) + (isModel ? <usize>MAX_NAME : 0);
    memory.copy(to, pointer, length);
    name.set(to, length);
  }
}

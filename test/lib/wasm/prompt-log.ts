import { PromptListener, TextPlace } from "../../../assembly/llm/prompt/listener";
import { TextScope } from "../../../assembly/llm/text-scope";

/** What was heard: for each event a letter, two numbers and some bytes, with their length before them. */
const HEARD = new StaticArray<u8>(1 << 24);

/** Writes down what it hears. */
export class PromptLog extends PromptListener {
  length: i32 = 0;

  get pointer(): usize {
    return changetype<usize>(HEARD);
  }

  onText(start: u64, place: TextPlace): void {
    this.hear(0x54 /* T */, start, place, 0, 0);
  }

  onTextBytes(pointer: usize, length: i32): void {
    this.hear(0x42 /* B */, 0, 0, pointer, length);
  }

  onTextEnd(end: u64): void {
    this.hear(0x45 /* E */, end, 0, 0, 0);
  }

  onScope(scope: TextScope): void {
    this.hear(0x53 /* S */, 0, scope, 0, 0);
  }

  override onNumber(start: u64, end: u64, pointer: usize, length: i32): void {
    this.hear(0x4e /* N */, start, <i32>(end - start), pointer, length);
  }

  hear(letter: u8, first: u64, second: i32, pointer: usize, length: i32): void {
    const at = this.pointer + this.length;
    store<u8>(at, letter);
    store<u64>(at + 1, first);
    store<i32>(at + 9, second);
    store<i32>(at + 13, length);
    memory.copy(at + 17, pointer, length);
    this.length += 17 + length;
  }
}

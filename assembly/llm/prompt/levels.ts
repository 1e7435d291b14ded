import { MAX_DEPTH } from "../../json/depth";

/** What is known of an open object or array. It lies in the memory of `PromptLevels`. */
@unmanaged
export class PromptLevel {
  /** The numbers of the keys that it has, as bits. */
  keys: u64;
  /** The innermost level, from this one outwards, that has a frame. */
  decider: i16;
  /** Where it stands: a `Place`. */
  place: u8;
  /** What it has to say of whose texts are in it: a `Frame`. */
  frame: u8;
  /** Whose they are, as far as it has said: bits of `TextScope`. */
  scope: u8;
  /** Nothing more is to come that decides. */
  isSettled: bool;
  /** A text of the group waits for this frame, but not only for this one. */
  isAwaited: bool;
  /** What it has said of the files in it, as bits. */
  marks: u8;
}

/** The open objects and arrays of a JSON text, the outermost first. */
@final
export class PromptLevels {
  depth: i32 = 0;
  private readonly memory: StaticArray<u8> = new StaticArray<u8>(MAX_DEPTH * offsetof<PromptLevel>());


  @inline
  at(level: i32): PromptLevel {
    return changetype<PromptLevel>(changetype<usize>(this.memory) + <usize>level * offsetof<PromptLevel>());
  }

  /** The innermost one; there must be one. */
  @inline
  get last(): PromptLevel {
    return this.at(this.depth - 1);
  }
}

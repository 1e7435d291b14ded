import { MAX_DEPTH } from "../../json/depth";
import { ReplyKey } from "./keys";
import { TextKind } from "./scanner";

/** What holds for everything in an object or array; the three lowest bits are the kind of its texts. */
export const enum Scope {
  KindMask = 7,
  Object = 8,
  /** The model wrote all of it. */
  Tree = 16,
  Mute = 32,
  /** The object itself is what is added to a message. */
  Delta = 64,
  Choices = 128,
  /** No text in it grows. */
  Whole = 256,
  Source = 512,
  /** Its elements are told apart by position. */
  Listed = 1024,
  /** A text in it may be more of one, or all of it so far. */
  Restated = 2048,
}

const INHERITED: i32 =
  Scope.KindMask | Scope.Tree | Scope.Mute | Scope.Choices | Scope.Whole | Scope.Source | Scope.Restated;

/** What holds in an object or array at a key of this role, in a scope. */
export function scopeWithin(outer: i32, role: ReplyKey, isObject: bool): i32 {
  const scope = (outer & INHERITED) | (isObject ? Scope.Object : 0);
  if (scope & (Scope.Tree | Scope.Mute)) return scope;
  const others = scope & ~Scope.KindMask;
  switch (role) {
    case ReplyKey.Reasoning:
      return others | TextKind.Reasoning;
    case ReplyKey.Call:
      return others | TextKind.ToolInput;
    case ReplyKey.ToolInput:
      return others | TextKind.ToolInput | Scope.Tree;
    case ReplyKey.Delta:
      return scope | Scope.Delta;
    case ReplyKey.Choices:
      return scope | Scope.Choices | Scope.Listed;
    case ReplyKey.ToolCalls:
      return scope | Scope.Listed;
    case ReplyKey.Message:
      return scope & Scope.Choices ? scope | Scope.Restated : scope;
    case ReplyKey.Quote:
      return scope | Scope.Whole;
    case ReplyKey.Source:
      return scope | Scope.Source;
    case ReplyKey.RepeatList:
      return isObject ? scope : scope | Scope.Mute;
    case ReplyKey.MuteTree:
    case ReplyKey.Repeat:
      return scope | Scope.Mute;
    default:
      return scope;
  }
}

/** An object or array that is open. It lies in the levels' own memory. */
@final
@unmanaged
export class ReplyLevel {
  /** Bits of `Scope`. */
  scope: i32;
  slot: i32;
  /** Which keys that nobody knows lead here, as a hash; 0 when none does. */
  path: u32;
  /** Of an array: the role and hash of its key, which its elements share, and how many have begun. */
  role: i32;
  hash: u32;
  position: i32;
  /** Which keys and positions lead here, as a hash. */
  place: u32;


  @inline
  get isMuteOrTree(): bool {
    return (this.scope & (Scope.Mute | Scope.Tree)) != 0;
  }


  @inline
  get isObject(): bool {
    return (this.scope & Scope.Object) != 0;
  }
}

const LEVEL_BYTES: i32 = 28;

/** The objects and arrays that are open, outermost first; the first is around the document. */
@final
export class ReplyLevels {
  depth: i32 = 0;
  private readonly levels: StaticArray<u8> = new StaticArray<u8>((MAX_DEPTH + 1) * LEVEL_BYTES);

  reset(): void {
    this.depth = 0;
    const root = this.innermost;
    root.scope = TextKind.Content;
    root.slot = 0;
    root.path = 0;
    root.role = ReplyKey.Text;
    root.hash = 0;
    root.position = 0;
    root.place = 0;
  }


  @inline
  get innermost(): ReplyLevel {
    return changetype<ReplyLevel>(changetype<usize>(this.levels) + <usize>this.depth * LEVEL_BYTES);
  }

  /** Another one is open, inside the innermost; no document is deeper than `MAX_DEPTH`. */
  enter(): ReplyLevel {
    if (this.depth < MAX_DEPTH) this.depth++;
    return this.innermost;
  }

  leave(): void {
    if (this.depth > 0) this.depth--;
  }
}

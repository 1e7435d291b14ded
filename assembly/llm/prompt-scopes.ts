import { MAX_DEPTH } from "../json/scanner";
import { PromptListener } from "./prompt-listener";
import { NO_SCOPE } from "./prompt-words";
import { TextScope } from "./text-scope";

/** What an object or array has to say of whose texts are in it. */
export const enum Frame {
  /** Nothing: what is around it decides. */
  None,
  /** They are whose the key says that it stands at. */
  Fixed,
  /** A message: its role decides, or else its type; without either they are the user's. */
  Message,
  /** A part of a message: its type may decide, else what is around it. */
  Part,
}

const NO_FRAME: i32 = -1;

/**
 * Finds out whose each text is, and tells the listener as late as it must.
 *
 * Texts are grouped while they surely have the same scope. A group whose message or part hasn't said yet what decides waits for
 * it; a text of another scope that comes meanwhile joins it, and all have the scopes of both.
 */
@final
export class PromptScopes {
  /** How many objects and arrays are open. */
  depth: i32 = 0;
  private readonly frames: StaticArray<u8> = new StaticArray<u8>(MAX_DEPTH);
  private readonly scopes: StaticArray<u8> = new StaticArray<u8>(MAX_DEPTH);
  /** Nothing more is to come that decides. */
  private readonly isSettled: StaticArray<bool> = new StaticArray<bool>(MAX_DEPTH);
  /** A text of the group waits for this frame, but not only for this one. */
  private readonly isAwaited: StaticArray<bool> = new StaticArray<bool>(MAX_DEPTH);
  /** The innermost level, from this one outwards, that has a frame. */
  private readonly deciders: StaticArray<i16> = new StaticArray<i16>(MAX_DEPTH);

  /** Whether there are texts whose scope is still to be told. */
  private hasGroup: bool = false;
  private groupScope: i32 = NO_SCOPE;
  /** The outermost frame that the group waits for. */
  private waiting: i32 = NO_FRAME;
  /** The frame whose scope the group has. */
  private owner: i32 = NO_FRAME;
  /** What `find` has found. */
  private foundScope: i32 = NO_SCOPE;
  private foundFrame: i32 = NO_FRAME;

  constructor(public listener: PromptListener) {}

  /** Ready for another text; a scope that is still to be told is forgotten. */
  reset(): void {
    this.depth = 0;
    this.hasGroup = false;
  }

  /** The scope of all that is in the innermost frame, where its key has fixed that; else `NO_SCOPE`. */
  get fixedScope(): i32 {
    const frame = this.decider;
    if (frame == NO_FRAME || unchecked(this.frames[frame]) != Frame.Fixed) return NO_SCOPE;
    return unchecked(this.scopes[frame]);
  }

  /** Whether the innermost frame is a message or a part of one. */
  get isInMessage(): bool {
    const frame = this.decider;
    return frame != NO_FRAME && unchecked(this.frames[frame]) != Frame.Fixed;
  }

  /** What the innermost object or array is. */
  get frame(): Frame {
    return this.depth == 0 ? Frame.None : <Frame>unchecked(this.frames[this.depth - 1]);
  }

  /** An object or array begins; `scope` is that of a fixed frame. */
  open(frame: Frame, scope: i32): void {
    const around = this.decider;
    const level = this.depth++;
    unchecked((this.frames[level] = <u8>frame));
    unchecked((this.scopes[level] = <u8>scope));
    unchecked((this.isSettled[level] = false));
    unchecked((this.isAwaited[level] = false));
    unchecked((this.deciders[level] = <i16>(frame == Frame.None ? around : level)));
  }

  /** The innermost object or array ends. */
  close(): void {
    const level = this.depth - 1;
    const frame = unchecked(this.frames[level]);
    if (frame == Frame.Message) {
      if (unchecked(this.scopes[level]) == NO_SCOPE) this.settle(TextScope.User);
    } else if (frame == Frame.Part && !unchecked(this.isSettled[level])) {
      this.settle(NO_SCOPE);
    }
    this.depth = level;
    if (!this.hasGroup || this.waiting != NO_FRAME) return;
    if (frame == Frame.Message) this.tell();
    else if (this.owner == level) this.owner = NO_FRAME;
  }

  /** The innermost object has said whose its texts are, or with `NO_SCOPE` that it doesn't decide. It may do so again. */
  settle(scope: i32): void {
    const level = this.depth - 1;
    unchecked((this.scopes[level] |= <u8>scope));
    unchecked((this.isSettled[level] = true));
    if (!this.hasGroup) return;
    if (level == this.waiting) this.waitOn(level);
    else if (this.waiting != NO_FRAME) this.passOn(level);
    else if (level == this.owner) this.groupScope |= scope;
  }

  /**
   * A text comes.
   *
   * @param scope what its key says, or `NO_SCOPE`
   * @param isPlainPart it is read as a text of the innermost object, which is a part, whatever type that has
   */
  addText(scope: i32, isPlainPart: bool): void {
    let waits = NO_FRAME;
    this.foundFrame = NO_FRAME;
    if (scope == NO_SCOPE) {
      let frame = this.decider;
      if (isPlainPart && frame == this.depth - 1) {
        scope = unchecked(this.scopes[frame]);
        frame = this.around(frame);
      }
      waits = this.find(frame);
      if (waits == NO_FRAME) scope |= this.foundScope;
    }
    if (!this.hasGroup) {
      this.begin(scope, waits);
    } else if (this.waiting != NO_FRAME) {
      this.groupScope |= scope;
      if (waits != NO_FRAME && waits != this.waiting) unchecked((this.isAwaited[waits] = true));
    } else if (waits != NO_FRAME || scope != this.groupScope) {
      this.tell();
      this.begin(scope, waits);
    }
  }

  /** The text is over, and with it everything that may decide. */
  finish(): void {
    if (this.hasGroup) this.tell();
  }

  private get decider(): i32 {
    return this.depth == 0 ? NO_FRAME : unchecked(this.deciders[this.depth - 1]);
  }

  /** The next frame around this one. */
  private around(frame: i32): i32 {
    return frame == 0 ? NO_FRAME : unchecked(this.deciders[frame - 1]);
  }

  private begin(scope: i32, waits: i32): void {
    this.hasGroup = true;
    this.groupScope = scope;
    this.waiting = waits;
    this.owner = waits == NO_FRAME ? this.foundFrame : NO_FRAME;
  }

  private tell(): void {
    this.hasGroup = false;
    this.listener.onScope(<TextScope>this.groupScope);
  }

  /** Looks from `frame` outwards for the scope of its texts; returns the frame that must say first, or `NO_FRAME`. */
  private find(frame: i32): i32 {
    for (; frame != NO_FRAME; frame = this.around(frame)) {
      this.foundScope = unchecked(this.scopes[frame]);
      this.foundFrame = frame;
      if (this.foundScope != NO_SCOPE) return NO_FRAME;
      if (!unchecked(this.isSettled[frame])) return frame;
    }
    this.foundScope = TextScope.User;
    this.foundFrame = NO_FRAME;
    return NO_FRAME;
  }

  /** The group need not wait any longer for `frame` itself. */
  private waitOn(frame: i32): void {
    this.waiting = this.find(frame);
    if (this.waiting != NO_FRAME) return;
    this.groupScope |= this.foundScope;
    this.owner = this.foundFrame;
  }

  /** Neither need those of its texts that do so within the frame for which all wait. */
  private passOn(frame: i32): void {
    if (!unchecked(this.isAwaited[frame])) return;
    const waits = this.find(frame);
    if (waits == NO_FRAME) this.groupScope |= this.foundScope;
    else if (waits != this.waiting) unchecked((this.isAwaited[waits] = true));
  }
}

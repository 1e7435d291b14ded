import { PromptLevels } from "./levels";
import { PromptListener } from "./listener";
import { NO_SCOPE } from "./words";
import { TextScope } from "../text-scope";

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

  constructor(
    public listener: PromptListener,
    private readonly levels: PromptLevels,
  ) {}

  /** Ready for another text; a scope that is still to be told is forgotten. */
  reset(): void {
    this.hasGroup = false;
  }

  /** The scope of all that is in the innermost frame, where its key has fixed that; else `NO_SCOPE`. */
  get fixedScope(): i32 {
    const frame = this.decider;
    if (frame == NO_FRAME || this.levels.at(frame).frame != Frame.Fixed) return NO_SCOPE;
    return this.levels.at(frame).scope;
  }

  /** Whether the innermost frame is a message or a part of one. */
  get isInMessage(): bool {
    const frame = this.decider;
    return frame != NO_FRAME && this.levels.at(frame).frame != Frame.Fixed;
  }

  /** What the innermost object or array is. */
  get frame(): Frame {
    return this.levels.depth == 0 ? Frame.None : <Frame>this.levels.last.frame;
  }

  /** An object or array begins, now the innermost level; `scope` is that of a fixed frame. */
  open(frame: Frame, scope: i32): void {
    const depth = this.levels.depth;
    const level = this.levels.last;
    level.frame = <u8>frame;
    level.scope = <u8>scope;
    level.isSettled = false;
    level.isAwaited = false;
    if (frame != Frame.None) level.decider = <i16>(depth - 1);
    else level.decider = <i16>(depth > 1 ? this.levels.at(depth - 2).decider : NO_FRAME);
  }

  /** The innermost object or array ends. */
  close(): void {
    const level = this.levels.last;
    const frame = level.frame;
    if (frame == Frame.None) return;
    if (frame == Frame.Message) {
      if (level.scope == NO_SCOPE) this.settle(TextScope.User);
    } else if (frame == Frame.Part && !level.isSettled) {
      this.settle(NO_SCOPE);
    }
    if (!this.hasGroup || this.waiting != NO_FRAME) return;
    if (frame == Frame.Message) this.tell();
    else if (this.owner == this.levels.depth - 1) this.owner = NO_FRAME;
  }

  /** The innermost object has said whose its texts are, or with `NO_SCOPE` that it doesn't decide. It may do so again. */
  settle(scope: i32): void {
    const level = this.levels.last;
    level.scope |= <u8>scope;
    level.isSettled = true;
    if (!this.hasGroup) return;
    const frame = this.levels.depth - 1;
    if (frame == this.waiting) this.waitOn(frame);
    else if (this.waiting != NO_FRAME) this.passOn(frame);
    else if (frame == this.owner) this.groupScope |= scope;
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
      if (isPlainPart && frame == this.levels.depth - 1) {
        scope = this.levels.last.scope;
        frame = this.around(frame);
      }
      waits = this.find(frame);
      if (waits == NO_FRAME) scope |= this.foundScope;
    }
    if (!this.hasGroup) {
      this.begin(scope, waits);
    } else if (this.waiting != NO_FRAME) {
      this.groupScope |= scope;
      if (waits != NO_FRAME && waits != this.waiting) this.levels.at(waits).isAwaited = true;
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
    return this.levels.depth == 0 ? NO_FRAME : this.levels.last.decider;
  }

  /** The next frame around this one. */
  private around(frame: i32): i32 {
    return frame == 0 ? NO_FRAME : this.levels.at(frame - 1).decider;
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
      const level = this.levels.at(frame);
      this.foundScope = level.scope;
      this.foundFrame = frame;
      if (this.foundScope != NO_SCOPE) return NO_FRAME;
      if (!level.isSettled) return frame;
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
    if (!this.levels.at(frame).isAwaited) return;
    const waits = this.find(frame);
    if (waits == NO_FRAME) this.groupScope |= this.foundScope;
    else if (waits != this.waiting) this.levels.at(waits).isAwaited = true;
  }
}

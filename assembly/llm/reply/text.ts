import { ReplyKey } from "./keys";
import { TextKind } from "./scanner";
import { ReplyLevel, Scope } from "./scope";
import { mix } from "./slots";
import { TextForm } from "./text-form";

/** What all that `ReplyKey.Text` says belongs to. */
const TEXT_GROUP: u32 = 1;

/** What a string or number is to its reader. */
export const enum Use {
  None,
  Key,
  Text,
  Noise,
  Type,
  Finish,
  Path,
  Id,
  Model,
  Index,
}

/** Which text one is, as far as the place in its document tells. */
@final
export class ReplyText {
  kind: TextKind = TextKind.Content;
  form: TextForm = TextForm.String;
  /** In an event that isn't whole, it is more of a text that began earlier. */
  grows: bool = false;
  /** It may be all of that text so far instead. */
  isRestated: bool = false;
  /** Which of the growing texts of one slot it is. */
  group: u32 = 0;
  /** Its kind and group are those of the event's type. */
  isTyped: bool = false;
  /** Which keys and positions lead to it, as a hash. */
  path: u32 = 0;
  isElement: bool = false;
  /** Where `ReplySlots` has what tells its choice, block or part. */
  slot: i32 = 0;

  /** What the string of a key is, in an object or array at this depth; if it is a text, this one. */
  useOf(role: ReplyKey, hash: u32, level: ReplyLevel, depth: i32): Use {
    const scope = level.scope;
    if (scope & Scope.Mute) return Use.None;
    const kind = <TextKind>(scope & Scope.KindMask);
    if (scope & Scope.Tree) return this.set(level, TextForm.String, kind, false, 0);
    switch (role) {
      case ReplyKey.Mute:
      case ReplyKey.MuteTree:
      case ReplyKey.Index:
        return Use.None;
      case ReplyKey.Noise:
      case ReplyKey.Created:
        return Use.Noise;
      case ReplyKey.Type:
      case ReplyKey.EventType:
        return depth == 1 ? Use.Type : Use.None;
      case ReplyKey.Finish:
        return Use.Finish;
      case ReplyKey.Path:
        return Use.Path;
      case ReplyKey.Id:
        return depth <= 2 ? Use.Id : Use.None;
      case ReplyKey.Model:
        return depth <= 2 ? Use.Model : Use.None;
      case ReplyKey.Data:
        return scope & Scope.Source ? this.set(level, TextForm.String, kind, false, hash) : Use.None;
      case ReplyKey.User:
        return kind == TextKind.ToolInput ? this.set(level, TextForm.String, kind, false, hash) : Use.None;
      case ReplyKey.Text:
        return this.set(level, TextForm.String, kind, true, TEXT_GROUP);
      case ReplyKey.Delta:
        this.set(level, TextForm.String, kind, true, hash);
        this.isTyped = true;
        return Use.Text;
      case ReplyKey.Reasoning:
        return this.set(level, TextForm.String, TextKind.Reasoning, true, hash);
      case ReplyKey.Refusal:
        return this.set(level, TextForm.String, TextKind.Refusal, true, hash);
      case ReplyKey.Aside:
        return this.set(level, TextForm.String, kind, true, hash);
      case ReplyKey.ToolInput:
        return this.set(level, TextForm.String, TextKind.ToolInput, true, hash);
      case ReplyKey.ToolOutput:
        return this.set(level, TextForm.String, depth == 1 ? TextKind.Content : TextKind.ToolOutput, true, hash);
      case ReplyKey.Name:
        return this.set(level, TextForm.String, TextKind.ToolInput, false, hash);
      default:
        return this.set(level, TextForm.String, kind, (scope & Scope.Delta) != 0, hash);
    }
  }

  /** It is a key or a number of a tool's input. */
  setInTree(level: ReplyLevel, form: TextForm): Use {
    return this.set(level, form, TextKind.ToolInput, false, 0);
  }

  private set(level: ReplyLevel, form: TextForm, kind: TextKind, grows: bool, group: u32): Use {
    this.form = form;
    this.kind = kind;
    this.grows = grows && (level.scope & Scope.Whole) == 0;
    this.isRestated = (level.scope & Scope.Restated) != 0;
    this.group = level.path == 0 ? group : mix(level.path, group);
    this.isTyped = false;
    this.slot = level.slot;
    return Use.Text;
  }
}

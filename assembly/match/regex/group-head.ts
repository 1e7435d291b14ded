import { END, Source } from "./source";

/** What `(?imsU)` switches on. */
export const enum Flag {
  None = 0,
  /** i */
  IgnoreCase = 1,
  /** m: `^` and `$` match at lines too. */
  MultiLine = 2,
  /** s: a dot matches a line feed too. */
  DotAll = 4,
  /** U: `*` is lazy, and `*?` is greedy. */
  SwapGreed = 8,
}

export const enum Opening {
  Wrong,
  Group,
  /** `(?i)`: no group, but flags for the rest of the one around it. */
  FlagsOnly,
}

const PARENTHESIS_CLOSE: u32 = 0x29;
const LESS: u32 = 0x3c;
const GREATER: u32 = 0x3e;
const LINEAR = ": matching takes time linear in the text";

/** Reads how a group begins. */
@final
export class GroupHead {
  /** The flags that hold behind it. */
  flags: u32 = Flag.None;
  private readonly names: string[] = [];

  /** Takes `(`, and `?...` behind it up to where the group's content begins. `flags` are those that hold before. */
  parse(source: Source, flags: u32): Opening {
    const start = source.at++;
    this.flags = flags;
    if (!source.acceptAll("?"))
      return source.acceptAll("*") ? refuse(source, start, "verbs (*...) are") : Opening.Group;
    switch (source.peek()) {
      case 0x3d: // =
        return refuse(source, start, "look-ahead (?=...) is", LINEAR);
      case 0x21: // !
        return refuse(source, start, "look-ahead (?!...) is", LINEAR);
      case GREATER:
        return refuse(source, start, "atomic groups (?>...) are");
      case 0x28: // (
        return refuse(source, start, "conditions (?(...)...) are", LINEAR);
      case 0x23: // #
        return refuse(source, start, "comments (?#...) are");
      case 0x7c: // |
        return refuse(source, start, "branch resets (?|...) are");
      case 0x52: // R
      case 0x26: // &
        return refuse(source, start, "recursion is", LINEAR);
      case 0x50: // P
        source.at++;
        if (source.accept(LESS)) return this.parseName(source, start);
        if (source.peek() == 0x3d) return refuse(source, start, "back-reference (?P=...) is", LINEAR);
        if (source.peek() == GREATER) return refuse(source, start, "recursion is", LINEAR);
        return this.wrong(source, start);
      case LESS:
        source.at++;
        if (source.peek() == 0x3d) return refuse(source, start, "look-behind (?<=...) is", LINEAR);
        if (source.peek() == 0x21) return refuse(source, start, "look-behind (?<!...) is", LINEAR);
        return this.parseName(source, start);
      default:
        if (source.peek() - 0x30 < 10) return refuse(source, start, "recursion is", LINEAR);
        return this.parseFlags(source, start);
    }
  }

  private parseFlags(source: Source, start: i32): Opening {
    let isNegated = false;
    let isFlagDue = false;
    while (true) {
      const character = source.next();
      let flag: u32 = Flag.None;
      switch (character) {
        case 0x69: // i
          flag = Flag.IgnoreCase;
          break;
        case 0x6d: // m
          flag = Flag.MultiLine;
          break;
        case 0x73: // s
          flag = Flag.DotAll;
          break;
        case 0x55: // U
          flag = Flag.SwapGreed;
          break;
        case 0x2d: // -
          if (isNegated) return this.wrong(source, start);
          isNegated = true;
          isFlagDue = true;
          continue;
        case 0x3a: // :
        case PARENTHESIS_CLOSE:
          if (isFlagDue) return this.wrong(source, start);
          return character == PARENTHESIS_CLOSE ? Opening.FlagsOnly : Opening.Group;
        default:
          return this.wrong(source, start);
      }
      isFlagDue = false;
      this.flags = isNegated ? this.flags & ~flag : this.flags | flag;
    }
  }

  private parseName(source: Source, start: i32): Opening {
    const from = source.at;
    while (isNameCharacter(source.peek())) source.at++;
    const name = source.text(from, source.at);
    if (name.length == 0 || !source.accept(GREATER)) {
      source.fail("a group's name has letters, digits and _ only, and ends with >", start);
      return Opening.Wrong;
    }
    if (this.names.includes(name)) {
      source.fail(`another group is called ${name}`, start);
      return Opening.Wrong;
    }
    this.names.push(name);
    return Opening.Group;
  }

  private wrong(source: Source, start: i32): Opening {
    if (source.peek() == END) source.fail("( is not closed", start);
    else source.fail(`${source.text(start, source.at)} begins no group of RE2's syntax`, start);
    return Opening.Wrong;
  }
}

/** `what` ends with its verb. */
function refuse(source: Source, start: i32, what: string, why: string = ""): Opening {
  source.fail(`${what} not supported${why}`, start);
  return Opening.Wrong;
}

function isNameCharacter(character: u32): bool {
  return character - 0x30 < 10 || character == 0x5f || (character < 0x80 && (character | 0x20) - 0x61 < 26);
}

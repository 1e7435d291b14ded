/** What `peek` says at the end of the pattern. */
export const END: u32 = 0xffffffff;

/** The text of a pattern while it is parsed, and what is wrong with it. */
@final
export class Source {
  at: i32 = 0;
  /** The first thing that is wrong, and where: characters are counted from 1. */
  error: string | null = null;
  private readonly characters: u32[] = [];

  constructor(pattern: string) {
    for (let i = 0; i < pattern.length; i++) {
      const codePoint: u32 = pattern.codePointAt(i);
      if (codePoint >= 0x10000) i++;
      else if ((codePoint & 0xf800) == 0xd800)
        this.fail("half a surrogate pair is no character", this.characters.length);
      this.characters.push(codePoint);
    }
  }

  /** The character `ahead` of the next one, or END. */
  peek(ahead: i32 = 0): u32 {
    const at = this.at + ahead;
    return at < this.characters.length ? unchecked(this.characters[at]) : END;
  }

  /** Takes the next character; END at the end. */
  next(): u32 {
    const character = this.peek();
    if (character != END) this.at++;
    return character;
  }

  /** Takes the next character if it is this one. */
  accept(character: u32): bool {
    if (this.peek() != character) return false;
    this.at++;
    return true;
  }

  /** Takes the next characters if they are these. */
  acceptAll(text: string): bool {
    for (let i = 0; i < text.length; i++) {
      if (this.peek(i) != <u32>text.charCodeAt(i)) return false;
    }
    this.at += text.length;
    return true;
  }

  /** The characters from `from` to before `to`. */
  text(from: i32, to: i32): string {
    let text = "";
    for (let i = from; i < min(to, this.characters.length); i++) text += String.fromCodePoint(this.characters[i]);
    return text;
  }

  /** Notes what is wrong with the character at `at`; only the first thing counts. Returns false. */
  fail(message: string, at: i32): bool {
    if (this.error == null) this.error = `${message} (at ${(at + 1).toString()})`;
    return false;
  }
}

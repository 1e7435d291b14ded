import { findByte } from "../../assembly/bytes/find";
import { ByteString, Bytes } from "../../assembly/bytes/view";
import { GlobList } from "../../assembly/match/glob-list";

/** Where there is no name, and where a name is none of the known ones. */
export const NONE: string = "none";
export const OTHER: string = "other";

const OF_NONE: i32 = 0;
const OF_OTHER: i32 = 1;
/** How many names that nobody has configured are kept apart by default. */
const MOST_SEEN: i32 = 64;
/** What labels are told apart by, in the name of a metric: see `tag`. */
const EQUALS: u8 = 0x3d;

/** Names that clients choose: one that is configured, or matches what is, has that as its label, all the rest is `other`. */
@final
export class ChosenLabels {
  readonly texts: string[] = [NONE, OTHER];
  private readonly globs: GlobList;

  constructor(patterns: string[]) {
    this.globs = new GlobList(patterns);
    for (let i = 0; i < patterns.length; i++) this.texts.push(patterns[i]);
  }

  get isEmpty(): bool {
    return this.globs.length == 0;
  }

  /** A label that no name gets, since an earlier one is taken for all that it matches; null: there is none. */
  get idle(): string | null {
    const shadowed = this.globs.shadowed;
    return shadowed < 0 ? null : this.texts[shadowed + 2];
  }

  /** The label's place in `texts`. */
  of(name: Bytes): i32 {
    if (name.length == 0) return OF_NONE;
    const found = this.globs.find(name.pointer, name.length);
    return found < 0 ? OF_OTHER : found + 2;
  }
}

/** Names that the gateway chooses, such as providers: the first ones are kept as they come, but for those that would be several labels. */
@final
export class SeenLabels {
  readonly texts: string[] = [NONE, OTHER];
  private readonly names: ByteString[] = [];

  constructor(private readonly most: i32 = MOST_SEEN) {}

  of(name: Bytes): i32 {
    if (name.length == 0) return OF_NONE;
    const names = this.names;
    for (let i = 0; i < names.length; i++) {
      if (unchecked(names[i]).equals(name.pointer, name.length)) return i + 2;
    }
    const end = name.pointer + name.length;
    if (names.length == this.most || findByte(name.pointer, end, EQUALS) != end) return OF_OTHER;
    const text = name.toString();
    names.push(new ByteString(text));
    this.texts.push(text);
    return names.length + 1;
  }
}

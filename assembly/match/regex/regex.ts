import { encodeUtf8 } from "../../bytes/text";
import { Flag } from "./group-head";
import { MAX_PATTERN_BYTES } from "./limits";
import { Parser } from "./parser";
import { Source } from "./source";
import { SyntaxTree } from "./syntax-tree";

/**
 * A regular expression in the syntax of RE2 (https://github.com/google/re2/wiki/Syntax), without `\C`. Groups may be named,
 * but what they match is not reported. `(?i)` follows Unicode's simple case folding; `\d`, `\w`, `\s` and `\b` are ASCII.
 */
@final
export class Regex {
  private constructor(
    /** What is wrong with the pattern, for whoever wrote it, with the place: characters are counted from 1. */
    readonly error: string | null,
    /** Of no use with an error. */
    readonly tree: SyntaxTree,
  ) {}

  /** Parses a pattern, as if it began with `(?i)` when `ignoresCase` is set. */
  static parse(pattern: string, ignoresCase: bool = false): Regex {
    const source = new Source(pattern);
    const parser = new Parser(source, ignoresCase ? Flag.IgnoreCase : Flag.None);
    const bytes = encodeUtf8(pattern).byteLength;
    if (bytes > MAX_PATTERN_BYTES)
      source.fail(`${bytes.toString()} bytes are more than ${MAX_PATTERN_BYTES.toString()}`, 0);
    else parser.parse();
    return new Regex(source.error, parser.tree);
  }
}

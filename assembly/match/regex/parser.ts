import { addOtherCases } from "./case-fold";
import { CodePointSet, MAX_CODE_POINT } from "./code-point-set";
import { parseBrackets } from "./bracket-parser";
import { NO_CHARACTER, parseClassEscape, parseEscape } from "./escape-parser";
import { Flag, GroupHead, Opening } from "./group-head";
import { MAX_GROUPS_DEEP, MAX_REPETITIONS } from "./limits";
import { parseQuantifier, Quantifier } from "./quantifier";
import { END, Source } from "./source";
import { Assertion, NONE, SyntaxTree, UNBOUNDED } from "./syntax-tree";

const NEWLINE: u32 = 0x0a;

/** Parses RE2's syntax into a tree, without recursion. What is wrong is in `source.error`. */
@final
export class Parser {
  readonly tree: SyntaxTree = new SyntaxTree();
  private readonly head: GroupHead = new GroupHead();
  private readonly quantifier: Quantifier = new Quantifier();
  /** The last of the alternatives so far, and of what follows one another in the one that is being read. */
  private alternatives: i32 = NONE;
  private sequence: i32 = NONE;
  /** The same of each group around, with its flags and where it begins. */
  private readonly outerAlternatives: i32[] = [];
  private readonly outerSequences: i32[] = [];
  private readonly outerFlags: u32[] = [];
  private readonly starts: i32[] = [];

  constructor(
    private readonly source: Source,
    private flags: u32,
  ) {}

  parse(): void {
    const source = this.source;
    let isBehindQuantifier = false;
    while (source.error == null) {
      const start = source.at;
      const character = source.peek();
      if (character == END) break;
      if (parseQuantifier(source, this.quantifier)) {
        this.repeat(start, isBehindQuantifier);
        isBehindQuantifier = true;
        continue;
      }
      isBehindQuantifier = false;
      this.parseItem(character);
    }
    if (source.error != null) return;
    if (this.starts.length > 0) {
      source.fail("( is not closed", this.starts[this.starts.length - 1]);
      return;
    }
    this.endAlternative();
    this.tree.root = this.tree.addAlternate(this.alternatives);
  }

  private parseItem(character: u32): void {
    const source = this.source;
    switch (character) {
      case 0x28: // (
        this.openGroup();
        break;
      case 0x29: // )
        this.closeGroup();
        break;
      case 0x7c: // |
        source.at++;
        this.endAlternative();
        break;
      case 0x2e: // .
        source.at++;
        this.appendDot();
        break;
      case 0x5e: // ^
        source.at++;
        this.appendAssertion(this.flags & Flag.MultiLine ? Assertion.LineBegin : Assertion.Begin);
        break;
      case 0x24: // $
        source.at++;
        this.appendAssertion(this.flags & Flag.MultiLine ? Assertion.LineEnd : Assertion.End);
        break;
      case 0x5b: {
        // [
        const set = parseBrackets(source, this.ignoresCase());
        if (set != null) this.appendClass(set);
        break;
      }
      case 0x5c: // \
        this.parseBackslash();
        break;
      default:
        source.at++;
        this.appendCharacter(character);
    }
  }

  private ignoresCase(): bool {
    return (this.flags & Flag.IgnoreCase) != 0;
  }

  private parseBackslash(): void {
    const source = this.source;
    switch (source.peek(1)) {
      case 0x41: // A
        return this.appendEscaped(Assertion.Begin);
      case 0x7a: // z
        return this.appendEscaped(Assertion.End);
      case 0x62: // b
        return this.appendEscaped(Assertion.WordBoundary);
      case 0x42: // B
        return this.appendEscaped(Assertion.NoWordBoundary);
      case 0x51: // Q
        source.at += 2;
        while (source.peek() != END && !source.acceptAll("\\E")) this.appendCharacter(source.next());
        return;
    }
    const set = new CodePointSet();
    if (parseClassEscape(source, set, this.ignoresCase())) {
      set.normalize();
      this.appendClass(set);
    } else if (source.error == null) {
      const character = parseEscape(source);
      if (character != NO_CHARACTER) this.appendCharacter(character);
    }
  }

  private repeat(start: i32, isBehindQuantifier: bool): void {
    const source = this.source;
    const text = source.text(start, source.at);
    const least = this.quantifier.least;
    const most = this.quantifier.most;
    if (isBehindQuantifier) {
      source.fail(
        text == "+"
          ? "possessive quantifiers (a second +) are not supported"
          : `${text} repeats a repetition; put that in a group`,
        start,
      );
    } else if (this.sequence == NONE) {
      source.fail(`${text} has nothing before it to repeat`, start);
    } else if (max(least, most) > MAX_REPETITIONS) {
      source.fail(`${text} is more than ${MAX_REPETITIONS.toString()} repetitions`, start);
    } else if (most != UNBOUNDED && most < least) {
      source.fail(`${text} ends before it begins`, start);
    } else {
      const isLazy = this.quantifier.isLazy != ((this.flags & Flag.SwapGreed) != 0);
      const repeated = this.tree.addRepeat(this.sequence, least, most, isLazy);
      if (repeated != NONE) this.sequence = repeated;
      else source.fail(`${text} makes more than ${MAX_REPETITIONS.toString()} repetitions with those within`, start);
    }
  }

  private openGroup(): void {
    const source = this.source;
    const start = source.at;
    const opening = this.head.parse(source, this.flags);
    if (opening == Opening.Wrong) return;
    if (opening == Opening.FlagsOnly) {
      this.flags = this.head.flags;
      return;
    }
    if (this.starts.length == MAX_GROUPS_DEEP) {
      source.fail(`groups are nested deeper than ${MAX_GROUPS_DEEP.toString()}`, start);
      return;
    }
    this.starts.push(start);
    this.outerAlternatives.push(this.alternatives);
    this.outerSequences.push(this.sequence);
    this.outerFlags.push(this.flags);
    this.alternatives = NONE;
    this.sequence = NONE;
    this.flags = this.head.flags;
  }

  private closeGroup(): void {
    const source = this.source;
    if (this.starts.length == 0) {
      source.fail(") closes nothing", source.at);
      return;
    }
    source.at++;
    this.endAlternative();
    const group = this.tree.addAlternate(this.alternatives);
    this.starts.pop();
    this.alternatives = this.outerAlternatives.pop();
    this.sequence = this.outerSequences.pop();
    this.flags = this.outerFlags.pop();
    this.append(group);
  }

  private endAlternative(): void {
    const alternative = this.tree.addConcat(this.sequence);
    this.alternatives = this.tree.append(this.alternatives, alternative);
    this.sequence = NONE;
  }

  private append(node: i32): void {
    this.sequence = this.tree.append(this.sequence, node);
  }

  private appendEscaped(assertion: Assertion): void {
    this.source.at += 2;
    this.appendAssertion(assertion);
  }

  private appendAssertion(assertion: Assertion): void {
    this.append(this.tree.addAssertion(assertion));
  }

  private appendClass(set: CodePointSet): void {
    this.append(this.tree.addClass(set));
  }

  private appendCharacter(character: u32): void {
    const set = new CodePointSet();
    set.add(character, character);
    if (this.ignoresCase()) addOtherCases(set);
    this.appendClass(set);
  }

  private appendDot(): void {
    const set = new CodePointSet();
    if (this.flags & Flag.DotAll) {
      set.add(0, MAX_CODE_POINT);
    } else {
      set.add(0, NEWLINE - 1);
      set.add(NEWLINE + 1, MAX_CODE_POINT);
    }
    this.appendClass(set);
  }
}

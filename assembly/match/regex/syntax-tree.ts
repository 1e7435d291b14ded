import { CodePointSet } from "./code-point-set";
import { MAX_REPETITIONS } from "./limits";

/** No node. */
export const NONE: i32 = -1;
/** Instead of a most number of repetitions. */
export const UNBOUNDED: i32 = -1;

export const enum Syntax {
  Empty,
  /** One character of the set `value`. */
  Class,
  /** The `Assertion` `value`. */
  Assert,
  /** Its children one after the other. */
  Concat,
  /** One of its children, the earlier the rather. */
  Alternate,
  /** Its child, `value` to `most` times. */
  Repeat,
}

/** What holds between two characters. */
export const enum Assertion {
  /** Of the text; `\A`. */
  Begin,
  /** Of a line. */
  LineBegin,
  /** Of the text; `\z`. */
  End,
  /** Of a line. */
  LineEnd,
  WordBoundary,
  NoWordBoundary,
}

/** What a regular expression says: nodes by number, each with its last child and the child before it. */
@final
export class SyntaxTree {
  root: i32 = NONE;
  readonly sets: CodePointSet[] = [];
  private readonly kinds: u8[] = [];
  private readonly values: i32[] = [];
  private readonly mosts: i32[] = [];
  private readonly lazy: bool[] = [];
  private readonly lasts: i32[] = [];
  private readonly befores: i32[] = [];
  private readonly nullable: bool[] = [];
  private readonly lookingAhead: bool[] = [];
  /** How often at most something in here is repeated by the counted repetitions from here downwards. */
  private readonly repetitions: i32[] = [];

  kind(node: i32): Syntax {
    return <Syntax>this.kinds[node];
  }

  value(node: i32): i32 {
    return this.values[node];
  }

  most(node: i32): i32 {
    return this.mosts[node];
  }

  isLazy(node: i32): bool {
    return this.lazy[node];
  }

  /** The last child, or NONE. */
  last(node: i32): i32 {
    return this.lasts[node];
  }

  /** The child of the same parent before this one, or NONE. */
  before(node: i32): i32 {
    return this.befores[node];
  }

  /** Whether it can match without a character. */
  isNullable(node: i32): bool {
    return this.nullable[node];
  }

  /** Whether there is an assertion in it that needs to know what comes next. */
  looksAhead(node: i32): bool {
    return this.lookingAhead[node];
  }

  /** Puts `node` behind `before` in a list of children; returns it, the last child now. */
  append(before: i32, node: i32): i32 {
    this.befores[node] = before;
    return node;
  }

  addEmpty(): i32 {
    return this.add(Syntax.Empty, 0, NONE, true);
  }

  addAssertion(assertion: Assertion): i32 {
    return this.add(Syntax.Assert, assertion, NONE, true);
  }

  /** One character of a normal set. */
  addClass(set: CodePointSet): i32 {
    this.sets.push(set);
    return this.add(Syntax.Class, this.sets.length - 1, NONE, false);
  }

  addConcat(last: i32): i32 {
    if (last == NONE) return this.addEmpty();
    if (this.befores[last] == NONE) return last;
    let isNullable = true;
    for (let child = last; child != NONE; child = this.befores[child]) isNullable = isNullable && this.nullable[child];
    return this.add(Syntax.Concat, 0, last, isNullable);
  }

  addAlternate(last: i32): i32 {
    if (this.befores[last] == NONE) return last;
    let isNullable = false;
    for (let child = last; child != NONE; child = this.befores[child]) isNullable = isNullable || this.nullable[child];
    return this.add(Syntax.Alternate, 0, last, isNullable);
  }

  /** NONE when nested repetitions would be more than MAX_REPETITIONS. Takes the child's place in its list. */
  addRepeat(child: i32, least: i32, most: i32, isLazy: bool): i32 {
    const counted = max(1, most == UNBOUNDED ? least : most);
    if (counted * this.repetitions[child] > MAX_REPETITIONS) return NONE;
    const before = this.befores[child];
    this.befores[child] = NONE;
    const node = this.add(Syntax.Repeat, least, child, least == 0 || this.nullable[child]);
    this.befores[node] = before;
    this.mosts[node] = most;
    this.lazy[node] = isLazy;
    this.repetitions[node] *= counted;
    return node;
  }

  private add(kind: Syntax, value: i32, last: i32, isNullable: bool): i32 {
    let repetitions = 1;
    let looksAhead = kind == Syntax.Assert && value >= Assertion.End;
    for (let child = last; child != NONE; child = this.befores[child]) {
      repetitions = max(repetitions, this.repetitions[child]);
      looksAhead = looksAhead || this.lookingAhead[child];
    }
    this.kinds.push(<u8>kind);
    this.values.push(value);
    this.mosts.push(0);
    this.lazy.push(false);
    this.lasts.push(last);
    this.befores.push(NONE);
    this.nullable.push(isNullable);
    this.lookingAhead.push(looksAhead);
    this.repetitions.push(repetitions);
    return this.kinds.length - 1;
  }
}

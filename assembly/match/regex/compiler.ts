import { CharacterCompiler } from "./character-compiler";
import { MAX_EDGES, MAX_NODES } from "./limits";
import { NOWHERE, Op, Program } from "./program";
import { NONE, Syntax, SyntaxTree, UNBOUNDED } from "./syntax-tree";

/** Compiles syntax trees to nodes of a program, each from its end to its beginning. */
@final
export class Compiler {
  private readonly characters: CharacterCompiler;

  constructor(private readonly program: Program) {
    this.characters = new CharacterCompiler(program);
  }

  /** Returns the node that the tree begins with, or NOWHERE when the program is full; behind it all is a match. */
  compile(tree: SyntaxTree): u32 {
    const start = this.compileNode(tree, tree.root, this.program.add(Op.Match, 0, 0, NOWHERE));
    return this.isFull() ? NOWHERE : start;
  }

  private isFull(): bool {
    return this.program.nodes.length > MAX_NODES || this.program.edges.length > MAX_EDGES;
  }

  /** Returns the node that `node` of the tree begins with, when it goes on with `next`. */
  private compileNode(tree: SyntaxTree, node: i32, next: u32): u32 {
    if (this.isFull()) return next;
    switch (tree.kind(node)) {
      case Syntax.Class:
        return this.characters.compile(tree.sets[tree.value(node)], next);
      case Syntax.Assert:
        return this.program.add(Op.Assert, tree.value(node), 0, next);
      case Syntax.Concat:
        for (let child = tree.last(node); child != NONE; child = tree.before(child)) {
          next = this.compileNode(tree, child, next);
        }
        return next;
      case Syntax.Alternate: {
        let start = this.compileNode(tree, tree.last(node), next);
        for (let child = tree.before(tree.last(node)); child != NONE; child = tree.before(child)) {
          start = this.program.add(Op.Split, 0, 0, this.compileNode(tree, child, next), start);
        }
        return start;
      }
      case Syntax.Repeat:
        return this.compileRepeat(tree, node, next);
      default:
        return next;
    }
  }

  private compileRepeat(tree: SyntaxTree, node: i32, next: u32): u32 {
    const child = tree.last(node);
    const least = tree.value(node);
    const isLazy = tree.isLazy(node);
    let start = next;
    let copies = least;
    if (tree.most(node) != UNBOUNDED) {
      for (let i = least; i < tree.most(node) && !this.isFull(); i++) {
        start = this.choose(this.compileNode(tree, child, start), next, isLazy);
      }
    } else if (least == 0 && !tree.isNullable(child)) {
      start = this.addSplit();
      this.set(start, this.compileNode(tree, child, start), next, isLazy);
    } else {
      const first = this.program.nodes.length;
      const split = this.addSplit();
      start = this.compileNode(tree, child, split);
      this.set(split, start, next, isLazy);
      if (tree.isNullable(child) && tree.looksAhead(child)) this.program.keepSplits(first);
      // A loop over what can be empty would leave it before it has tried the rest of its body; once, then perhaps not, is
      // the right order.
      if (least == 0) start = this.choose(start, next, isLazy);
      copies = least - 1;
    }
    for (; copies > 0 && !this.isFull(); copies--) start = this.compileNode(tree, child, start);
    return start;
  }

  private addSplit(): u32 {
    return this.program.add(Op.Split, 0, 0, NOWHERE);
  }

  private choose(into: u32, past: u32, isLazy: bool): u32 {
    const split = this.addSplit();
    this.set(split, into, past, isLazy);
    return split;
  }

  private set(split: u32, into: u32, past: u32, isLazy: bool): void {
    this.program.setSplit(split, isLazy ? past : into, isLazy ? into : past);
  }
}

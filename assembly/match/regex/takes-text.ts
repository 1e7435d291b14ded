import { NONE, Syntax, SyntaxTree } from "./syntax-tree";

/** Whether a regular expression can match a character at least: `\b` and `x{0}` can't. */
export function takesText(tree: SyntaxTree, node: i32): bool {
  const kind = tree.kind(node);
  if (kind == Syntax.Class) return tree.sets[tree.value(node)].length > 0;
  if (kind == Syntax.Repeat) return tree.most(node) != 0 && takesText(tree, tree.last(node));
  let takes = false;
  for (let child = tree.last(node); child != NONE; child = tree.before(child)) {
    const childTakes = takesText(tree, child);
    takes = takes || childTakes;
    // One part that nothing can be ends the whole.
    if (kind == Syntax.Concat && !childTakes && !tree.isNullable(child)) return false;
  }
  return takes;
}

import { Node, NodeKind, Token } from "assemblyscript";
import { isOurs } from "./library.mjs";

/**
 * Makes sums of template literals, in the sources as parsed: a sum of strings is a call for each part, where a template
 * is that and a static array, and all of them together need the standard library's way to join arrays.
 */
export function sumTemplates(parser) {
  for (const source of parser.sources) if (isOurs(source)) rewriteWithin(source.statements);
}

/** @param {unknown} tree a node of the compiler's syntax tree, a list of them, or what else a node holds */
function rewriteWithin(tree) {
  for (const [key, child] of Object.entries(tree)) {
    if (!Array.isArray(child) && !(child instanceof Node)) continue;
    rewriteWithin(child);
    if (child.kind === NodeKind.Literal && "parts" in child && child.tag === null) tree[key] = sumOf(child);
  }
}

function sumOf({ parts, expressions, range }) {
  const text = (part) => Node.createStringLiteralExpression(part, range);
  let sum = text(parts[0]);
  expressions.forEach((expression, i) => {
    sum = plus(i === 0 && parts[0] === "" ? undefined : sum, expression, range);
    if (parts[i + 1] !== "") sum = plus(sum, text(parts[i + 1]), range);
  });
  return sum;
}

function plus(left, right, range) {
  return left === undefined ? right : Node.createBinaryExpression(Token.Plus, left, right, range);
}

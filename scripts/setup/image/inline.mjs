import { Node, NodeKind } from "assemblyscript";

/** What `unchecked(array[i])` means: a call costs more than the load or store that it does. */
const ACCESSORS = /^(__uget|__uset)$/;
const SOURCES = /^~lib\/(staticarray|array)$/;

/** Marks the unchecked accessors of arrays for inlining, in the sources as parsed. */
export function inlineUncheckedAccess(parser) {
  for (const source of parser.sources) {
    if (!SOURCES.test(source.internalPath)) continue;
    for (const statement of source.statements) {
      if (statement.kind !== NodeKind.ClassDeclaration) continue;
      for (const member of statement.members) {
        if (member.kind !== NodeKind.MethodDeclaration || !ACCESSORS.test(member.name.text)) continue;
        const { range } = member;
        const name = Node.createIdentifierExpression("inline", range);
        (member.decorators ??= []).push(Node.createDecorator(name, null, range));
      }
    }
  }
}

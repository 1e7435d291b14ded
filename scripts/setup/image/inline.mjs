import { Node, NodeKind } from "assemblyscript";

/**
 * By source: what every request does often, and where a call costs more than what it calls. Wasm engines don't inline, and the
 * optimiser, told to save bytes, does only what saves some.
 */
const ACCESSORS = {
  "~lib/array": ["__uget", "__uset"],
  "~lib/staticarray": ["__uget", "__uset"],
  "~lib/rt/tcms": ["next", "color", "size"],
};

/** Marks accessors of the standard library for inlining, in the sources as parsed. */
export function inlineAccessors(parser) {
  for (const { internalPath, statements } of parser.sources) {
    const names = ACCESSORS[internalPath] ?? [];
    for (const { kind, members } of statements) {
      if (kind !== NodeKind.ClassDeclaration) continue;
      for (const member of members) {
        if (member.kind !== NodeKind.MethodDeclaration || !names.includes(member.name.text)) continue;
        const { range } = member;
        const name = Node.createIdentifierExpression("inline", range);
        (member.decorators ??= []).push(Node.createDecorator(name, null, range));
      }
    }
  }
}

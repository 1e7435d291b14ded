/**
 * ESLint rule: `@external`, which declares an import from the host, stands in assembly/host only.
 *
 * It looks at tokens, because AssemblyScript decorates functions and TypeScript's syntax tree drops those decorators.
 *
 * @type {import("eslint").Rule.RuleModule}
 */
export const hostCallsInHostOnly = {
  meta: {
    type: "problem",
    schema: [],
    messages: { outside: "Only assembly/host declares host calls (@external)." },
  },
  create(context) {
    if (/(^|[\\/])assembly[\\/]host[\\/]/.test(context.filename)) return {};
    return {
      Program(program) {
        const tokens = context.sourceCode.ast.tokens ?? [];
        tokens.forEach((token, index) => {
          if (token.value === "@" && tokens[index + 1]?.value === "external") {
            context.report({ loc: token.loc ?? program.loc, messageId: "outside" });
          }
        });
      },
    };
  },
};

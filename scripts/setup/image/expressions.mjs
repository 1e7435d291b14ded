import binaryen from "binaryen";

const { ExpressionIds, getExpressionId, getExpressionInfo } = binaryen;

/** Where an expression of each kind that asc writes keeps the expressions within it. */
const CHILDREN = new Map([
  [ExpressionIds.Block, ["children"]],
  [ExpressionIds.If, ["condition", "ifTrue", "ifFalse"]],
  [ExpressionIds.Loop, ["body"]],
  [ExpressionIds.Break, ["condition", "value"]],
  [ExpressionIds.Switch, ["condition", "value"]],
  [ExpressionIds.Call, ["operands"]],
  [ExpressionIds.CallIndirect, ["target", "operands"]],
  [ExpressionIds.LocalGet, []],
  [ExpressionIds.LocalSet, ["value"]],
  [ExpressionIds.GlobalGet, []],
  [ExpressionIds.GlobalSet, ["value"]],
  [ExpressionIds.Load, ["ptr"]],
  [ExpressionIds.Store, ["ptr", "value"]],
  [ExpressionIds.Const, []],
  [ExpressionIds.Unary, ["value"]],
  [ExpressionIds.Binary, ["left", "right"]],
  [ExpressionIds.Select, ["ifTrue", "ifFalse", "condition"]],
  [ExpressionIds.Drop, ["value"]],
  [ExpressionIds.Return, ["value"]],
  [ExpressionIds.MemoryGrow, ["delta"]],
  [ExpressionIds.MemoryCopy, ["dest", "source", "size"]],
  [ExpressionIds.MemoryFill, ["dest", "value", "size"]],
  [ExpressionIds.SIMDExtract, ["vec"]],
  [ExpressionIds.SIMDReplace, ["vec", "value"]],
  [ExpressionIds.SIMDShuffle, ["left", "right"]],
  [ExpressionIds.SIMDTernary, ["a", "b", "c"]],
  [ExpressionIds.SIMDShift, ["vec", "shift"]],
  [ExpressionIds.SIMDLoad, ["ptr"]],
  [ExpressionIds.SIMDLoadStoreLane, ["ptr", "vec"]],
]);

/** Kinds of which there is nothing to tell. */
const LEAVES = new Set([ExpressionIds.MemorySize, ExpressionIds.Nop, ExpressionIds.Unreachable]);

/** Calls `visit` with each expression of the module's functions, its kind and what binaryen tells of it. */
export function eachExpression(module, visit) {
  for (let i = 0; i < module.getNumFunctions(); i++) {
    const { body } = binaryen.getFunctionInfo(module.getFunctionByIndex(i));
    if (body !== 0) walk(body, visit);
  }
}

function walk(expression, visit) {
  const kind = getExpressionId(expression);
  if (LEAVES.has(kind)) return;
  const names = CHILDREN.get(kind);
  if (names === undefined) throw new Error(`the image doesn't know expressions of kind ${kind}`);
  const info = getExpressionInfo(expression);
  visit(expression, kind, info);
  for (const child of names.flatMap((name) => info[name])) if (child) walk(child, visit);
}

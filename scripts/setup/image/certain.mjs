import binaryen from "binaryen";
import { eachExpression } from "./expressions.mjs";

const { ExpressionIds, getExpressionId, getExpressionInfo } = binaryen;

const CONSTRUCTOR = /#constructor$/;
/** What fills in parameters that a call leaves out. */
const FILLER = /@varargs$/;
const STUB = /@override$/;
const NEW_ARRAY = "~lib/rt/__newArray";
const NEW = "~lib/rt/tcms/__new";
/** What `assembly/start/array.ts` says of an array, and its length. */
const ARRAY_BYTES = 16;

/**
 * Drops from compiled code what the whole of a program makes certain, and the optimiser can't see. Each is code of every request, too.
 *
 * @param {binaryen.Module} module as compiled, not yet optimised
 */
export function dropCertain(module) {
  const calls = [];
  eachExpression(module, (expression, kind, info) => {
    if (kind === ExpressionIds.Call) calls.push({ expression, ...info });
  });
  for (const { expression, target, operands } of calls)
    if (target === NEW_ARRAY && isZero(operands[0])) makeBare(module, expression, operands);
  const allocating = new Set(
    calls.filter(({ operands }) => isZero(operands[0])).map(({ target }) => target.replace(FILLER, "")),
  );
  for (let i = 0; i < module.getNumFunctions(); i++) {
    const { name, body } = binaryen.getFunctionInfo(module.getFunctionByIndex(i));
    if (CONSTRUCTOR.test(name) && !allocating.has(name)) dropAllocation(module, body);
    if (STUB.test(name)) trustLast(module, body);
  }
}

/** An empty array needs no buffer before it grows. */
function makeBare(module, call, [, , id]) {
  const { Call } = binaryen;
  while (Call.getNumOperands(call) > 0) Call.removeOperandAt(call, 0);
  Call.setTarget(call, NEW);
  Call.appendOperand(call, module.i32.const(ARRAY_BYTES));
  Call.appendOperand(call, id);
}

/** A constructor that is only called by those of its subclasses has an object already. */
function dropAllocation(module, body) {
  if (getExpressionId(body) !== ExpressionIds.Block) return;
  const first = binaryen.Block.getChildAt(body, 0);
  if (getExpressionId(first) !== ExpressionIds.If) return;
  const { condition } = getExpressionInfo(first);
  if (getExpressionId(condition) !== ExpressionIds.Unary) return;
  binaryen.Block.setChildAt(body, 0, module.nop());
}

/** Where no class is left but those that a virtual call leads to, an object that is of none but the last must be of that. */
function trustLast(module, body) {
  const children = childrenOf(body);
  if (children.length === 0 || getExpressionId(children.at(-1)) !== ExpressionIds.Unreachable) return;
  let inner = body;
  while (getExpressionId(childrenOf(inner)[0]) === ExpressionIds.Block) [inner] = childrenOf(inner);
  const tests = childrenOf(inner).filter(
    (child) => getExpressionId(child) === ExpressionIds.Break && getExpressionInfo(child).condition !== 0,
  );
  if (tests.length === 0) return;
  const targets = tests.map((test) => getExpressionInfo(test).name);
  const others = targets.findLastIndex((target) => target !== targets.at(-1));
  binaryen.Break.setCondition(tests[others + 1], module.i32.const(1));
}

function childrenOf(block) {
  return getExpressionId(block) === ExpressionIds.Block ? getExpressionInfo(block).children : [];
}

function isZero(expression) {
  return (
    expression !== undefined &&
    getExpressionId(expression) === ExpressionIds.Const &&
    getExpressionInfo(expression).value === 0
  );
}

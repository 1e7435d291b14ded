import binaryen from "binaryen";

const CONSTRUCTOR = /^(.+)#constructor$/;

/**
 * Drops from compiled constructors what sets a field of its own to 0 and is the first to set it, and where the standard library's
 * clear a buffer: our allocator clears what it gives (`assembly/start/heap.ts`). That alone is 1 kB of a plugin.
 *
 * @param {binaryen.Module} module as compiled, not yet optimised
 */
export function dropZeros(module) {
  for (let i = 0; i < module.getNumFunctions(); i++) {
    const { name, body } = binaryen.getFunctionInfo(module.getFunctionByIndex(i));
    const [, owner] = CONSTRUCTOR.exec(name) ?? [];
    if (owner !== undefined) dropZerosIn(module, body, owner, new Set());
  }
}

function dropZerosIn(module, expression, owner, seen) {
  if (binaryen.getExpressionId(expression) !== binaryen.ExpressionIds.Block) return;
  const children = binaryen.Block.getNumChildren(expression);
  for (let i = 0; i < children; i++) {
    const child = binaryen.Block.getChildAt(expression, i);
    dropZerosIn(module, child, owner, seen);
    if (binaryen.getExpressionId(child) === binaryen.ExpressionIds.MemoryFill && owner.startsWith("~lib/"))
      binaryen.Block.setChildAt(expression, i, module.nop());
    if (binaryen.getExpressionId(child) !== binaryen.ExpressionIds.Call) continue;
    const { target, operands } = binaryen.getExpressionInfo(child);
    if (!target.startsWith(`${owner}#set:`) || seen.has(target)) continue;
    seen.add(target);
    if (isZero(operands[1])) binaryen.Block.setChildAt(expression, i, module.nop());
  }
}

function isZero(expression) {
  if (binaryen.getExpressionId(expression) !== binaryen.ExpressionIds.Const) return false;
  const { value, type } = binaryen.getExpressionInfo(expression);
  // Number(-0n) and -0.0 would differ in their bits.
  return (type === binaryen.i32 || type === binaryen.i64) && Number(value) === 0;
}

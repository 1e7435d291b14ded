import binaryen from "binaryen";

const NEW = "~lib/rt/tcms/__new";
const CONSTRUCTOR = /^(.+)#constructor$/;

/**
 * Lets the allocator clear an object once, where compiled constructors clear each field that has no other first value: that
 * alone is 1 kB of a plugin.
 *
 * @param {binaryen.Module} module as compiled, not yet optimised
 */
export function clearInAllocator(module) {
  for (let i = 0; i < module.getNumFunctions(); i++) {
    const { name, body } = binaryen.getFunctionInfo(module.getFunctionByIndex(i));
    const [, owner] = CONSTRUCTOR.exec(name) ?? [];
    if (owner !== undefined) dropZeros(module, body, owner, new Set());
  }
  const { vars, body } = binaryen.getFunctionInfo(module.getFunction(NEW));
  const { local, i32 } = module;
  const [size, id, object] = [0, 1, 2];
  const [get, set] = [(index) => local.get(index, binaryen.i32), (value) => local.set(object, value)];
  const parameters = binaryen.createType([binaryen.i32, binaryen.i32]);
  module.removeFunction(NEW);
  module.addFunction(`${NEW}Raw`, parameters, binaryen.i32, vars, body);
  const steps = [
    set(module.call(`${NEW}Raw`, [get(size), get(id)], binaryen.i32)),
    module.memory.fill(get(object), i32.const(0), get(size)),
    get(object),
  ];
  module.addFunction(NEW, parameters, binaryen.i32, [binaryen.i32], module.block(null, steps, binaryen.i32));
}

/** Drops from a constructor what sets a field of its own to 0 and is the first to set it. */
function dropZeros(module, expression, owner, seen) {
  if (binaryen.getExpressionId(expression) !== binaryen.ExpressionIds.Block) return;
  const children = binaryen.Block.getNumChildren(expression);
  for (let i = 0; i < children; i++) {
    const child = binaryen.Block.getChildAt(expression, i);
    dropZeros(module, child, owner, seen);
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

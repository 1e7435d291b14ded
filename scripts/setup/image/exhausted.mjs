import binaryen from "binaryen";

const GROW = "~lib/rt/tlsf/growMemory";
/** No memory has four bytes there. */
const NOWHERE = -1;

/**
 * Lets the allocator trap when the host gives no more memory, in a way that the optimiser keeps: told that traps never happen,
 * it drops the runtime's own checks, and an allocation that failed would go on at address 0.
 *
 * @param {binaryen.Module} module as compiled, not yet optimised
 */
export function trapWhenExhausted(module) {
  const { params, vars, body } = binaryen.getFunctionInfo(module.getFunction(GROW));
  const { local, i32, memory } = module;
  const [root, size, before] = [0, 1, 2];
  const raw = `${GROW}Raw`;
  module.removeFunction(GROW);
  module.addFunction(raw, params, binaryen.none, vars, body);
  const steps = [
    local.set(before, memory.size()),
    module.call(raw, [local.get(root, binaryen.i32), local.get(size, binaryen.i32)], binaryen.none),
    module.if(
      i32.eq(memory.size(), local.get(before, binaryen.i32)),
      i32.store(0, 1, i32.const(NOWHERE), i32.const(0)),
    ),
  ];
  module.addFunction(GROW, params, binaryen.none, [binaryen.i32], module.block(null, steps));
}

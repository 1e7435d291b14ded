import binaryen from "binaryen";

/** Puts a call of the exported function `by`, which takes `operands`, in place of a function of the runtime. */
export function replaceFunction(module, name, by, operands) {
  const { params, results } = binaryen.getFunctionInfo(module.getFunction(name));
  module.removeFunction(name);
  module.addFunction(name, params, results, [], module.call(by, operands, results));
  module.removeExport(by.slice(by.lastIndexOf("/") + 1));
}

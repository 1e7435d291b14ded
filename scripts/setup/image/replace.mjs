import binaryen from "binaryen";

/**
 * Puts a call of the exported function `by` in place of a function of the runtime. `by` takes as many of that function's own
 * parameters, from the first on, as `more` leaves it.
 */
export function replaceFunction(module, name, by, more = []) {
  const { params, results } = binaryen.getFunctionInfo(module.getFunction(name));
  const taken = binaryen.expandType(binaryen.getFunctionInfo(module.getFunction(by)).params);
  const own = taken.slice(0, taken.length - more.length).map((type, index) => module.local.get(index, type));
  module.removeFunction(name);
  module.addFunction(name, params, results, [], module.call(by, [...own, ...more], results));
  module.removeExport(by.slice(by.lastIndexOf("/") + 1));
}

/**
 * A transform of asc: runs a plugin's start-up code when it is built, and ships the memory it leaves in place of the code.
 *
 * What modules make when they load (constants as UTF-8, tables, paths compiled for the scanner) becomes static data, as if
 * the compiler had laid it out, and its code goes. The data is packed; all that runs in the gateway is `unpack`. Start-up
 * code that calls the host fails the build. Allocator and collector are our own. Without this transform a plugin does the
 * same, from a larger file.
 */
import binaryen from "binaryen";
import { dropCertain } from "./certain.mjs";
import { dropZeros } from "./zeroed.mjs";
import { eachExpression } from "./expressions.mjs";
import { Image, LOWEST } from "./image.mjs";
import { pathOf } from "./library.mjs";
import { SCRATCH_BYTES, pack } from "./pack.mjs";
import { inlineAccessors } from "./inline.mjs";
import { replaceFunction } from "./replace.mjs";
import { sumTemplates } from "./templates.mjs";
import { isPlain, shapesOf } from "./shapes.mjs";
import { endOfWeights } from "./weights.mjs";

const START = "assembly/start/";
/** Ours, behind where `START` is. */
const UNPACK = "unpack/unpack";
const VISIT_BY_SHAPE = "visit/visitMembers";
const VISIT_MEMBERS = "~lib/rt/__visit_members";
const VISIT_ROOTS = "~lib/rt/__visit_globals";
const VISIT = "~lib/rt/tcms/__visit";
const COLLECT = "~lib/rt/tcms/__collect";
/** Functions of the runtime, and what takes their place. */
const OWN_RUNTIME = {
  "~lib/rt/tcms/__new": "heap/allocate",
  "~lib/rt/tcms/__renew": "heap/reallocate",
  [VISIT]: "heap/visit",
  [COLLECT]: "heap/collect",
  "~lib/rt/tlsf/__alloc": "heap/allocateRaw",
  "~lib/rt/tlsf/__free": "heap/free",
  "~lib/array/ensureCapacity": "array/ensureCapacity",
};
const HEAP_BASE = "~lib/memory/__heap_base";
const HEAP_END = "heap/heapEnd";
/** After a collection: what leads to the first free run. */
const HEAP_HEAD = "heap/before";
const HEAP_HEAD_BYTES = 16;
const HEAP_ALIGNMENT = 16;
/** Where a module's data begins until it is laid out: addresses are numbers then that neither code nor tables have. */
const COMPILED_BASE = 0x6d9b0000;
const PAGE_BYTES = 65536;
const FEATURES =
  binaryen.Features.MutableGlobals |
  binaryen.Features.SignExt |
  binaryen.Features.NontrappingFPToInt |
  binaryen.Features.BulkMemory |
  binaryen.Features.BulkMemoryOpt |
  binaryen.Features.SIMD128;

export default class Begin {
  afterParse(parser) {
    inlineAccessors(parser);
    sumTemplates(parser);
    this.start = `${pathOf(parser, `${START}unpack`)}${START}`;
    this.program.options.memoryBase = COMPILED_BASE;
    this.dataBegin = Math.max(LOWEST, endOfWeights(parser));
  }

  /** @param {binaryen.Module} module as compiled, not yet optimised */
  afterCompile(module) {
    dropZeros(module);
    dropCertain(module);
    for (const [name, own] of Object.entries(OWN_RUNTIME)) replaceFunction(module, name, this.start + own);
    const heapEnd = this.start + HEAP_END;
    const globals = ownGlobals(module);
    const heapStart = align(initialValue(globals, HEAP_BASE), HEAP_ALIGNMENT);
    setGlobal(module, globals, heapEnd, heapStart);
    const state = run(module, globals);
    const head = state.globals.get(this.start + HEAP_HEAD);
    state.memory.fill(0, head, head + HEAP_HEAD_BYTES);
    const image = new Image(state, {
      segments: segmentStarts(module),
      base: COMPILED_BASE,
      begin: this.dataBegin,
      heapStart,
      heapEnd: state.globals.get(heapEnd),
      isPlain: (id) => isPlain(this.program, id),
      shapes: shapesOf(this.program),
    });
    replaceFunction(module, VISIT_MEMBERS, this.start + VISIT_BY_SHAPE, [module.i32.const(image.shapesAt)]);
    const values = new Map([...state.globals, [heapEnd, 0], [HEAP_BASE, 0]]);
    setGlobals(module, globals, values);
    module.removeFunction(binaryen.getFunctionInfo(module.getStart()).name);
    setStart(module, module.nop());
    const roots = rootsOf(module);
    setVisits(module, []);
    module.runPasses(["remove-unused-module-elements"]);
    const used = ownGlobals(module);
    setVisits(
      module,
      rootsThatMatter(module, roots, used, values, (address) => this.mayLeadToHeap(image, address)),
    );
    moveData(module, image, used, values, heapEnd);
    this.ship(module, image);
    binaryen.setLowMemoryUnused(true);
  }

  /** Whether what an address leads to holds references. */
  mayLeadToHeap(image, address) {
    const id = image.classOf(address);
    return id !== undefined && !this.program.managedClasses.get(id).isPointerfree;
  }

  ship(module, image) {
    const packed = pack(image.bytes);
    const scratch = (image.end + packed.length + 15) & ~15;
    const { i32 } = module;
    const operands = [image.end, image.begin, image.bytes.length, scratch].map((value) => i32.const(value));
    setStart(module, module.call(this.start + UNPACK, operands, binaryen.none));
    module.removeExport("unpack");
    module.removeExport("memory");
    const segments = [{ offset: i32.const(image.end), data: packed }];
    const pages = Math.ceil((scratch + SCRATCH_BYTES) / PAGE_BYTES);
    module.setMemory(pages, -1, "memory", segments, false, false, "0");
  }
}

function ownGlobals(module) {
  return Array.from({ length: module.getNumGlobals() }, (_, i) =>
    binaryen.getGlobalInfo(module.getGlobalByIndex(i)),
  ).filter((global) => !global.module);
}

/** Runs the start function and a collection; returns the memory and the globals by name. */
function run(module, globals) {
  for (const { name } of globals) module.addGlobalExport(name, name);
  module.addFunctionExport(COLLECT, COLLECT);
  const compiled = new WebAssembly.Module(module.emitBinary());
  for (const { name } of globals) module.removeExport(name);
  module.removeExport(COLLECT);
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(compiled)) {
    imports[from] ??= {};
    imports[from][name] = () => {
      throw new Error(`start-up code must not call the host: ${name}`);
    };
  }
  const { exports } = new WebAssembly.Instance(compiled, imports);
  exports[COLLECT]();
  return {
    memory: new Uint8Array(exports.memory.buffer),
    globals: new Map(globals.map(({ name }) => [name, exports[name].value])),
  };
}

/** The collector's roots as the compiler found them: names of globals, and addresses. */
function rootsOf(module) {
  const text = binaryen.emitText(binaryen.getFunctionInfo(module.getFunction(VISIT_ROOTS)).body);
  return {
    globals: [...text.matchAll(/global\.get \$"?([^\s")]+)/g)].map(([, name]) => name),
    statics: [...text.matchAll(/i32\.const (\d+)/g)].map(([, address]) => Number(address)),
  };
}

/**
 * Of the collector's roots, those that can lead to an object of the heap: most constants hold no references, and what they are
 * themselves is static now. A root that the rest of the module doesn't use leads nowhere.
 */
function rootsThatMatter(module, { globals, statics }, used, values, mayLeadToHeap) {
  const names = new Set(used.map(({ name }) => name));
  const assigned = new Set();
  eachExpression(module, (_expression, kind, { name }) => {
    if (kind === binaryen.ExpressionIds.GlobalSet) assigned.add(name);
  });
  return [
    ...globals
      .filter((name) => names.has(name) && (assigned.has(name) || mayLeadToHeap(values.get(name))))
      .map((name) => module.global.get(name, binaryen.i32)),
    ...statics.filter(mayLeadToHeap).map((address) => module.i32.const(address)),
  ];
}

function setVisits(module, roots) {
  const visits = roots.map((root) => module.call(VISIT, [root, module.i32.const(0)], binaryen.none));
  module.removeFunction(VISIT_ROOTS);
  module.addFunction(VISIT_ROOTS, binaryen.i32, binaryen.none, [], module.block(null, visits));
}

/** Lays the data out where it stays, and says so in the code and in the globals; `heapEnd` is the one that says where the heap ends. */
function moveData(module, image, globals, values, heapEnd) {
  const { ExpressionIds } = binaryen;
  const constants = [];
  const uses = [];
  eachExpression(module, (expression, kind, { type, value, name }) => {
    if (kind === ExpressionIds.Const && type === binaryen.i32 && image.isAddress(value)) constants.push(expression);
    if (kind === ExpressionIds.GlobalGet && image.isAddress(values.get(name))) uses.push(values.get(name));
  });
  image.layOut(
    constants.map((expression) => binaryen.Const.getValueI32(expression)),
    uses,
  );
  for (const expression of constants)
    binaryen.Const.setValueI32(expression, image.moved(binaryen.Const.getValueI32(expression)));
  const moved = new Map(
    [...values].filter(([, value]) => image.isAddress(value)).map(([name, value]) => [name, value]),
  );
  for (const { name } of globals) if (moved.has(name)) moved.set(name, image.moved(moved.get(name)));
  setGlobals(module, globals, new Map([...values, ...moved, [HEAP_BASE, image.end], [heapEnd, image.end]]));
}

function segmentStarts(module) {
  return Array.from({ length: module.getNumDataSegments() }, (_, i) =>
    module.getDataSegmentInfo(module.getDataSegmentByIndex(i)),
  )
    .map(({ offset }) => offset)
    .sort((a, b) => a - b);
}

function setGlobals(module, globals, values) {
  for (const { name } of globals) setGlobal(module, globals, name, values.get(name));
}

function setGlobal(module, globals, wanted, value) {
  const { name, type, mutable } = globals.find((global) => global.name === wanted);
  module.removeGlobal(name);
  module.addGlobal(name, type, mutable, constant(module, type, value));
}

function initialValue(globals, wanted) {
  return binaryen.getExpressionInfo(globals.find(({ name }) => name === wanted).init).value;
}

function align(address, alignment) {
  return Math.ceil(address / alignment) * alignment;
}

function constant(module, type, value) {
  switch (type) {
    case binaryen.i32:
      return module.i32.const(value);
    case binaryen.i64:
      return module.i64.const(value);
    case binaryen.f32:
      return module.f32.const(value);
    default:
      return module.f64.const(value);
  }
}

function setStart(module, body) {
  module.setFeatures(FEATURES);
  module.setStart(module.addFunction("start", binaryen.none, binaryen.none, [], body));
}

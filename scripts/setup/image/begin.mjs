/**
 * A transform of asc: runs a plugin's start-up code when it is built, and ships the memory it leaves in place of the code.
 *
 * What modules make when they load (constants as UTF-8, tables, paths compiled for the scanner) becomes static data, as if
 * the compiler had laid it out, and its code goes. The data is packed; all that runs in the gateway is `unpack`. Start-up
 * code that calls the host fails the build. Without this transform a plugin does the same, from a larger file.
 */
import binaryen from "binaryen";
import { Image } from "./image.mjs";
import { SCRATCH_BYTES, pack } from "./pack.mjs";
import { inlineAccessors } from "./inline.mjs";
import { replaceFunction } from "./replace.mjs";
import { shapesOf } from "./shapes.mjs";
import { clearInAllocator } from "./zeroed.mjs";

const UNPACK = "assembly/start/unpack/unpack";
const COLLECT = "~lib/rt/tcms/__collect";
const VISIT = "~lib/rt/tcms/__visit";
const VISIT_ROOTS = "~lib/rt/__visit_globals";
const VISIT_MEMBERS = "~lib/rt/__visit_members";
const VISIT_BY_SHAPE = "assembly/start/visit/visitMembers";
const RENEW = "~lib/rt/tcms/__renew";
const COPY_TO_RENEW = "assembly/start/renew/renew";
const HEAP_BASE = "~lib/memory/__heap_base";
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
  }

  /** @param {binaryen.Module} module as compiled, not yet optimised */
  afterCompile(module) {
    clearInAllocator(module);
    const globals = ownGlobals(module);
    const image = new Image(run(module, globals), segmentStarts(module), HEAP_BASE, shapesOf(this.program));
    const [first, second] = [0, 1].map((index) => module.local.get(index, binaryen.i32));
    replaceFunction(module, VISIT_MEMBERS, VISIT_BY_SHAPE, [first, module.i32.const(image.shapesBegin)]);
    replaceFunction(module, RENEW, COPY_TO_RENEW, [first, second]);
    for (const { name, type, mutable } of globals) {
      module.removeGlobal(name);
      module.addGlobal(name, type, mutable, constant(module, type, image.globals.get(name)));
    }
    module.removeFunction(binaryen.getFunctionInfo(module.getStart()).name);
    setStart(module, module.nop());
    const roots = binaryen.emitText(binaryen.getFunctionInfo(module.getFunction(VISIT_ROOTS)).body);
    setVisits(module, []);
    module.runPasses(["remove-unused-module-elements"]);
    const used = new Set(ownGlobals(module).map(({ name }) => name));
    image.keepOnly([...constantsOf(module), ...[...used].map((name) => image.globals.get(name))]);
    setVisits(
      module,
      rootsThatMatter(module, roots, used, (root) => {
        const id = image.classOf(root);
        return id !== undefined && !this.program.managedClasses.get(id).isPointerfree;
      }),
    );
    this.ship(module, image);
  }

  ship(module, image) {
    const packed = pack(image.bytes);
    const scratch = (image.end + packed.length + 15) & ~15;
    const { i32 } = module;
    const operands = [image.end, image.begin, image.bytes.length, scratch].map((value) => i32.const(value));
    setStart(module, module.call(UNPACK, operands, binaryen.none));
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

/**
 * Of the collector's roots, those that can lead to an object of the heap: most constants hold no references, and what they are
 * themselves is static now. A root that the rest of the module doesn't use leads nowhere.
 */
function rootsThatMatter(module, roots, used, mayLeadToHeap) {
  const assigned = new Set([...module.emitText().matchAll(/global\.set \$"?([^\s")]+)/g)].map(([, name]) => name));
  const globals = [...roots.matchAll(/global\.get \$"?([^\s")]+)/g)].map(([, name]) => name);
  const statics = [...roots.matchAll(/i32\.const (\d+)/g)].map(([, address]) => Number(address));
  return [
    ...globals
      .filter((name) => used.has(name) && (assigned.has(name) || mayLeadToHeap(name)))
      .map((name) => module.global.get(name, binaryen.i32)),
    ...statics.filter(mayLeadToHeap).map((address) => module.i32.const(address)),
  ];
}

function setVisits(module, roots) {
  const visits = roots.map((root) => module.call(VISIT, [root, module.i32.const(0)], binaryen.none));
  module.removeFunction(VISIT_ROOTS);
  module.addFunction(VISIT_ROOTS, binaryen.i32, binaryen.none, [], module.block(null, visits));
}

function segmentStarts(module) {
  return [...module.emitText().matchAll(/\(data \S+ \(i32\.const (\d+)\)/g)].map(([, start]) => Number(start));
}

/** The numbers in the code. Where the compiler's data segments begin is none of it: they are replaced. */
function constantsOf(module) {
  const code = module.emitText().replace(/^ *\(data .*$/gm, "");
  return [...code.matchAll(/i32\.const (\d+)/g)].map(([, value]) => Number(value));
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

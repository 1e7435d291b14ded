/**
 * A transform of asc: puts the weights of the prompt injection classifier, as they are, before all other static data of a module
 * that uses it. After the transform that packs static data, which then doesn't see them.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const SOURCE = "assembly/match/injection/weights";
const FILE = join(import.meta.dirname, "..", "..", "..", `${SOURCE}.bin`);
/** `WEIGHTS` there: where static data begins. */
const ADDRESS = 1024;

export default class Weights {
  #weights;

  afterParse(parser) {
    if (!parser.sources.some(({ internalPath }) => internalPath === SOURCE)) return;
    this.#weights = readFileSync(FILE);
    this.program.options.memoryBase = (ADDRESS + this.#weights.length + 15) & ~15;
  }

  /** @param {import("binaryen").Module} module as compiled, not yet optimised */
  afterCompile(module) {
    if (this.#weights === undefined) return;
    const { i32 } = module;
    const others = Array.from({ length: module.getNumDataSegments() }, (_, index) =>
      module.getDataSegmentInfo(module.getDataSegmentByIndex(index)),
    ).map(({ offset, data }) => ({ offset: i32.const(offset), data: new Uint8Array(data) }));
    const segments = [{ offset: i32.const(ADDRESS), data: this.#weights }, ...others];
    const { initial } = module.getMemoryInfo();
    module.removeExport("memory");
    module.setMemory(initial, -1, "memory", segments, false, false, "0");
  }
}

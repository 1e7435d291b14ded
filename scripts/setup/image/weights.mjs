/**
 * A transform of asc: puts the weights of the prompt injection classifier, as they are, before all other static data of a module
 * that uses it. After the transform that packs static data, which then doesn't see them.
 */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { isLibrarySource } from "./library.mjs";

const SOURCE = "assembly/match/injection/weights";
const FILE = join(import.meta.dirname, "..", "..", "..", `${SOURCE}.bin`);
/** `WEIGHTS` there. */
const ADDRESS = 1024;
/** Packed data is unpacked behind two bytes of 0. */
const ZEROS = 2;

/** The first address behind the weights that a program's sources call for; 0 where they call for none. */
export function endOfWeights({ sources }) {
  if (!sources.some((source) => isLibrarySource(source, SOURCE))) return 0;
  return (ADDRESS + statSync(FILE).size + ZEROS + 15) & ~15;
}

export default class Weights {
  #weights;

  afterParse(parser) {
    const end = endOfWeights(parser);
    if (end === 0) return;
    this.#weights = readFileSync(FILE);
    this.program.options.memoryBase = Math.max(this.program.options.memoryBase, end);
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

import { createHash } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { type LoaderExports, loadModule } from "./load.ts";

let lib: LoaderExports & { sha256(bytes: number, cut: number, isFast: boolean): number };

beforeAll(async () => {
  lib = await loadModule("sha256");
});

test.each([false, true])(
  "every length up to three blocks, cut at every byte, gives the digest that Node gives (fast: %s)",
  (isFast) => {
    for (let length = 0; length <= 192; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255);
      const pointer = lib.__pin(lib.__new(length, 1));
      new Uint8Array(lib.memory.buffer).set(bytes, pointer);
      const expected = createHash("sha256").update(bytes).digest("hex");
      for (let cut = 0; cut <= length; cut++) expect(lib.__getString(lib.sha256(pointer, cut, isFast))).toBe(expected);
      lib.__unpin(pointer);
    }
  },
);

import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { loadModule } from "./load.ts";

interface Table {
  reset(): void;
  set(id: number): void;
  remove(id: number): void;
  get(id: number): number;
}

let table: Table;

beforeAll(async () => {
  table = await loadModule<Table>("id-table");
});

/** Ids that collide often: few, and equal in their low bits. */
const anyId = fc.oneof(
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 8 }).map((id) => id * 64 + 3),
);
const anyStep = fc.record({ remove: fc.boolean(), id: anyId });

test("whatever comes and goes, it holds what a Map holds", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 200 }), (steps) => {
      table.reset();
      const oracle = new Map<number, number>();
      for (const { remove, id } of steps) {
        if (remove) oracle.delete(id);
        else oracle.set(id, id);
        if (remove) table.remove(id);
        else table.set(id);
        for (const { id: known } of steps) expect(table.get(known)).toBe(oracle.get(known) ?? 0);
      }
    }),
    { numRuns: 200 },
  );
});

test("a thousand alive at once are all found", () => {
  table.reset();
  for (let id = 1; id <= 1000; id++) table.set(id);
  for (let id = 1; id <= 1000; id += 2) table.remove(id);
  for (let id = 1; id <= 1000; id++) expect(table.get(id)).toBe(id % 2 ? 0 : id);
});

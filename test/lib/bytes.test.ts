import { expect, test } from "vitest";
import { loadModule } from "./load.ts";

test("a buffer grows up to its budget and keeps what it has when there is no more", async () => {
  const m = await loadModule<{ fill(limit: number, bytes: number, times: number): number }>("bytes");
  const piece = m.__pin(m.__new(10, 1));
  expect(m.fill(1000, piece, 50)).toBe(500);
  expect(m.fill(1000, piece, 500)).toBe(1000);
  expect(m.fill(5, piece, 1)).toBe(0);
});

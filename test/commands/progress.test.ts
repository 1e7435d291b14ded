import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { step } from "../../scripts/setup/progress.ts";

const LONG = "Installing what has a name that no terminal of eighty columns would show in one line, once";

let written: string[];

beforeEach(() => {
  written = [];
  vi.useFakeTimers();
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function standOn(terminal: { isTTY: boolean; columns: number }): void {
  for (const [name, value] of Object.entries(terminal)) {
    Object.defineProperty(process.stdout, name, { value, configurable: true });
  }
}

test.each([true, false])("a step on a terminal (%s) says which parts are done, and how long it took", async (isTTY) => {
  standOn({ isTTY, columns: 80 });
  await step("Building 2 modules", async (done) => {
    done("router (1 of 2)");
    await vi.advanceTimersByTimeAsync(1000);
  });
  const text = written.join("");
  expect(text).toMatch(
    isTTY ? /\.\.\. router \(1 of 2\) 1\.0 s/ : /^Building 2 modules \.\.\. router \(1 of 2\), 1\.0 s\n$/,
  );
  expect(text).toMatch(/1\.0 s\n$/);
});

test("a line that counts is never wider than its terminal", async () => {
  standOn({ isTTY: true, columns: 80 });
  await step(LONG, () => vi.advanceTimersByTimeAsync(2000));
  const counted = written.slice(1, -1);
  expect(counted.length).toBeGreaterThan(2);
  for (const line of counted) expect(line.replaceAll(/\r|\x1b\[K/g, "").length).toBeLessThan(80);
});

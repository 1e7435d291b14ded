/** What `npx weir test` runs: the contract suite of the package, and the tests of the project. */
import { defineConfig } from "vitest/config";
import { LIBRARY, ROOT } from "../setup/root.ts";

const limits = { testTimeout: 60_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { root: LIBRARY, test: { name: "contract", include: ["test/contract/*.test.ts"], exclude: [], ...limits } },
      { root: ROOT, test: { name: "plugins", include: ["test/**/*.test.ts"], ...limits } },
    ],
  },
});

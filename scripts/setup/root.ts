import { join } from "node:path";

/** Where Weir's own files are, absolute: its repository, or `node_modules/weir` where it is a package. */
export const LIBRARY = join(import.meta.dirname, "..", "..");

/**
 * The project whose plugins are built and tested, absolute: `plugins/` and `test/` are there, `dist/`, `build/` and `.tools/` go
 * there. Weir itself, or the folder in which `npx weir` (`scripts/bin.mjs`) was called.
 */
export const ROOT = process.env["WEIR_PROJECT"] ?? LIBRARY;

/** Whether plugins are built on Weir as a package. */
export const IS_PACKAGE = ROOT !== LIBRARY;

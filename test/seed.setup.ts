import fc from "fast-check";
import { SEED } from "./lib/seeded.ts";

// Where a property names no seed of its own, so that a run can be repeated.
fc.configureGlobal({ seed: SEED });

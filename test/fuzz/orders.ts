import { type Problem } from "./rig.ts";

/** What the worker is told to do. */
export type Order = RunOrder | { kind: "check"; fuzzCase: string; isFresh: boolean };

/** The cases from `from` up to and without `to`. */
export interface RunOrder {
  kind: "run";
  plugin: string;
  seed: number;
  from: number;
  to: number;
}

/** What it says: how far it is, or that an order is carried out. */
export type Answer =
  | { kind: "at"; done: number }
  | { kind: "ran"; done: number; pages: number; slowest: { index: number; milliseconds: number }; problem?: Problem }
  | { kind: "checked"; problem?: Problem };

import { Glob } from "../../../assembly/match/glob";
import { GlobList } from "../../../assembly/match/glob-list";

export function matches(pattern: string, value: ArrayBuffer, ignoreCase: bool): bool {
  return new Glob(pattern, ignoreCase).matches(changetype<usize>(value), value.byteLength);
}

/** Patterns are separated by line ends. */
export function find(patterns: string, value: ArrayBuffer, ignoreCase: bool): i32 {
  return new GlobList(patterns.split("\n"), ignoreCase).find(changetype<usize>(value), value.byteLength);
}

export function findInNothing(value: ArrayBuffer): i32 {
  return new GlobList([]).find(changetype<usize>(value), value.byteLength);
}

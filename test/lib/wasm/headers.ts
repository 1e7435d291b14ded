import { ByteString, Bytes } from "../../../assembly/bytes/view";
import { HeaderNames } from "../../../assembly/filter/header-names";
import { HeaderPairs } from "../../../assembly/host/pairs";

const pairs = new HeaderPairs();
const view = new Bytes();

/** How many pairs the map has; -1 when it is none. It has to be kept as long as it is looked at. */
export function parse(map: ArrayBuffer): i32 {
  return pairs.parse(view.set(changetype<usize>(map), map.byteLength)) ? pairs.count : -1;
}

/** The first value of the name; null when there is none. */
export function first(name: string): string | null {
  const value = pairs.get(new ByteString(name));
  return value == null ? null : value.toString();
}

/** How many values the last `first` saw. */
export function occurrences(): i32 {
  return pairs.occurrences;
}

export function nameAt(index: i32): string {
  return pairs.nameAt(index, view).toString();
}

export function valueLengthAt(index: i32): i32 {
  return pairs.valueLengthAt(index);
}

/** Names are separated by line ends. */
export function isNamed(names: string, name: ArrayBuffer): bool {
  return new HeaderNames(names.split("\n")).has(changetype<usize>(name), name.byteLength);
}

import { isBlank } from "./ascii";
import { findByte } from "./find";
import { Bytes } from "./view";

const COMMA: u8 = 0x2c;

/**
 * Takes the first element off a list that commas separate, and points `element` at it, without the white space (SP, HTAB) around
 * it: it may be empty. Nothing is left once `list` has length 0. Source: RFC 9110, 5.6.1 and 5.6.3.
 */
export function takeElement(list: Bytes, element: Bytes): void {
  const end = list.pointer + list.length;
  let first = list.pointer;
  let last = findByte(first, end, COMMA);
  const next = min(last + 1, end);
  while (first < last && isBlank(load<u8>(first))) first++;
  while (last > first && isBlank(load<u8>(last - 1))) last--;
  list.set(next, <i32>(end - next));
  element.set(first, <i32>(last - first));
}

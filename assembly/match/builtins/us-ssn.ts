import { Builtin } from "./builtin";
import { hasSsnWord } from "./context";
import { DigitGroups } from "./digit-groups";
import { Sight } from "./sight";

const SHAPE: u32 = 0x324;
const DIGITS: i32 = 9;

/** Whether the beginning is that of a Social Security number. */
export function mayBeUsSsn(sight: Sight, groups: DigitGroups, at: i32): bool {
  return groups.firstLength == DIGITS ? hasSsnWord(sight, at) : groups.firstLength == 3 && groups.secondLength == 2;
}

/**
 * A Social Security number at the first group: area, group and serial in groups, or nine digits behind a word that says so.
 *
 * No area 000, 666 or 900 and above, no group 00, no serial 0000 (SSA, POMS RM 10201.035).
 */
export function findUsSsn(sight: Sight, groups: DigitGroups): void {
  const isWhole = groups.length(0) == DIGITS;
  if (!isWhole && (groups.shape(3) != SHAPE || !groups.isUniform(1, 2))) return;
  if (!isWhole && (groups.separator(1) == 0x2f || groups.parentheses != 0)) return;
  const area = groups.value(0, 3);
  if (area == 0 || area == 666 || area >= 900) return;
  if (groups.value(3, 2) == 0 || groups.value(5, 4) == 0) return;
  const end = groups.end(isWhole ? 0 : 2);
  if (!sight.isApart(groups.start, end)) return;
  sight.found(Builtin.UsSsn, groups.start, end);
}

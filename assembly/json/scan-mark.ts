/** How deep a text may be where it is marked. */
export const MAX_MARK_LEVELS: i32 = 8;

/** Where a scanner is in a text, between two tokens: enough to go on in another text that begins with the same bytes. */
@final
export class ScanMark {
  /** How many bytes come before. */
  offset: u64 = 0;
  expect: i32 = 0;
  depth: i32 = 0;
  nesting: u64 = 0;
  /** Of the containers on some path's way, by level. */
  trackedDepth: i32 = 0;
  next: i32 = 0;
  readonly containers: StaticArray<i32> = new StaticArray<i32>(MAX_MARK_LEVELS);
  readonly seen: StaticArray<u64> = new StaticArray<u64>(MAX_MARK_LEVELS);
}

/** How deep objects and arrays may be nested. */
export const MAX_DEPTH: i32 = 512;

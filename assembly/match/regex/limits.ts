/** How long a pattern may be, in bytes of UTF-8. */
export const MAX_PATTERN_BYTES: i32 = 1024;
/** How deep groups may be nested. */
export const MAX_GROUPS_DEEP: i32 = 100;
/** The most repetitions that `{n,m}` may ask for, also when multiplied with those around it. RE2's limit. */
export const MAX_REPETITIONS: i32 = 1000;
/** How many nodes the automaton of a set may have: about one a character of a pattern, a few for each class beyond ASCII. */
export const MAX_NODES: i32 = 10000;
/** How many ranges of bytes the nodes of a set may have, beside the one that most have. */
export const MAX_EDGES: i32 = 40000;
/** How many patterns a set may have. */
export const MAX_PATTERNS: i32 = 512;
/**
 * How many nodes of a set a single byte can make it look at: what bounds the time a byte takes, whatever patterns and text;
 * about 10 to 20 ns each, where the states that a text meets are too many to be kept. A repetition such as `\d{6}` counts 6,
 * `.{200}` 200, a loop such as `\w+` one or two, a word as many as its commonest letter has occurrences.
 */
export const MAX_LOOKED: i32 = 500;

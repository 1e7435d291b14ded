import { createRequire } from "node:module";

interface Re2 {
  ok(): boolean;
  error(): string;
  match(text: string, start: number, withGroups: boolean): { index: number; match: string };
  delete(): void;
}

type Re2Constructor = new (pattern: string, ignoreCase: boolean, multiLine: boolean, dotAll: boolean) => Re2;

// What the package's own class wraps: that one rewrites patterns from JavaScript's syntax, and forgets them in the heap.
const { WrappedRE2 } = createRequire(import.meta.url)("re2-wasm/build/wasm/re2") as { WrappedRE2: Re2Constructor };

/** What RE2 says to a pattern, null when it takes it. */
export function re2Error(pattern: string): string | null {
  return withRe2(pattern, (re2) => (re2.ok() ? null : re2.error()));
}

/** For each text the matches that are not empty of RE2's repeated search, in bytes; null when it refuses the pattern. */
export function re2Matches(pattern: string, texts: string[]): [start: number, end: number][][] | null {
  return withRe2(pattern, (re2) => (re2.ok() ? texts.map((text) => matchesIn(re2, text)) : null));
}

function matchesIn(re2: Re2, text: string): [start: number, end: number][] {
  const matches: [number, number][] = [];
  // It counts in code points.
  const characters = [...text];
  const bytesTo = (index: number) => Buffer.byteLength(characters.slice(0, index).join(""));
  for (let at = 0; at <= characters.length;) {
    const { index, match } = re2.match(text, at, false);
    if (index < 0) break;
    // An empty match may lie within a character, where its index says little: just try again one further.
    if (match === "") {
      at++;
      continue;
    }
    at = index + [...match].length;
    matches.push([bytesTo(index), bytesTo(at)]);
  }
  return matches;
}

function withRe2<T>(pattern: string, use: (re2: Re2) => T): T {
  const re2 = new WrappedRE2(pattern, false, false, false);
  try {
    return use(re2);
  } finally {
    re2.delete();
  }
}

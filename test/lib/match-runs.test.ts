import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { loadModule, type LoaderExports } from "./load.ts";
import { SEED } from "./seeded.ts";

interface Scanner {
  inputPointer(): number;
  hitsPointer(): number;
  hitsLength(): number;
  clear(): void;
  add(word: number, id: number): number;
  make(maxHoldBytes: number, hasShapes: boolean, views: number): void;
  begin(): void;
  feed(start: number, length: number): void;
  finish(): void;
}

type Hit = [id: number, start: number, end: number];

const SPACED = 1 << 2;
const DECODED = 1 << 3;

let m: Scanner & LoaderExports;

beforeAll(async () => {
  m = await loadModule<Scanner>("match-scanner");
});

function make(words: string[], views: number): void {
  m.__collect();
  m.clear();
  words.forEach((word, id) => m.add(m.__newString(word), id));
  m.make(256, false, views);
}

function scan(text: string | Uint8Array, cuts: number[] = []): Hit[] {
  const bytes = Buffer.from(text);
  m.begin();
  let from = 0;
  for (const cut of [...cuts.filter((place) => place < bytes.length).sort((a, b) => a - b), bytes.length]) {
    new Uint8Array(m.memory.buffer, m.inputPointer(), cut - from).set(bytes.subarray(from, cut));
    m.feed(0, cut - from);
    from = cut;
  }
  m.finish();
  const all = new Int32Array(m.memory.buffer, m.hitsPointer(), m.hitsLength());
  const hits: Hit[] = [];
  for (let i = 0; i < all.length; i += 5) hits.push([all[i]!, all[i + 1]!, all[i + 2]!]);
  return sorted(hits);
}

function sorted(hits: Hit[]): Hit[] {
  return hits.sort((a, b) => a[1] - b[1] || a[2] - b[2] || a[0] - b[0]);
}

const byteAt = (characters: string[], index: number): number => Buffer.byteLength(characters.slice(0, index).join(""));

describe("letters that stand apart", () => {
  const WORDS = ["abab", "ab-a", "bb a", "aaaa\u4e2d", "babba"];
  const isSeparator = (character: string | undefined): boolean =>
    character === undefined || !/[a-z0-9\u4e2d]/.test(character);

  /** Reads every run of the text by its definition, and looks for every word at every place in it. */
  function reference(text: string): Hit[] {
    const characters = [...text];
    const hits = new Map<string, Hit>();
    for (let first = 0; first < characters.length; first++) {
      const separator = characters[first + 1];
      if (isSeparator(characters[first]) || !isSeparator(characters[first - 1]) || separator === undefined) continue;
      if (!isSeparator(separator)) continue;
      const letters: { letter: string; from: number; to: number }[] = [
        { letter: characters[first]!, from: first, to: first + 1 },
      ];
      for (let at = first + 1; at < characters.length;) {
        let gap = 0;
        while (characters[at + gap] === separator) gap++;
        if (gap === 0 || gap > 3 || at + gap >= characters.length) break;
        if (gap > 1) letters.push({ letter: gap === 2 ? " " : separator, from: at, to: at + gap });
        letters.push({ letter: characters[at + gap]!, from: at + gap, to: at + gap + 1 });
        at += gap + 1;
      }
      WORDS.forEach((word, id) => {
        const wanted = [...word];
        for (let at = 0; at + wanted.length <= letters.length; at++) {
          if (!wanted.every((letter, i) => letters[at + i]!.letter === letter)) continue;
          const { from } = letters[at]!;
          const { to } = letters[at + wanted.length - 1]!;
          hits.set(`${id} ${from} ${to}`, [id, byteAt(characters, from), byteAt(characters, to)]);
        }
      });
    }
    return sorted([...hits.values()]);
  }

  test("are together what their definition says", () => {
    make(WORDS, SPACED);
    const part = fc.constantFrom(
      "a",
      "b",
      "a",
      "b",
      " ",
      " ",
      "-",
      ".",
      "a b a b",
      "b-a-b-b-a",
      "\u4e2d",
      "\u{1f600}",
      "1",
      "ab",
      "a a a a \u4e2d",
    );
    let found = 0;
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 40 }),
        fc.constantFrom("", " ", "-", "\u{1f600}"),
        fc.array(fc.nat(200), { maxLength: 5 }),
        (parts, joint, cuts) => {
          const text = parts.join(joint);
          const expected = reference(text);
          found += expected.length;
          expect(scan(text)).toEqual(expected);
          expect(scan(text, cuts)).toEqual(expected);
        },
      ),
      { numRuns: 3000, seed: SEED },
    );
    expect(found).toBeGreaterThan(1000);
  });

  test("are looked at to the end of a run of any length", () => {
    make(WORDS, SPACED);
    const run = [..."x".repeat(3000), ..."abab", ..."y".repeat(3000), ..."abab"].join(" ");
    expect(scan(run)).toEqual([
      [0, 6000, 6007],
      [0, 12008, 12015],
    ]);
    expect(scan(run, [1, 5999, 6003, 12010])).toEqual(scan(run));
  });
});

describe("what is encoded", () => {
  const WORD = "secret";
  const filler = fc.stringMatching(/^[a-z ,.]{0,40}$/);
  const text = fc.array(
    fc.oneof(filler, fc.constantFrom(` ${WORD} `, " \u043f\u043b\u0430\u043d ", " \u8ba1\u5212 ")),
    { minLength: 1, maxLength: 20 },
  );

  /** The places of the word in a text, whole words only. */
  function places(data: string): number[] {
    return [...data.matchAll(new RegExp(`(?<![a-z0-9\u0400-\u04ff])${WORD}(?![a-z0-9\u0400-\u04ff])`, "g"))].map(
      ({ index }) => byteAt([...data], [...data.slice(0, index)].length),
    );
  }

  /** Cuts a run into lines; returns it, and where a character of it is then. */
  function wrap(run: string, width: number, end: string): [wrapped: string, place: (index: number) => number] {
    const wrapped = run.match(new RegExp(`.{1,${width}}`, "g"))!.join(end);
    return [wrapped, (index) => index + Math.floor(index / width) * end.length];
  }

  test.each<[what: string, encoding: BufferEncoding, bytes: number, characters: number]>([
    ["in base64", "base64", 3, 4],
    ["in base64 for URLs", "base64url", 3, 4],
    ["in hexadecimal digits", "hex", 1, 2],
  ])("%s is found where it is", (_, encoding, unitBytes, unitCharacters) => {
    make([WORD], DECODED);
    let found = 0;
    fc.assert(
      fc.property(
        text,
        fc.constantFrom<[number, string]>([1e6, ""], [76, "\n"], [64, "\r\n"], [25, "\n"]),
        fc.array(fc.nat(2000), { maxLength: 6 }),
        (parts, [width, end], cuts) => {
          const data = parts.join("").padEnd(24, ".");
          const run = Buffer.from(data).toString(encoding).replace(/=+$/, "");
          const [wrapped, place] = wrap(run, width, end);
          const expected = places(data).map((at): Hit => {
            const first = Math.floor(at / unitBytes) * unitCharacters;
            const last = Math.min(Math.ceil((at + WORD.length) / unitBytes) * unitCharacters, run.length) - 1;
            return [0, 4 + place(first), 4 + place(last) + 1];
          });
          found += expected.length;
          const whole = `run ${wrapped} now`;
          expect(scan(whole)).toEqual(expected);
          expect(scan(whole, cuts)).toEqual(expected);
        },
      ),
      { numRuns: 1000, seed: SEED },
    );
    expect(found).toBeGreaterThan(500);
  });

  test("is looked at to the end of a run of any length", () => {
    make([WORD], DECODED);
    const data = `${"nothing here. ".repeat(3000)}${WORD}`;
    const run = Buffer.from(data).toString("base64");
    const end = run.replace(/=+$/, "").length;
    const [hit, ...others] = scan(run, [77, 3000, 50_001]);
    expect(others).toEqual([]);
    expect(Buffer.from(run.slice(hit![1], hit![2]), "base64").toString()).toContain(WORD);
    expect(hit![2]).toBe(end);
  });

  test("is nothing where it is no text, whatever words the bytes have", () => {
    make(["abc"], DECODED);
    // Every other byte is a control character.
    const pair = fc.tuple(fc.nat(255), fc.constantFrom(0x01, 0x07, 0x1b, 0x1f, 0x7f));
    const noise = fc.array(pair, { minLength: 6, maxLength: 6 }).map((pairs) => Buffer.from(pairs.flat()));
    fc.assert(
      fc.property(fc.array(noise, { minLength: 3, maxLength: 20 }), (parts) => {
        const bytes = Buffer.concat(parts.flatMap((part) => [part, Buffer.from(" abc ")]));
        expect(scan(bytes.toString("base64"))).toEqual([]);
        expect(scan(bytes.toString("hex"))).toEqual([]);
      }),
      { numRuns: 500, seed: SEED },
    );
  });
});

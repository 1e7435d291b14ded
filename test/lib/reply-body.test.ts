import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { CASES, WORDS } from "./reply-cases.ts";
import { masked, sent, told, whole } from "./reply-marks.ts";
import { ReplyBodyModule } from "./reply-module.ts";
import { type Escapes, json } from "./reply-wire.ts";
import { SEED } from "./seeded.ts";

let bodies: ReplyBodyModule;

beforeAll(async () => {
  bodies = await ReplyBodyModule.load();
});

/** Each document of each case, as an answer of its own: then no text grows. */
const DOCUMENTS = CASES.flatMap(({ name, documents }) =>
  documents.map((document, index): [string, unknown] => [`${name}, document ${index + 1}`, whole(document)]),
).filter(([, document]) => typeof document === "object" && !isSound(document));

/** Sound is only told from text by the event's type, which bodies have none of. */
function isSound(document: unknown): boolean {
  return (document as { type?: string }).type === "response.audio.delta";
}

const sorted = (texts: { text: string }[]): string[] => texts.map(({ text }) => text).sort();

describe.each(["least", "ascii", "all"] as Escapes[])("a body, with %s escapes", (escapes) => {
  test.each(DOCUMENTS)("is told and masked as a whole: %s", (_, document) => {
    const body = json(sent(document), escapes);
    const { seen, told: heard, outcome } = bodies.show(body, [], { words: WORDS });
    expect(sorted(heard)).toEqual(sorted(told([document])));
    const [expected] = masked([document], WORDS);
    expect(JSON.parse(seen.toString())).toEqual(expected);
    expect(outcome).toBe(JSON.stringify(expected) === JSON.stringify(sent(document)) ? "Unchanged" : "Changed");
  });

  test("is the same in whatever windows it comes, the first time and the second", () => {
    const documents = CASES.filter(({ framing }) => framing === "json").map(({ documents: [document] }) => document);
    for (const document of documents) {
      const body = Buffer.from(json(sent(document), escapes));
      const { seen } = bodies.show(body, [], { words: WORDS });
      const step = Math.ceil(body.length / 400);
      for (let cut = 0; cut <= body.length; cut += step) {
        expect(bodies.show(body, [cut], { words: WORDS }, [body.length - cut]).seen.equals(seen), `cut at ${cut}`).toBe(
          true,
        );
      }
      const each = [...body.keys()];
      expect(bodies.show(body, each, { words: WORDS }, []).seen.toString()).toBe(seen.toString());
      expect(bodies.show(body, [], { words: WORDS }, each).seen.toString()).toBe(seen.toString());
    }
  });
});

const TEXT = '{"choices":[{"message":{"content":"hide me"}}]}';

describe("a body", () => {
  test("keeps every byte around what is masked", () => {
    const body =
      '\u{feff} {"choices" : [ {"message":{"content":"caf\\u00e9\\/ hide me\\n\\ud83d\\ude00","x":1e5}, "logprobs":{"a":[1]}} ]}\n';
    const { seen } = bodies.show(body, [], { words: [{ word: "hide me", mask: "-" }] });
    expect(seen.toString()).toBe(body.replace("hide me", "-").replace('{"a":[1]}', "null"));
  });

  test.each([
    ["no JSON", "upstream connect error"],
    ["cut off", TEXT.slice(0, -1)],
    ["followed by more", `${TEXT}{}`],
    ["nothing", ""],
    ["not UTF-8", Buffer.from('{"a":"\xff"}', "latin1")],
  ])("is unreadable: %s", (_, body) => {
    expect(bodies.show(body).outcome).toBe("Unreadable");
  });

  test("is rejected in whatever windows it comes", () => {
    for (let cut = 0; cut <= TEXT.length; cut++) {
      expect(bodies.show(TEXT, [cut], { rejected: ["hide me"] }).outcome).toBe("Rejected");
    }
  });

  test("with more to mask than can be noted is over the budget", () => {
    bodies.setBudget(64);
    const content = "hide me ".repeat(20);
    const body = JSON.stringify({ content });
    expect(bodies.show(body, [], { words: WORDS }).outcome).toBe("OverBudget");
    expect(bodies.show(TEXT, [], { words: WORDS }).outcome).toBe("Changed");
    bodies.setBudget(1 << 18);
  });

  test("is masked in texts of any length, wherever the words are", () => {
    const piece = fc.constantFrom(
      "hide me",
      "SECRET-42",
      "SECRET-4",
      "hide ",
      "\u{1f600}",
      "\u00e9",
      '"',
      "\\",
      "\n",
      "a",
      " ",
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(piece, { maxLength: 40 }), { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        (texts, places) => {
          const contents = texts.map((pieces) => pieces.join(""));
          const document = { choices: contents.map((content) => ({ message: { content } })) };
          const body = Buffer.from(JSON.stringify(document));
          const cuts = places.map((place) => place % (body.length + 1)).sort((a, b) => a - b);
          const { seen } = bodies.show(body, cuts, { words: WORDS });
          const clean = (JSON.parse(seen.toString()) as typeof document).choices.map(({ message }) => message.content);
          expect(clean).toEqual(contents.map((text) => maskedText(text)));
        },
      ),
      { numRuns: 500, seed: SEED },
    );
  });
});

function maskedText(text: string): string {
  return WORDS.reduce((clean, { word, mask }) => clean.replaceAll(word, mask), text);
}

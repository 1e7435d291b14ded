import { type Heard } from "./heard.ts";

/** One text that a prompt reader told: its scopes as letters, and where its raw bytes are. */
export interface ToldText {
  scope: string;
  text: string;
  start: number;
  end: number;
  isNumber: boolean;
}

const SCOPES = ["S", "U", "A", "I", "O"];

/** System, user, assistant, tool input, tool output. */
export function lettersOf(mask: number): string {
  return SCOPES.filter((_, bit) => mask & (1 << bit)).join("");
}

/** The texts of what a `PromptLog` heard; those that never got a scope have none. */
export function textsOf(events: Heard[]): ToldText[] {
  const texts: ToldText[] = [];
  let pieces: Uint8Array[] = [];
  let unscoped = 0;
  for (const { letter, first, second, bytes } of events) {
    if (letter === "T") {
      pieces = [];
      texts.push({ scope: "", text: "", start: first, end: -1, isNumber: false });
    } else if (letter === "B") {
      pieces.push(bytes);
    } else if (letter === "E") {
      const text = texts[texts.length - 1]!;
      text.text = Buffer.concat(pieces).toString();
      text.end = first;
    } else if (letter === "N") {
      const text = Buffer.from(bytes).toString();
      texts.push({ scope: "", text, start: first, end: first + second, isNumber: true });
    } else if (letter === "S") {
      for (; unscoped < texts.length; unscoped++) texts[unscoped]!.scope = lettersOf(second);
    }
  }
  return texts;
}

/** What was heard in its order, whatever pieces the texts came in. */
export function eventsOf(events: Heard[]): string[] {
  return events
    .filter(({ letter }) => letter !== "B")
    .map(({ letter, first, second }) => `${letter} ${first} ${second}`);
}

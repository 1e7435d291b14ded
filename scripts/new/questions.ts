import { createInterface } from "node:readline/promises";
import { problemOf } from "./name.ts";

/** What a new plugin is called, and what its README begins with. */
export interface Answers {
  name: string;
  description?: string;
}

/** Asks for what `new` needs, again until the name can be had. Rejects with an `AbortError` when the input ends first. */
export async function ask(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<Answers> {
  const terminal = createInterface({ input, output });
  const lines = terminal[Symbol.asyncIterator]();
  const answer = async (question: string): Promise<string> => {
    output.write(question);
    const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
    if (done) throw new DOMException("the answers ended early", "AbortError");
    return value.trim();
  };
  try {
    for (;;) {
      const name = await answer("Name of the plugin, in kebab-case: ");
      const problem = problemOf(name);
      if (problem !== undefined) {
        output.write(`${name || "it"} ${problem}\n`);
        continue;
      }
      const description = await answer("What it does, in a sentence (may be empty): ");
      return description === "" ? { name } : { name, description };
    }
  } finally {
    terminal.close();
  }
}

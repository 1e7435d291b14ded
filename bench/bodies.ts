import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { WORKSPACE, folder } from "./workspace.ts";

/** The model that every body names and that the route of the benchmark matches. */
export const MODEL = "gpt-4o-mini";

/** Whether `model` comes before `messages` in the body, or after them as OpenAI's SDK for Python writes it. */
export type Position = "first" | "last";

/** The sizes by name, in bytes. */
export const SIZES: Readonly<Record<string, number>> = {
  "1k": 1 << 10,
  "16k": 16 << 10,
  "256k": 256 << 10,
  "1m": 1 << 20,
  "20m": 20 << 20,
};

const TURN =
  'Please review this change: "parse(x)" returns\n\n```python\nif x["model"] == \'a\\b\':\n\treturn {"k": [1, 2.5, null]}\n```\n' +
  "Naïve café – résumé; 你好, Привет. The gateway counts tokens, checks the budget and picks an upstream for every request. ";

/** Bodies up to this size take one TURN a message, larger ones eight: real conversations grow both ways. */
const SHORT_TURNS_BELOW = 4096;

interface Message {
  role: string;
  content: string;
}

/**
 * An OpenAI chat completion request of exactly `size` bytes (at least 512): several turns with source code, so with
 * escapes in about every 20th byte, and with text that isn't ASCII.
 */
export function chatBody(size: number, position: Position, stream = false): Buffer {
  const settings = {
    temperature: 0.7,
    max_tokens: 512,
    user: "u-1234",
    ...(stream && { stream: true, stream_options: { include_usage: true } }),
  };
  const messages: Message[] = [{ role: "system", content: "You are a helpful assistant." }];
  const encode = (): Buffer =>
    Buffer.from(
      JSON.stringify(
        position === "first" ? { model: MODEL, messages, ...settings } : { messages, model: MODEL, ...settings },
      ),
    );

  const content = TURN.repeat(size < SHORT_TURNS_BELOW ? 1 : 8);
  let length = encode().length;
  for (let turn = 0; ; turn++) {
    const message = { role: turn % 2 === 0 ? "user" : "assistant", content };
    const added = Buffer.byteLength(JSON.stringify(message)) + 1;
    if (length + added > size) break;
    messages.push(message);
    length += added;
  }
  const filler = { role: "user", content: "" };
  const left = size - length - JSON.stringify(filler).length - 1;
  if (left >= 0) messages.push({ ...filler, content: "x".repeat(left) });
  else messages[0]!.content += " ".repeat(size - length);
  return encode();
}

/** Writes the body of that size's name for a load generator that reads files, and returns the file's path. */
export function bodyFile(size: string, position: Position, stream = false): string {
  const path = join(folder(WORKSPACE, "bodies"), `${size}-${stream ? "stream" : position}.json`);
  writeFileSync(path, chatBody(SIZES[size]!, position, stream));
  return path;
}

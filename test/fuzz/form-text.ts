import { type Dice } from "./dice.ts";
import { TEXTS } from "./dictionary.ts";

/** A form as it is sent: the content type with its boundary, and the body. */
export interface Form {
  contentType: string;
  body: Buffer;
}

const NAMES = ["file", "purpose", "model", "prompt", "language", "image[]", "stream", "", "mod%65l", "Model"];
const PURPOSES = ["batch", "batch", "fine-tune", "assistants", "Batch", " batch"];

/** An upload of these lines as a batch file, or a form with a file of any bytes; boundaries, parts and ends often odd. */
export function formOf(lines: readonly string[], dice: Dice): Form {
  const boundary = dice.pick([
    "cut",
    "cut",
    "----WebKitFormBoundaryx1",
    "a'()+_,-./:=?b",
    "x".repeat(70),
    "x".repeat(71),
  ]);
  const isOdd = dice.chance(3);
  const newline = isOdd ? dice.pick(["\r\n", "\r\n", "\n"]) : "\r\n";
  const parts = [
    field("purpose", dice.pick(PURPOSES), isOdd, dice),
    field("model", dice.pick(["gpt-4o", "fast", "nobody", dice.pick(TEXTS)]), isOdd, dice),
    part("file", dice.pick(["a.jsonl", "a.wav", 'q\\"uote.jsonl', ""]), jsonLines(lines, dice), isOdd, dice),
  ];
  if (dice.chance(2)) parts.push(field(dice.pick(NAMES), dice.pick(TEXTS), isOdd, dice));
  if (dice.chance(4)) parts.push(part(dice.pick(NAMES), dice.pick(TEXTS), dice.pick(TEXTS), isOdd, dice));
  if (dice.chance(2)) parts.push(parts.shift()!);
  if (dice.chance(4)) parts.splice(dice.below(parts.length), 1);
  const delimiter = `--${boundary}`;
  let text = isOdd && dice.chance(4) ? `preamble${newline}` : "";
  for (const one of parts) {
    text += `${delimiter}${isOdd && dice.chance(8) ? dice.pick([" ", "\t", "x", "--"]) : ""}${newline}${one.join(newline)}${newline}`;
    if (isOdd && dice.chance(8)) text += delimiter.slice(0, dice.below(delimiter.length + 1));
  }
  if (!isOdd || !dice.chance(4)) text += `${delimiter}--${newline}`;
  if (isOdd && dice.chance(6)) text += `epilogue ${delimiter}${newline}`;
  return { contentType: contentTypeOf(boundary, isOdd, dice), body: Buffer.from(text) };
}

/** A part as lines: its headers, an empty one, its content. */
function part(name: string, file: string | undefined, content: string, isOdd: boolean, dice: Dice): string[] {
  const key = isOdd
    ? dice.pick(["content-disposition", "Content-Disposition", "content-disposition "])
    : "content-disposition";
  const fileName =
    file === undefined ? "" : isOdd && dice.chance(4) ? `; filename*=UTF-8''${file}` : `; filename="${file}"`;
  const quoted = isOdd && dice.chance(6) ? name : `"${name}"`;
  const lines = [`${key}: form-data; name=${quoted}${fileName}`];
  if (file !== undefined && dice.chance(2)) lines.push("content-type: application/jsonl");
  if (isOdd && dice.chance(6)) lines.push(`x-long: ${"y".repeat(dice.pick([10, 5000, 20_000]))}`);
  if (isOdd && dice.chance(6)) lines.push("content-transfer-encoding: base64");
  return [...lines, ...(isOdd && dice.chance(12) ? [] : [""]), content];
}

function field(name: string, value: string, isOdd: boolean, dice: Dice): string[] {
  return part(name, undefined, value, isOdd, dice);
}

function jsonLines(lines: readonly string[], dice: Dice): string {
  return lines.map((line) => line + dice.pick(["\n", "\n", "\r\n", "\n\n", " \n"])).join("");
}

function contentTypeOf(boundary: string, isOdd: boolean, dice: Dice): string {
  const quoted = /[^\w-]/.test(boundary) ? `"${boundary}"` : boundary;
  if (!isOdd) return `multipart/form-data; boundary=${quoted}`;
  return dice.pick([
    `Multipart/Form-Data; charset=utf-8; Boundary="${boundary}"`,
    `multipart/form-data;boundary=${boundary}`,
    `multipart/form-data; boundary=${quoted} ; x=y`,
    `multipart/form-data; boundary="${boundary}`,
    `multipart/form-data; boundary=${boundary}; boundary=other`,
    "multipart/form-data",
    "multipart/mixed; boundary=cut",
    `application/json, multipart/form-data; boundary=${quoted}`,
  ]);
}

/** How the strings of a JSON text are written. */
export type Escapes = "least" | "ascii" | "all";

/** Like `JSON.stringify`, with more escapes than it takes. */
export function json(value: unknown, escapes: Escapes = "least"): string {
  if (typeof value === "string") {
    if (escapes === "all") return `"${[...units(value)].map(unicode).join("")}"`;
    const text = JSON.stringify(value);
    return escapes === "least" ? text : text.replaceAll("/", "\\/").replace(/[^\0-\x7f]/gu, (one) => escaped(one));
  }
  if (Array.isArray(value)) return `[${value.map((one) => json(one, escapes)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, one]) => `${json(key, escapes)}:${json(one, escapes)}`)
    .join(",")}}`;
}

function units(text: string): number[] {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
}

function unicode(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}

function escaped(letter: string): string {
  return units(letter).map(unicode).join("");
}

export interface SseStyle {
  eol?: string;
  /** The events have their types as names. */
  named?: boolean;
  escapes?: Escapes;
  /** What comes before each event. */
  before?: string;
  /** The data is broken into lines at its commas. */
  lines?: boolean;
  end?: string;
}

/** Documents as Server-Sent Events. */
export function sse(documents: unknown[], style: SseStyle = {}): string {
  const { eol = "\n", named = false, escapes = "least", before = "", lines = false, end = "" } = style;
  const events = documents.map((document) => {
    const name = named ? `event: ${(document as { type: string }).type}${eol}` : "";
    const text = json(document, escapes);
    // A comma in a string is not followed by a quote or brace often; where it is, the data has another line break there.
    const data = lines ? breakLines(text).join(`${eol}data:`) : text;
    return `${before}${name}data: ${data}${eol}${eol}`;
  });
  return events.join("") + (end && `data: ${end}${eol}${eol}`);
}

/** A JSON text in lines, cut after commas that are not in strings. */
function breakLines(text: string): string[] {
  const lines = [""];
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    lines[lines.length - 1] += letter;
    if (letter === "\\") lines[lines.length - 1] += text[++at]!;
    else if (letter === '"') isInString = !isInString;
    else if (letter === "," && !isInString) lines.push("");
  }
  return lines;
}

/** The events of a stream: what each has as data, and its own bytes. WHATWG HTML, "Interpreting an event stream". */
export function readSse(stream: string): { data: string; raw: string }[] {
  const events: { data: string; raw: string }[] = [];
  let data: string[] = [];
  let raw = "";
  for (const line of stream.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/gu) ?? []) {
    raw += line;
    const content = line.replace(/[\r\n]+$/u, "");
    if (content === "") {
      if (data.length > 0) events.push({ data: data.join("\n"), raw });
      data = [];
      raw = "";
    }
    const value = /^data(?::(?: ?(.*)))?$/su.exec(content.replace(/^\u{feff}/u, ""));
    if (value) data.push(value[1] ?? "");
  }
  return events;
}

/** The JSON texts of an answer of one a line. */
export function readLines(text: string): unknown[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

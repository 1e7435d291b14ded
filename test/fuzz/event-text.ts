import { eventStreamText } from "../envoy/support/event-stream.ts";
import { type Dice } from "./dice.ts";
import { TEXTS } from "./dictionary.ts";

const ENDS = ["\n", "\r\n", "\r"];

/** Server-sent events with these data, in any mix of line ends, comments, names and fields that the format allows, or nearly. */
export function eventText(data: readonly string[], dice: Dice): string {
  const usual = dice.pick(ENDS);
  const isMixed = dice.chance(4);
  const end = (): string => (isMixed ? dice.pick(ENDS) : usual);
  const isOdd = dice.chance(2);
  let text = dice.chance(20) ? "\ufeff" : "";
  for (const one of data) {
    if (isOdd && dice.chance(4)) text += oddLine(dice) + end();
    text += dataLines(one, isOdd, dice, end);
    text += end();
    if (isOdd && dice.chance(6)) text += end();
  }
  return isOdd && dice.chance(8) ? text.slice(0, -dice.between(1, 4)) : text;
}

function oddLine(dice: Dice): string {
  switch (dice.below(8)) {
    case 0:
      return `: ${dice.pick(TEXTS).replaceAll(/[\r\n]/g, " ")}`;
    case 1:
      return ":";
    case 2:
      return `event: ${dice.pick(["message", "error", "ping", "message_delta", "x".repeat(3000)])}`;
    case 3:
      return `id: ${dice.pick(["1", "", "\0", "é"])}`;
    case 4:
      return `retry: ${dice.pick(["10", "x"])}`;
    case 5:
      return dice.pick(["data", "data:", "data: ", "Data: x", " data: x", "date: x", "dat", "x"]);
    case 6:
      return `${"y".repeat(dice.pick([10, 200, 70_000]))}: z`;
    default:
      return "";
  }
}

/** The data in one line or broken into several at whitespace or anywhere. */
function dataLines(data: string, isOdd: boolean, dice: Dice, end: () => string): string {
  const pieces = data.split(/\r\n|\r|\n/);
  if (isOdd && dice.chance(6)) {
    const last = pieces.pop()!;
    const at = dice.below(last.length + 1);
    pieces.push(last.slice(0, at), last.slice(at));
  }
  const colon = isOdd && dice.chance(4) ? "data:" : "data: ";
  return pieces.map((piece) => `${colon}${piece}${end()}`).join("");
}

/** The same events as lines of JSON, as one list, or as Amazon's binary event stream. */
export function linesOf(data: readonly string[], dice: Dice): string {
  return data.map((one) => one + dice.pick(["\n", "\n", "\r\n", "\n\n"])).join("");
}

export function listOf(data: readonly string[], dice: Dice): string {
  return `[${data.join(dice.pick([",", ",\r\n", ",\n"]))}${dice.chance(8) ? "" : "]"}`;
}

export function binaryEvents(data: readonly string[], dice: Dice): Buffer {
  const isChunked = dice.chance(2);
  const messages = data.map((one) => {
    if (isChunked) return eventStreamText("chunk", `{"bytes":"${Buffer.from(one).toString("base64")}"}`);
    return eventStreamText(dice.pick(["contentBlockDelta", "metadata", "messageStop", "exception"]), one);
  });
  return Buffer.concat(messages);
}

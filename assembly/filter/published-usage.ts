import { ByteString, Bytes } from "../bytes/view";
import { Published } from "./published";

const INPUT = new Published("input_tokens");
const OUTPUT = new Published("output_tokens");
const TOTAL = new Published("total_tokens");
const CACHED_INPUT = new Published("cached_input_tokens");
const REASONING = new Published("reasoning_tokens");
const SOURCE = new Published("usage_source");

const REPORTED = new ByteString("reported");
const ESTIMATED = new ByteString("estimated");
const view = new Bytes();

/** Publishes what one answer used, in tokens; what is unknown (negative) is left out, and no cached input or reasoning, too. */
export function publishUsage(input: i64, output: i64, cachedInput: i64, reasoning: i64, isReported: bool): void {
  INPUT.setNumber(input);
  OUTPUT.setNumber(output);
  TOTAL.setNumber(max<i64>(input, 0) + max<i64>(output, 0));
  if (cachedInput > 0) CACHED_INPUT.setNumber(cachedInput);
  if (reasoning > 0) REASONING.setNumber(reasoning);
  const source = isReported ? REPORTED : ESTIMATED;
  SOURCE.set(view.set(source.pointer, source.length));
}

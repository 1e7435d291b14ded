import { ByteString, Bytes } from "../bytes/view";
import { AnswerMeter } from "../llm/answer/meter";
import { CountReader, NO_COUNT } from "../llm/tokens/count";
import { Published } from "./published";

const INPUT = new Published("input_tokens");
const OUTPUT = new Published("output_tokens");
const TOTAL = new Published("total_tokens");
const CACHED_INPUT = new Published("cached_input_tokens");
const CACHE_CREATION = new Published("cache_creation_tokens");
const REASONING = new Published("reasoning_tokens");
const SOURCE = new Published("usage_source");

const REPORTED = new ByteString("reported");
const ESTIMATED = new ByteString("estimated");
const view = new Bytes();

/** Publishes what one answer used, in tokens; what is unknown is left out, and no cached input, cache creation or reasoning, too. */
export function publishUsage(meter: AnswerMeter): void {
  INPUT.setNumber(meter.input);
  OUTPUT.setNumber(meter.output);
  TOTAL.setNumber(max<i64>(meter.input, 0) + max<i64>(meter.output, 0));
  if (meter.cachedInput > 0) CACHED_INPUT.setNumber(meter.cachedInput);
  if (meter.cacheCreation > 0) CACHE_CREATION.setNumber(meter.cacheCreation);
  if (meter.reasoning > 0) REASONING.setNumber(meter.reasoning);
  const source = meter.isReported ? REPORTED : ESTIMATED;
  SOURCE.set(view.set(source.pointer, source.length));
}

/** What one answer used, in tokens, or `NO_COUNT` where that is not known. */
@final
export class PublishedUsage {
  input: i64 = NO_COUNT;
  output: i64 = NO_COUNT;
  cachedInput: i64 = NO_COUNT;
  cacheCreation: i64 = NO_COUNT;
  reasoning: i64 = NO_COUNT;
  isReported: bool = false;

  get isKnown(): bool {
    return this.input >= 0 || this.output >= 0;
  }

  reset(): void {
    this.input = NO_COUNT;
    this.output = NO_COUNT;
    this.cachedInput = NO_COUNT;
    this.cacheCreation = NO_COUNT;
    this.reasoning = NO_COUNT;
    this.isReported = false;
  }

  /** Takes what a plugin in front has published of the exchange at hand; false when none has. */
  read(): bool {
    const source = SOURCE.get();
    if (source == null) return false;
    this.isReported = REPORTED.equals(source.pointer, source.length);
    this.input = countOf(INPUT);
    this.output = countOf(OUTPUT);
    this.cachedInput = countOf(CACHED_INPUT);
    this.cacheCreation = countOf(CACHE_CREATION);
    this.reasoning = countOf(REASONING);
    return true;
  }

  take(meter: AnswerMeter): void {
    this.input = meter.input;
    this.output = meter.output;
    this.cachedInput = meter.cachedInput;
    this.cacheCreation = meter.cacheCreation;
    this.reasoning = meter.reasoning;
    this.isReported = meter.isReported;
  }
}

const reader = new CountReader();

function countOf(published: Published): i64 {
  const digits = published.get();
  if (digits == null || digits.length == 0) return NO_COUNT;
  reader.begin();
  reader.append(digits.pointer, digits.length);
  return reader.exact;
}

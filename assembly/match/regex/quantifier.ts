import { MAX_REPETITIONS } from "./limits";
import { Source } from "./source";
import { UNBOUNDED } from "./syntax-tree";

const BRACE_OPEN: u32 = 0x7b;
const BRACE_CLOSE: u32 = 0x7d;
const COMMA: u32 = 0x2c;
const QUESTION_MARK: u32 = 0x3f;
const NO_NUMBER: i32 = -1;

/** How often something is to be repeated. */
@final
export class Quantifier {
  least: i32 = 0;
  /** UNBOUNDED when there is no limit. */
  most: i32 = 0;
  /** Rather less often. */
  isLazy: bool = false;
}

/** Parses `*`, `+`, `?` or `{n,m}`, if one is next, with a `?` behind it. Braces that hold something else are characters. */
export function parseQuantifier(source: Source, quantifier: Quantifier): bool {
  quantifier.least = 0;
  quantifier.most = UNBOUNDED;
  switch (source.peek()) {
    case 0x2a: // *
      source.at++;
      break;
    case 0x2b: // +
      source.at++;
      quantifier.least = 1;
      break;
    case QUESTION_MARK:
      source.at++;
      quantifier.most = 1;
      break;
    case BRACE_OPEN:
      if (!parseBraces(source, quantifier)) return false;
      break;
    default:
      return false;
  }
  quantifier.isLazy = source.accept(QUESTION_MARK);
  return true;
}

function parseBraces(source: Source, quantifier: Quantifier): bool {
  const start = source.at++;
  quantifier.least = parseNumber(source);
  quantifier.most = quantifier.least;
  if (quantifier.least != NO_NUMBER && source.accept(COMMA)) {
    quantifier.most = source.peek() == BRACE_CLOSE ? UNBOUNDED : parseNumber(source);
    if (quantifier.most == NO_NUMBER && source.peek() != BRACE_CLOSE) quantifier.least = NO_NUMBER;
  }
  if (quantifier.least != NO_NUMBER && source.accept(BRACE_CLOSE)) return true;
  source.at = start;
  return false;
}

/** NO_NUMBER without a digit; numbers that are too high anyway stay just that. */
function parseNumber(source: Source): i32 {
  let number = NO_NUMBER;
  while (source.peek() - 0x30 < 10) {
    number = min(max(number, 0) * 10 + <i32>(source.next() - 0x30), MAX_REPETITIONS + 1);
  }
  return number;
}

import { TextList } from "./text-list";

/** Most spans of one message that are masked. */
export const MOST_SPANS: i32 = 4096;

/** Of a span's `rule`: the rule's position, or that of a text that a service gave; the bits above it say which. */
export const POSITION: i32 = 0xffff;
const OF_NUMBER: i32 = 1 << 16;
const OF_SERVICE: i32 = 1 << 17;

/** The span is a number, which the mask makes a string of. */
export function ofNumber(rule: i32): i32 {
  return rule | OF_NUMBER;
}

export function isOfNumber(rule: i32): bool {
  return (rule & OF_NUMBER) != 0;
}

/** The span is a whole text, which a service's takes the place of. */
export function ofService(text: i32): i32 {
  return text | OF_SERVICE;
}

export function isOfService(rule: i32): bool {
  return (rule & OF_SERVICE) != 0;
}

export function positionOf(rule: i32): i32 {
  return rule & POSITION;
}

const FIRST_CAPACITY: i32 = 16;
const TEXT: i32 = 0;
const START: i32 = 1;
const END: i32 = 2;
const RULE: i32 = 3;
const FIELDS: i32 = 4;
const FIELD_SHIFT: i32 = 2;

/**
 * What is to be masked in one message: bytes [start, end) of the decoded text whose raw bytes begin at offset `text` of the
 * body, and the rule that says so.
 */
@final
export class BodyMasks {
  count: i32 = 0;
  /** More were found than are kept: what is masked by these is not all. */
  isOverflown: bool = false;
  /** Texts that are JSON themselves. */
  readonly nested: TextList = new TextList();
  private fields: StaticArray<i32> = new StaticArray<i32>(FIRST_CAPACITY * FIELDS);

  constructor(private readonly ruleCount: i32) {}

  reset(): void {
    this.count = 0;
    this.isOverflown = false;
    this.nested.reset();
  }

  add(text: i32, start: i32, end: i32, rule: i32): void {
    if (this.isOverflown) return;
    const last = this.count - 1;
    if (last >= 0 && this.textOf(last) == text && this.ruleOf(last) == rule) {
      if (start == this.endOf(last)) return this.put(last, END, end);
      if (start >= this.startOf(last) && end <= this.endOf(last)) return;
    }
    if (this.count == MOST_SPANS) {
      this.isOverflown = true;
      return;
    }
    if ((this.count + 1) << FIELD_SHIFT > this.fields.length) this.grow();
    const index = this.count++;
    this.put(index, TEXT, text);
    this.put(index, START, start);
    this.put(index, END, end);
    this.put(index, RULE, rule);
  }

  /** Forgets all but the first ones, and that there were more. */
  keep(count: i32): void {
    this.count = count;
    this.isOverflown = false;
  }

  textOf(index: i32): i32 {
    return this.get(index, TEXT);
  }

  startOf(index: i32): i32 {
    return this.get(index, START);
  }

  endOf(index: i32): i32 {
    return this.get(index, END);
  }

  ruleOf(index: i32): i32 {
    return this.get(index, RULE);
  }

  /** Whether what the span becomes stands in JSON within its text. */
  isNested(index: i32): bool {
    return !isOfService(this.ruleOf(index)) && this.nested.has(this.textOf(index));
  }

  /** Which of the replacements the span becomes: those of rules, of rules in numbers, in nested JSON, of services, in this order. */
  replacementOf(index: i32): i32 {
    const rule = this.ruleOf(index);
    const position = positionOf(rule);
    if (isOfService(rule)) return 3 * this.ruleCount + position;
    if (isOfNumber(rule)) return this.ruleCount + position;
    return this.isNested(index) ? 2 * this.ruleCount + position : position;
  }

  /** Keeps the first `count` and, of the others, those whose rule has a scope of `scopes`: `scopesOfRule` by rule. */
  keepInScope(from: i32, scopes: i32, scopesOfRule: StaticArray<i32>): void {
    let kept = from;
    for (let i = from; i < this.count; i++) {
      if ((scopesOfRule[positionOf(this.ruleOf(i))] & scopes) == 0) continue;
      this.copy(i, kept++);
    }
    this.count = kept;
  }

  /** Whether the bytes [start, end) of a text are part of one span of the rule; false where more were found than are kept. */
  covers(text: i32, start: i32, end: i32, rule: i32): bool {
    // Each look goes through all spans, and none of them counts any more.
    if (this.isOverflown) return false;
    for (let i = 0; i < this.count; i++) {
      if (this.textOf(i) != text || this.ruleOf(i) != rule) continue;
      if (this.startOf(i) <= start && this.endOf(i) >= end) return true;
    }
    return false;
  }

  /** Puts them in the order of the body, and makes one of those that overlap: the first one's rule stays. */
  settle(): void {
    for (let i = 1; i < this.count; i++) {
      for (let j = i; j > 0 && this.isBefore(j, j - 1); j--) this.swap(j, j - 1);
    }
    let kept = 0;
    for (let i = 1; i < this.count; i++) {
      if (this.textOf(i) == this.textOf(kept) && this.startOf(i) < this.endOf(kept)) {
        this.put(kept, END, max(this.endOf(kept), this.endOf(i)));
      } else {
        this.copy(i, ++kept);
      }
    }
    if (this.count > 0) this.count = kept + 1;
  }

  private isBefore(a: i32, b: i32): bool {
    if (this.textOf(a) != this.textOf(b)) return this.textOf(a) < this.textOf(b);
    if (this.startOf(a) != this.startOf(b)) return this.startOf(a) < this.startOf(b);
    if (this.endOf(a) != this.endOf(b)) return this.endOf(a) > this.endOf(b);
    // A service has seen what came before it.
    return isOfService(this.ruleOf(a)) && this.ruleOf(a) > this.ruleOf(b);
  }

  private swap(a: i32, b: i32): void {
    for (let field = 0; field < FIELDS; field++) {
      const kept = this.get(a, field);
      this.put(a, field, this.get(b, field));
      this.put(b, field, kept);
    }
  }

  private copy(from: i32, to: i32): void {
    for (let field = 0; field < FIELDS; field++) this.put(to, field, this.get(from, field));
  }

  private get(index: i32, field: i32): i32 {
    return unchecked(this.fields[(index << FIELD_SHIFT) + field]);
  }

  private put(index: i32, field: i32, value: i32): void {
    unchecked((this.fields[(index << FIELD_SHIFT) + field] = value));
  }

  private grow(): void {
    const grown = new StaticArray<i32>(this.fields.length * 2);
    memory.copy(changetype<usize>(grown), changetype<usize>(this.fields), this.fields.length << 2);
    this.fields = grown;
  }
}

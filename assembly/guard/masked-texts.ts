import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { ByteString } from "../bytes/view";
import { appendJsonText } from "../json/quote";
import { StringSplice } from "../json/string-splice";
import { TextSpans } from "../json/text-spans";
import { BodyMasks } from "./body-masks";
import { addSpan, SPAN_BYTES } from "./mask-rewriter";

/** Writes texts of a body one by one, as they stand inside a JSON string, with what is masked in them masked. */
@final
export class MaskedTexts {
  private readonly count: i32;
  private readonly spans: TextSpans;
  private readonly splice: StringSplice;
  private readonly escaped: ByteBuffer;

  /**
   * The masks must be settled; what is added to them later has no effect.
   *
   * @param replacements what each becomes, as it stands inside a JSON string
   * @param mostBytes of a text, escaped
   */
  constructor(
    private readonly masks: BodyMasks,
    replacements: StaticArray<ByteString>,
    mostBytes: i32,
  ) {
    this.count = masks.count;
    const spans = new TextSpans(new Budget(2 * (masks.count + 1) * SPAN_BYTES));
    this.spans = spans;
    this.splice = new StringSplice(spans, replacements);
    this.escaped = new ByteBuffer(new Budget(mostBytes));
  }

  /** Appends the text that begins at offset `text` of the body. False when there is no room. */
  append(text: i32, pointer: usize, length: i32, out: ByteBuffer): bool {
    const first = this.firstOf(text);
    if (first == this.count || this.masks.textOf(first) != text) return appendJsonText(out, pointer, length);
    this.spans.clear();
    for (let i = first; i < this.count && this.masks.textOf(i) == text; i++) addSpan(this.spans, this.masks, i, 0);
    this.escaped.clear();
    if (!appendJsonText(this.escaped, pointer, length)) return false;
    this.splice.reset();
    return this.splice.feed(this.escaped.pointer, this.escaped.length, out) && this.splice.finish(out);
  }

  /** The first mask in this text or a later one. */
  private firstOf(text: i32): i32 {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.masks.textOf(middle) < text) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { ByteString, Bytes } from "../bytes/view";
import { BodyRewriter } from "../filter/body-rewrite";
import { StringSplice } from "../json/string-splice";
import { TextSpans } from "../json/text-spans";
import { BodyMasks, MOST_SPANS, isOfNumber } from "./body-masks";

/** Of a span in `TextSpans`, and more. */
export const SPAN_BYTES: i32 = 64;

/** Writes a JSON body with spans of its strings and numbers masked, and every other byte as it was. */
@final
export class MaskRewriter extends BodyRewriter {
  private readonly splice: StringSplice;

  /**
   * The masks must be settled. `replacements`: what each becomes, as it stands inside a JSON string; a number's, with quotes. With
   * `isPlain` the texts have no escapes.
   */
  constructor(masks: BodyMasks, replacements: StaticArray<ByteString>, isPlain: bool) {
    super();
    const spans = new TextSpans(new Budget(2 * MOST_SPANS * SPAN_BYTES));
    for (let i = 0; i < masks.count; i++) {
      const text = masks.textOf(i);
      if (isPlain) spans.addRaw(text + masks.startOf(i), text + masks.endOf(i), masks.replacementOf(i));
      else addSpan(spans, masks, i, text);
    }
    this.splice = new StringSplice(spans, replacements);
    this.splice.reset();
  }

  rewrite(piece: Bytes, isLast: bool, out: ByteBuffer): bool {
    return this.splice.feed(piece.pointer, piece.length, out) && (!isLast || this.splice.finish(out));
  }
}

/** Adds a mask to the spans of what has the mask's text, raw, from offset `text` on. */
export function addSpan(spans: TextSpans, masks: BodyMasks, index: i32, text: i32): void {
  const replacement = masks.replacementOf(index);
  if (isOfNumber(masks.ruleOf(index))) spans.addRaw(text, text + masks.endOf(index), replacement);
  else spans.add(text, masks.startOf(index), masks.endOf(index), replacement, masks.isNested(index));
}

import { type Dice } from "./dice.ts";
import { ODD_BYTES } from "./dictionary.ts";

/** Changes bytes here and there, whatever they mean; `others` is what pieces are taken from. */
export function mutateBytes(bytes: Uint8Array, dice: Dice, others: readonly Uint8Array[]): Buffer {
  let changed: Buffer = Buffer.from(bytes);
  for (let left = dice.between(1, 4); left > 0; left--) changed = mutateOnce(changed, dice, others);
  return changed;
}

function mutateOnce(bytes: Buffer, dice: Dice, others: readonly Uint8Array[]): Buffer {
  const at = dice.below(bytes.length + 1);
  const length = dice.size(bytes.length - at);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at + length)];
  switch (dice.below(7)) {
    case 0:
      if (at < bytes.length) bytes[at] = bytes[at]! ^ (1 << dice.below(8));
      return bytes;
    case 1:
      return Buffer.concat([before, dice.pick(ODD_BYTES), bytes.subarray(at)]);
    case 2:
      return Buffer.concat([before, after]);
    case 3:
      return Buffer.concat([before, bytes.subarray(at, at + length), bytes.subarray(at)]);
    case 4: {
      const other = dice.pick(others);
      const from = dice.below(other.length + 1);
      return Buffer.concat([before, other.subarray(from, from + dice.size(other.length - from)), after]);
    }
    case 5:
      return Buffer.from(before);
    default:
      return Buffer.concat([before, Buffer.from(Array.from({ length: dice.size(40) }, () => dice.below(256))), after]);
  }
}

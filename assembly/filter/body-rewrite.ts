import { ByteBuffer } from "../bytes/buffer";
import { Bytes } from "../bytes/view";
import { HostBuffer } from "../host/body";
import { BODY_WINDOW_BYTES } from "../host/memory";
import { BodyChange } from "./body-edit";

/** Turns a body into another one, piece by piece. */
export abstract class BodyRewriter {
  /** Appends to `out` what goes out in place of a piece. False when it can't. */
  abstract rewrite(piece: Bytes, isLast: bool, out: ByteBuffer): bool;
}

/**
 * A held body rewritten from its first byte to its last, a window at a time: what is rewritten is put behind the body, what it
 * came from is taken away in front. So this VM never has more than a window of it, however large it is.
 */
@final
export class BodyRewrite extends BodyChange {
  private grown: i32 = 0;

  /** `out` is what one window may become; its content is not kept. */
  constructor(
    private readonly rewriter: BodyRewriter,
    private readonly out: ByteBuffer,
  ) {
    super();
  }

  get growth(): i32 {
    return this.grown;
  }

  /** When it returns false the body is in pieces: the exchange must end. */
  apply(body: HostBuffer, size: i32): bool {
    const out = this.out;
    let left = size;
    let held = size;
    while (left > 0) {
      const piece = body.read(0, min(left, BODY_WINDOW_BYTES));
      if (piece == null || piece.length == 0) return false;
      const taken = min(piece.length, left);
      left -= taken;
      out.clear();
      if (!this.rewriter.rewrite(piece.set(piece.pointer, taken), left == 0, out)) return false;
      if (!body.replaceHead(taken, out.pointer, 0)) return false;
      held -= taken;
      if (out.length > 0 && !body.append(held, out.pointer, out.length)) return false;
      held += out.length;
    }
    this.grown = held - size;
    return true;
  }
}

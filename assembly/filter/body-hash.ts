import { FastSha256 } from "../crypto/fast-sha256";
import { Sha256 } from "../bytes/sha256";
import { Bytes } from "../bytes/view";
import { requestBody } from "../host/body";
import { hostSha256 } from "./host-sha256";

/**
 * SHA-256 of a request's body, all of which the host holds until it is made. What is large enough for the host to hash is left to
 * the end; the rest is hashed as it comes.
 */
@final
export class BodyHash {
  private readonly hash: Sha256 = new FastSha256();
  /** How many bytes, from the body's first on, are in `hash`. */
  private hashed: i32 = 0;

  /** Whether the body is read at the end alone, of which `length` bytes are here: nothing need be read of it before. */
  isForEnd(length: i32): bool {
    return hostSha256.maySuit(length);
  }

  /** `piece` ends the first `length` bytes of the body. It is void afterwards. False when the host doesn't give what it holds. */
  add(piece: Bytes, length: i32): bool {
    if (hostSha256.suits(length)) return true;
    if (this.hashed + piece.length != length) return this.read(this.hashed, length);
    this.hash.update(piece.pointer, piece.length);
    this.hashed = length;
    return true;
  }

  /** Writes the digest of a body of `length` bytes to `out`; false when the host doesn't give what it holds. */
  finish(length: i32, out: usize): bool {
    if (this.hashed < length && hostSha256.suits(length)) {
      const text = hostSha256.begin(length);
      if (!requestBody.copyTo(text, 0, length)) return false;
      if (hostSha256.finish(out)) return true;
    }
    if (!this.read(this.hashed, length)) return false;
    this.hash.finish(out);
    return true;
  }

  /** The same for a body of `length` bytes with `replacement` in place of its bytes [start, end). */
  finishReplaced(length: i32, start: i32, end: i32, replacement: Bytes, out: usize): bool {
    const rest = length - end;
    const whole = start + replacement.length + rest;
    if (hostSha256.suits(whole)) {
      const text = hostSha256.begin(whole);
      const behind = text + start + replacement.length;
      memory.copy(text + start, replacement.pointer, replacement.length);
      if (start > 0 && !requestBody.copyTo(text, 0, start)) return false;
      if (rest > 0 && !requestBody.copyTo(behind, end, rest)) return false;
      if (hostSha256.finish(out)) return true;
    }
    const hash = this.hash;
    hash.reset();
    if (!this.read(0, start)) return false;
    hash.update(replacement.pointer, replacement.length);
    if (!this.read(end, length)) return false;
    hash.finish(out);
    return true;
  }

  /** Hashes [start, end) of the body. */
  private read(start: i32, end: i32): bool {
    while (start < end) {
      const piece = requestBody.read(start, end - start);
      if (piece == null || piece.length == 0) return false;
      const length = min(piece.length, end - start);
      this.hash.update(piece.pointer, length);
      start += length;
    }
    this.hashed = end;
    return true;
  }
}

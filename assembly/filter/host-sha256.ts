import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { SHA256_BYTES } from "../bytes/sha256";
import { isSame } from "../bytes/view";
import { FastSha256 } from "../crypto/fast-sha256";
import { KNOWN_KEY, KNOWN_KEY_BYTES, readSignedDigest } from "../crypto/known-key";
import { appendSignHead, callSign } from "./sign-call";

/** A call costs the host 65 to 90 µs, whatever the text: as much as `FastSha256` takes for 26 KiB. */
const LEAST_BYTES: i32 = 32 << 10;
/** A text is in this VM's memory as a whole, and in the host's beside that. */
const MOST_BYTES: i32 = 2 << 20;
/** Room for all that stands before the text in the call's argument. */
const HEAD_BYTES: i32 = KNOWN_KEY_BYTES + 24;

/**
 * SHA-256 by the host, which has the processor's own instructions for it, and no function that gives a hash. But Envoy's `sign`
 * signs with any key: with one that everybody knows, the digest can be read from the signature, whose padding is checked.
 *
 * A host that has no such function, or gives anything else, isn't asked again in this VM. The first text is hashed here too.
 */
@final
export class HostSha256 {
  private isRefused: bool = false;
  private isProven: bool = false;
  /** Kept, and grown by doubling. */
  private room: usize = 0;
  private roomBytes: i32 = LEAST_BYTES;
  private length: i32 = 0;

  /** Whether the host is to hash a text of `length` bytes. */
  suits(length: i32): bool {
    return !this.isRefused && length >= LEAST_BYTES && length <= MOST_BYTES;
  }

  /** Whether a text that has `length` bytes by now may be the host's when it is whole. */
  maySuit(length: i32): bool {
    return !this.isRefused && length <= MOST_BYTES;
  }

  /** Where the `length` bytes of a text that suits have to be before `finish`. */
  begin(length: i32): usize {
    this.length = length;
    const needed = HEAD_BYTES + length;
    if (this.room == 0 || this.roomBytes < needed) {
      if (this.room != 0) heap.free(this.room);
      while (this.roomBytes < needed) this.roomBytes *= 2;
      this.roomBytes = min(this.roomBytes, HEAD_BYTES + MOST_BYTES);
      this.room = heap.alloc(this.roomBytes);
    }
    return this.room + HEAD_BYTES;
  }

  /** Writes the digest, `SHA256_BYTES` long, to `out`; false when the host doesn't give it. */
  finish(out: usize): bool {
    const text = this.room + HEAD_BYTES;
    const head = new ByteBuffer(new Budget(HEAD_BYTES * 2));
    appendSignHead(head, KNOWN_KEY, KNOWN_KEY_BYTES, this.length);
    memory.copy(text - head.length, head.pointer, head.length);
    const signature = callSign(text - head.length, head.length + this.length);
    this.isRefused = signature == null || !readSignedDigest(signature, out) || !this.proves(out);
    return !this.isRefused;
  }

  private proves(digest: usize): bool {
    if (this.isProven) return true;
    const own = new StaticArray<u8>(SHA256_BYTES);
    const hash = new FastSha256();
    hash.update(this.room + HEAD_BYTES, this.length);
    hash.finish(changetype<usize>(own));
    this.isProven = isSame(changetype<usize>(own), digest, SHA256_BYTES);
    return this.isProven;
  }
}

export const hostSha256 = new HostSha256();

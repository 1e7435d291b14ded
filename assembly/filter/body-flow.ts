import { findByte } from "../bytes/find";
import { Bytes } from "../bytes/view";

const EQUALS: u8 = 0x3d;
const AMPERSAND: u8 = 0x26;
const SEMICOLON: u8 = 0x3b;

/** Where one direction of an exchange stands. */
@final
export class BodyFlow {
  /** The headers are held until the plugin decides. */
  headersHeld: bool = false;
  /** Nothing of the body is let by now; the host buffers it, so sizes are cumulative. */
  isHolding: bool = false;
  /** The plugin needs no more of this direction. */
  isLeft: bool = false;
  /** The plugin has seen the end. */
  isComplete: bool = false;
  /** How much of what the host has buffered the plugin has seen, in bytes. */
  fed: i32 = 0;
  /** All bytes of this direction so far. */
  total: i64 = 0;
  /** The body is JSON by its path and a form by its content type: a provider may go by either. */
  isUrlEncoded: bool = false;
  private hasSeparator: bool = false;
  private hasOutgrown: bool = false;
  /** How much the host had buffered at the last callback, in bytes. */
  private buffered: i32 = 0;

  /** A callback says that `size` bytes are there: the piece, or all that is buffered while it is held. */
  arrived(size: i32): void {
    this.total += size - this.buffered;
    if (this.isHolding) this.buffered = size;
  }

  /** Whether this direction has just become longer than `limit` bytes: true once. */
  outgrows(limit: i64): bool {
    if (this.total <= limit || this.hasOutgrown) return false;
    this.hasOutgrown = true;
    return true;
  }

  /**
   * Whether a reader of urlencoded forms (WHATWG URL, 5.1) finds a field in such a body: a `=` somewhere behind a `&`, or behind
   * the `;` that older readers part fields by, too.
   */
  findsField(piece: Bytes): bool {
    if (!this.isUrlEncoded) return false;
    const end = piece.pointer + piece.length;
    let at = piece.pointer;
    if (!this.hasSeparator) at = min(findByte(at, end, AMPERSAND), findByte(at, end, SEMICOLON));
    this.hasSeparator = at < end;
    return findByte(at, end, EQUALS) < end;
  }

  /** The host keeps the `size` bytes that are here. */
  hold(size: i32): void {
    this.isHolding = true;
    this.buffered = size;
  }

  /** What was held goes on; from now on sizes are those of pieces. */
  release(): void {
    this.isHolding = false;
    this.headersHeld = false;
    this.fed = 0;
    this.buffered = 0;
  }
}

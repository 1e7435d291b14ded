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
}

/**
 * Owns everything of one exchange that can grow with input, in bytes.
 *
 * What grows asks first (`take`) and gives back when it shrinks or ends. A refusal is not an error here: the caller turns
 * it into the outcome that its bound documents.
 */
@final
export class Budget {
  private used: i32 = 0;

  constructor(private readonly limit: i32) {}

  /** True when `bytes` more fit; false leaves the budget as it was. */
  take(bytes: i32): bool {
    if (bytes > this.limit - this.used) return false;
    this.used += bytes;
    return true;
  }

  give(bytes: i32): void {
    this.used -= bytes;
  }
}

/** What the limits say to a request; of several the last in this order counts. */
export const enum Admission {
  Pass,
  /** A limit has no room now. */
  Denied,
  /** A limit can never have that much room. */
  TooLarge,
  /** The store can't say, or can't be reached: the failure mode decides. */
  Unavailable,
  /** The store answers later, by `Claim.onReply`. */
  Pending,
}

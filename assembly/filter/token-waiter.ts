import { Exchange } from "./exchange";

export const enum TokenState {
  Ready,
  /** Somebody fetches it. */
  Pending,
  /** The last fetch failed, and it is too early for another. */
  Failed,
}

/** An exchange that can wait for a token of a `TokenSource`. */
export abstract class TokenWaiter extends Exchange {
  /** The token that the exchange waits for is there, or `state` says why not. */
  abstract onToken(state: TokenState): void;
}

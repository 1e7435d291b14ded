import { Bytes } from "../../assembly/bytes/view";
import { RateLimitAnswer, RateLimitStatus } from "./rate-limit-answer";
import { RateLimitKey, RateLimitRequest } from "./rate-limit-request";

/** The gRPC service that `RateLimitService` writes to and reads from, and its one method. */
export const RATE_LIMIT_SERVICE = "envoy.service.ratelimit.v3.RateLimitService";
export const RATE_LIMIT_METHOD = "ShouldRateLimit";

/**
 * The messages to and from a rate limit service in Envoy's protocol (https://github.com/envoyproxy/ratelimit), which counts
 * in fixed windows for all gateways at once. One a configuration.
 *
 * It never gives back: what is charged stays charged until its window ends.
 */
@final
export class RateLimitService {
  private readonly request: RateLimitRequest;
  private readonly answer: RateLimitAnswer = new RateLimitAnswer();
  private readonly message: Bytes = new Bytes();

  constructor(domain: string) {
    this.request = new RateLimitRequest(domain);
  }

  /**
   * The message that asks what is left for each key and charges nothing. Valid until the next message; empty when it can't
   * be sent (no keys, or more than 256 KiB of them).
   */
  check(keys: RateLimitKey[]): Bytes {
    const request = this.request;
    request.begin();
    for (let i = 0; i < keys.length; i++) request.add(keys[i], 0);
    return request.writeTo(this.message);
  }

  /**
   * The message that charges each key its amount, whatever is left of it; keys whose amount is 0 are left out. Valid until
   * the next message; empty when there is nothing to charge, or too many keys.
   */
  charge(keys: RateLimitKey[], amounts: i64[]): Bytes {
    const request = this.request;
    request.begin();
    for (let i = 0; i < keys.length; i++) {
      if (amounts[i] != 0) request.add(keys[i], <u64>amounts[i]);
    }
    return request.writeTo(this.message);
  }

  /** Reads the answer to a check of `asked` keys; false when it is no such answer. */
  read(answer: Bytes, asked: i32): bool {
    return this.answer.read(answer.pointer, answer.length, asked);
  }

  /** What the answer last read says of the key at `index`. Valid until the next `read`. */
  status(index: i32): RateLimitStatus {
    return this.answer.at(index);
  }
}

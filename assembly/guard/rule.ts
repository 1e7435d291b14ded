import { HttpService } from "../filter/http-service";

export const enum RuleAction {
  /** What was found is replaced by the mask. */
  Mask,
  /** The request, or the answer, is refused. */
  Reject,
  /** Recorded only. */
  Audit,
}

export const RULE_ACTIONS: string[] = ["Mask", "Reject", "Audit"];

/** How a service is asked. */
export const enum ServiceProtocol {
  Webhook,
  OpenAIModeration,
}

export const SERVICE_PROTOCOLS: string[] = ["Webhook", "OpenAIModeration"];

/** A service that judges texts. */
@final
export class GuardService {
  constructor(
    readonly http: HttpService,
    readonly protocol: ServiceProtocol,
  ) {}
}

/** A rule without a threshold fires whatever the score. */
export const NO_THRESHOLD: i32 = -1;

/** One rule of a guard. Immutable after load. */
@final
export class Rule {
  constructor(
    /** The position in the configuration. */
    readonly index: i32,
    readonly id: string,
    /** Bits of `TextScope`. */
    readonly scopes: i32,
    readonly action: RuleAction,
    /** The least score, in millionths, of a classifier's rule; else `NO_THRESHOLD`. */
    readonly threshold: i32,
    readonly service: GuardService | null,
  ) {}

  /** Why a request was refused by this rule: in response code details and metrics. */
  get reason(): string {
    return `rule.${this.id}`;
  }
}

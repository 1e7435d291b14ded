import { decodeUtf8 } from "../bytes/text";
import { ByteString } from "../bytes/view";
import { HoldingExchange } from "../filter/holding-exchange";
import { FailureMode, Mode } from "../filter/mode";
import { PluginRoot } from "../filter/plugin-root";
import { Refusal } from "../filter/refusal";
import { RequestHead } from "../filter/request-head";
import { nowMs } from "../filter/time";
import { isCohereV1 } from "../llm/cohere-version";
import { hasDecline } from "../llm/refusal/decline-completion";
import { DeclineFields } from "../llm/refusal/decline-fields";
import { Dialect } from "../llm/dialect";
import { Endpoint } from "../llm/endpoint";
import { GuardSettings, RefusalStyle } from "./guard-settings";
import { Rule, RuleAction } from "./rule";
import { PanelListener, ServicePanel } from "./service-panel";
import { ServiceReply } from "./service-reply";
import { Verdict } from "./verdict";

const FIRST_REFUSAL: i32 = 400;
const LAST_REFUSAL: i32 = 599;
export const MOST_DECLINE_BYTES: i32 = 64 << 10;
const SECOND_MS: u64 = 1000;
const OWN_ID = new ByteString("weir");
export const OK: i32 = 200;
const CODE: string = "content_policy_violation";

const SERVICE_FAILURE = new Refusal(
  503,
  "service_failure",
  "service_unavailable",
  "The request could not be checked. Try again in a moment.",
);

/** One HTTP stream, as a guard sees it: what both guards do with what their rules say. */
export abstract class GuardExchange extends HoldingExchange implements PanelListener {
  /** What a service wants the client to get; 0 and empty where none does. */
  private ownStatus: i32 = 0;
  private ownMessage: string = "";
  private isReported: bool = false;
  /** A service that may refuse or mask didn't say. */
  protected servicesFailed: bool = false;
  /** The answers of this path have a shape of which there is none of ours. */
  private isOtherShape: bool = false;

  constructor(id: u32, root: PluginRoot) {
    super(id, root);
  }

  /** What both guards note of a request, before anything is decided. */
  protected note(head: RequestHead, endpoint: Endpoint): void {
    this.guard.common.consumer.publish(head);
    const isOld = this.dialect == Dialect.CohereChat && isCohereV1(head.path);
    this.isOtherShape = isOld || !endpoint.answersAsModel;
  }

  protected get guard(): GuardSettings {
    return this.settingsAs<GuardSettings>();
  }

  protected get enforces(): bool {
    return this.guard.common.mode == Mode.Enforce;
  }

  /** Says what the rules found, once. */
  protected report(verdict: Verdict): void {
    if (this.isReported) return;
    this.isReported = true;
    this.guard.report.publish(verdict);
  }

  /** What the rules have found so far. */
  protected abstract get verdict(): Verdict;

  /** What asks the services of the rules about a request's texts, or an answer's. */
  protected panelFor(isAnswer: bool): ServicePanel {
    const guard = this.guard;
    const mostBytes = 2 * guard.common.maxHeldBytes;
    return new ServicePanel(guard.rules.serviceRules, guard.rules.serviceCache, this, isAnswer, mostBytes);
  }

  onServiceRejects(rule: Rule, reply: ServiceReply | null): void {
    this.takeWords(rule, reply);
    this.verdict.fireRefusing(rule, rule.scopes);
  }

  abstract onServiceMasks(rule: Rule, reply: ServiceReply): void;

  /** A service rejects, and may say with which words, which are those of a refusal by its rule only. */
  private takeWords(rule: Rule, reply: ServiceReply | null): void {
    if (rule.action == RuleAction.Audit || reply == null) return;
    if (reply.status < FIRST_REFUSAL || reply.status > LAST_REFUSAL) return;
    this.ownStatus = reply.status;
    this.ownMessage = decodeUtf8(reply.message.pointer, reply.message.length);
  }

  /** The service of this rule didn't say. One that only records stops nothing, whether it says something or not. */
  onServiceFails(rule: Rule): void {
    if (rule.action == RuleAction.Audit) this.root.metrics.bypassed(SERVICE_FAILURE.reason);
    else this.servicesFailed = true;
  }

  /** Whether what the services have said so far is enough. Where it has no consequences, all that they say is told. */
  protected isDecided(panel: ServicePanel): bool {
    return panel.pending == 0 || (this.enforces && this.verdict.rejectedBy != null);
  }

  /** A service didn't say. True when what it should judge may pass all the same. */
  protected passesUnjudged(): bool {
    if (this.guard.common.failureMode == FailureMode.FailClosed) return false;
    this.root.metrics.bypassed(SERVICE_FAILURE.reason);
    return true;
  }

  /** What the client is told that can't pass unjudged. */
  protected get serviceFailure(): Refusal {
    return SERVICE_FAILURE;
  }

  /** What the client is told that this rule refuses. */
  protected refusalBy(rule: Rule): Refusal {
    const refusal = this.guard.refusal;
    const status = this.ownStatus == 0 ? refusal.status : this.ownStatus;
    const message = this.ownMessage.length == 0 ? refusal.message : this.ownMessage;
    return new Refusal(status, rule.reason, CODE, message);
  }

  /** Whether a refusal of this dialect is an answer that says so. */
  protected declinesBy(isStream: bool): bool {
    if (!this.enforces || this.guard.refusal.style != RefusalStyle.Completion || this.isOtherShape) return false;
    return hasDecline(this.dialect, isStream);
  }

  /** What stands in an answer of ours. */
  protected declineFields(message: string): DeclineFields {
    const fields = new DeclineFields();
    fields.id.set(OWN_ID.pointer, OWN_ID.length);
    fields.created = <i64>(nowMs() / SECOND_MS);
    fields.message = message;
    return fields;
  }
}

import { ConfigReader } from "../../assembly/config/reader";
import { CommonSettings } from "../../assembly/filter/settings";
import { GuardReport } from "../../assembly/guard/guard-report";
import { GuardSettings, readHoldBack, readMasks, readRefusal } from "../../assembly/guard/guard-settings";
import { PromptJudge } from "../../assembly/guard/prompt-judge";
import { RuleScope, readRules } from "../../assembly/guard/rule-config";
import { TextScope } from "../../assembly/llm/text-scope";
import { InjectionClassifiers } from "./injection-classifier";

const ALL_SCOPES: i32 =
  TextScope.System | TextScope.User | TextScope.Assistant | TextScope.ToolInput | TextScope.ToolOutput;
const ALLOWED = new RuleScope(ALL_SCOPES, new InjectionClassifiers());

/** How many judges are kept for later requests: each has buffers and detectors of its own. */
const MOST_IDLE: i32 = 16;

/** What the operator wrote, ready for use, and the judges that are not at work. */
@final
export class PromptGuardSettings extends GuardSettings {
  private readonly idle: PromptJudge[] = [];

  /** One for another request, to be given back. */
  takeJudge(): PromptJudge {
    const judge = this.idle.length > 0 ? this.idle.pop() : new PromptJudge(this);
    judge.reset();
    return judge;
  }

  giveBack(judge: PromptJudge): void {
    if (this.idle.length < MOST_IDLE) this.idle.push(judge);
  }
}

export function readPromptGuardSettings(config: ConfigReader, common: CommonSettings): PromptGuardSettings {
  const rules = readRules(config, ALLOWED, readHoldBack(config));
  return new PromptGuardSettings(
    common,
    rules,
    readRefusal(config),
    readMasks(config, rules.rules),
    new GuardReport("prompt-guard", rules.rules),
  );
}

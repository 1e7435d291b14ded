import { ConfigReader } from "../../assembly/config/reader";
import { CommonSettings } from "../../assembly/filter/settings";
import { GuardReport } from "../../assembly/guard/guard-report";
import { GuardSettings, readHoldBack, readMasks, readRefusal } from "../../assembly/guard/guard-settings";
import { Idle } from "../../assembly/guard/idle";
import { PromptJudge } from "../../assembly/guard/prompt-judge";
import { RuleScope, readRules } from "../../assembly/guard/rule-config";
import { TextScope } from "../../assembly/llm/text-scope";
import { InjectionClassifiers } from "./injection-classifier";

const ALL_SCOPES: i32 =
  TextScope.System | TextScope.User | TextScope.Assistant | TextScope.ToolInput | TextScope.ToolOutput;
const ALLOWED = new RuleScope(ALL_SCOPES, new InjectionClassifiers());

/** What the operator wrote, ready for use, and the judges that are not at work. */
@final
export class PromptGuardSettings extends GuardSettings {
  private readonly idle: Idle<PromptJudge> = new Idle<PromptJudge>();

  /** One for another request, to be given back. */
  takeJudge(): PromptJudge {
    let judge = this.idle.take();
    if (judge == null) judge = new PromptJudge(this);
    judge.reset();
    return judge;
  }

  giveBack(judge: PromptJudge): void {
    this.idle.keep(judge);
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

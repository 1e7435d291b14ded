import { ConfigReader } from "../../assembly/config/reader";
import { CommonSettings } from "../../assembly/filter/settings";
import { GuardReport } from "../../assembly/guard/guard-report";
import { GuardSettings, readHoldBack, readMasks, readRefusal } from "../../assembly/guard/guard-settings";
import { RuleScope, readRules } from "../../assembly/guard/rule-config";
import { TextScope } from "../../assembly/llm/text-scope";

const ALLOWED = new RuleScope(TextScope.Assistant | TextScope.ToolInput, null);

export function readResponseGuardSettings(config: ConfigReader, common: CommonSettings): GuardSettings {
  const rules = readRules(config, ALLOWED, readHoldBack(config));
  return new GuardSettings(
    common,
    rules,
    readRefusal(config),
    readMasks(config, rules.rules),
    new GuardReport("response-guard", rules.rules),
  );
}

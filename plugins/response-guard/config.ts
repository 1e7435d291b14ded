import { ConfigReader } from "../../assembly/config/reader";
import { CommonSettings } from "../../assembly/filter/settings";
import { GuardReport } from "../../assembly/guard/guard-report";
import { GuardSettings, readHoldBack, readMasks, readRefusal } from "../../assembly/guard/guard-settings";
import { Idle } from "../../assembly/guard/idle";
import { ReplyReader } from "../../assembly/guard/reply-reader";
import { RuleScope, readRules } from "../../assembly/guard/rule-config";
import { TextScope } from "../../assembly/llm/text-scope";

const ALLOWED = new RuleScope(TextScope.Assistant | TextScope.ToolInput, null);

/** What the operator wrote, ready for use, and the readers that are not at work. */
@final
export class ResponseGuardSettings extends GuardSettings {
  private readonly idle: Idle<ReplyReader> = new Idle<ReplyReader>();

  /** One for another answer, to begin with, and to be given back. */
  takeReader(): ReplyReader {
    const reader = this.idle.take();
    return reader == null ? new ReplyReader(this) : reader;
  }

  giveBack(reader: ReplyReader): void {
    if (!reader.stream.isLarge) this.idle.keep(reader);
  }
}

export function readResponseGuardSettings(config: ConfigReader, common: CommonSettings): ResponseGuardSettings {
  const rules = readRules(config, ALLOWED, readHoldBack(config));
  return new ResponseGuardSettings(
    common,
    rules,
    readRefusal(config),
    readMasks(config, rules.rules),
    new GuardReport("response-guard", rules.rules),
  );
}

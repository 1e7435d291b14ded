import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { Bytes } from "../bytes/view";
import { formatInteger } from "../config/integer";
import { BatchedCounters } from "../filter/batched-counters";
import { logInfo } from "../filter/log";
import { Published } from "../filter/published";
import { SCOPE_NAMES } from "./scopes";
import { RULE_ACTIONS, Rule, RuleAction } from "./rule";
import { Verdict } from "./verdict";

const GUARD = new Published("guard");
const MOST_BYTES: i32 = 16 << 10;
const NO_COUNTER: i32 = -1;

const view = new Bytes();
const list = new ByteBuffer(new Budget(MOST_BYTES));

/** Says which rules have fired: in counters, in the log and in the filter state `weir.guard`. Never a text. */
@final
export class GuardReport {
  private readonly counters: BatchedCounters;
  /** By rule and scope. */
  private readonly indexes: StaticArray<i32>;
  /** Likewise, of rules that were to mask and have only recorded: `NO_COUNTER` before the first time. */
  private readonly unmasked: StaticArray<i32>;

  constructor(
    private readonly plugin: string,
    private readonly rules: Rule[],
  ) {
    const count = rules.length * SCOPE_NAMES.length;
    const counters = new BatchedCounters(plugin);
    const indexes = new StaticArray<i32>(count).fill(NO_COUNTER);
    for (let i = 0; i < rules.length; i++) {
      for (let scope = 0; scope < SCOPE_NAMES.length; scope++) {
        if ((rules[i].scopes & (1 << scope)) == 0) continue;
        indexes[i * SCOPE_NAMES.length + scope] = define(counters, rules[i], scope, rules[i].action);
      }
    }
    this.counters = counters;
    this.indexes = indexes;
    this.unmasked = new StaticArray<i32>(count).fill(NO_COUNTER);
  }

  /** Once an exchange. What is there already of an earlier guard stays. */
  publish(verdict: Verdict): void {
    list.clear();
    const before = GUARD.get();
    if (before != null) list.append(before.pointer, before.length);
    const known = list.length;
    verdict.append(list);
    if (list.length > known) GUARD.set(view.set(list.pointer, list.length));
    for (let i = 0; i < this.rules.length; i++) this.tell(this.rules[i], verdict);
  }

  flush(): void {
    this.counters.flush();
  }

  private tell(rule: Rule, verdict: Verdict): void {
    const scopes = verdict.scopesOf(rule);
    if (scopes == 0) return;
    const action = verdict.actionOf(rule);
    let names = "";
    for (let scope = 0; scope < SCOPE_NAMES.length; scope++) {
      if ((scopes & (1 << scope)) == 0) continue;
      names += (names == "" ? "" : ", ") + SCOPE_NAMES[scope];
      const index = this.counterOf(rule, scope, action);
      if (index != NO_COUNTER) this.counters.add(index, 1);
    }
    const score = verdict.scoreOf(rule);
    const scored = score < 0 ? "" : `, score ${formatInteger(score)} millionths`;
    logInfo(`${this.plugin}: rule ${rule.id}, ${RULE_ACTIONS[action]}, in ${names}${scored}`);
  }

  private counterOf(rule: Rule, scope: i32, action: RuleAction): i32 {
    const at = rule.index * SCOPE_NAMES.length + scope;
    if (action == rule.action) return this.indexes[at];
    if (this.unmasked[at] == NO_COUNTER) this.unmasked[at] = define(this.counters, rule, scope, action);
    return this.unmasked[at];
  }
}

function define(counters: BatchedCounters, rule: Rule, scope: i32, action: RuleAction): i32 {
  const name = RULE_ACTIONS[action];
  return counters.define(`rules.rule.=.${rule.id}.=;.scope.=.${SCOPE_NAMES[scope]}.=;.action.=.${name}.=;.`);
}

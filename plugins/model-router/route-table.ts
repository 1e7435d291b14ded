import { findByte } from "../../assembly/bytes/find";
import { fnv1a } from "../../assembly/bytes/fnv";
import { ByteString, Bytes } from "../../assembly/bytes/view";
import { Caller, NameSet } from "../../assembly/filter/caller";
import { Dialect } from "../../assembly/llm/dialect";
import { isUsableName } from "../../assembly/llm/model/name";
import { GlobList } from "../../assembly/match/glob-list";

/** Consumers or groups that may use a model; `*` in a name stands for any run of characters. */
@final
export class AllowList extends NameSet {
  private readonly names: GlobList;

  constructor(names: string[]) {
    super();
    this.names = new GlobList(names);
  }

  has(pointer: usize, length: i32): bool {
    return this.names.find(pointer, length) >= 0;
  }
}

/** Where requests for a model can go. */
@final
export class Target {
  constructor(
    readonly provider: ByteString,
    /** What the provider calls the model; null: what the client called it. */
    readonly model: ByteString | null,
    readonly weight: u32,
    /** One bit a dialect that the provider speaks. */
    readonly dialects: u32,
  ) {}

  /** An unknown dialect is not held against a target: there is nothing to know it by. */
  speaks(dialect: Dialect): bool {
    return dialect == Dialect.Unknown || (this.dialects & (1 << dialect)) != 0;
  }
}

/** A model, or a pattern of models, and who may use it. */
@final
export class ModelEntry {
  constructor(
    readonly name: string,
    readonly targets: Target[],
    readonly allowConsumers: AllowList | null,
    readonly allowGroups: AllowList | null,
  ) {}

  get isRestricted(): bool {
    return this.allowConsumers != null || this.allowGroups != null;
  }

  allows(caller: Caller | null): bool {
    if (!this.isRestricted) return true;
    if (caller == null) return false;
    const consumers = this.allowConsumers;
    if (consumers != null && caller.isConsumer(consumers)) return true;
    const groups = this.allowGroups;
    return groups != null && caller.isInGroup(groups);
  }
}

export const enum Verdict {
  /** `Choice.target` serves it. */
  Routed,
  /** No entry, and unknown models pass. */
  Unlisted,
  Unknown,
  Forbidden,
  NotSupported,
}

/** What was chosen. One object serves all requests: read it before the next choice. */
@final
export class Choice {
  verdict: Verdict = Verdict.Unknown;
  target: Target | null = null;
  /** What the provider calls the model, where that is not the target's own name; a part of the name asked for. */
  readonly model: Bytes = new Bytes();
  /** The provider that the client named itself (`splitProvider`); empty when it named none. */
  readonly provider: Bytes = new Bytes();
  /** Whether the model can stand in a header and in filter state. */
  isNamable: bool = false;
}

const choice = new Choice();

/** Decides by name, caller and dialect where a request goes. Immutable after load. */
@final
export class RouteTable {
  readonly names: GlobList;
  /** Some models are not for everybody, so who asks must be known. */
  readonly isRestricted: bool;
  /** Some models have several targets, so a lot must be drawn. */
  readonly hasWeights: bool;

  constructor(
    private readonly entries: ModelEntry[],
    readonly rejectsUnknown: bool,
    private readonly splitsProvider: bool,
  ) {
    const names: string[] = [];
    let isRestricted = false;
    let hasWeights = false;
    for (let i = 0; i < entries.length; i++) {
      names.push(entries[i].name);
      if (entries[i].isRestricted) isRestricted = true;
      if (entries[i].targets.length > 1) hasWeights = true;
    }
    this.names = new GlobList(names);
    this.isRestricted = isRestricted;
    this.hasWeights = hasWeights;
  }

  /**
   * Chooses for `model`. `lot` picks among weighted targets: the same lot, the same target, as long as the table is the same.
   */
  choose(model: Bytes, caller: Caller | null, dialect: Dialect, lot: u32): Choice {
    const entry = this.judge(model, caller);
    if (entry == null) return choice;
    const target = pick(entry.targets, dialect, choice.provider, lot);
    choice.target = target;
    choice.verdict = target == null ? Verdict.NotSupported : Verdict.Routed;
    return choice;
  }

  /** Whether the caller may use `model` at all: Routed or Unlisted when so. */
  allows(model: Bytes, caller: Caller | null): Verdict {
    const entry = this.judge(model, caller);
    return entry == null ? choice.verdict : Verdict.Routed;
  }

  /** The entry for a model that the caller may use; null with the verdict in `choice` otherwise. */
  private judge(model: Bytes, caller: Caller | null): ModelEntry | null {
    choice.target = null;
    choice.model.set(model.pointer, model.length);
    choice.provider.set(0, 0);
    choice.isNamable = isUsableName(model);
    const entry = choice.isNamable ? this.find(model) : null;
    if (entry == null) {
      const passes = !this.rejectsUnknown && (choice.isNamable || !this.isRestricted);
      choice.verdict = passes ? Verdict.Unlisted : Verdict.Unknown;
      return null;
    }
    if (entry.allows(caller)) return entry;
    choice.verdict = Verdict.Forbidden;
    return null;
  }

  private find(model: Bytes): ModelEntry | null {
    const whole = this.names.find(model.pointer, model.length);
    if (whole >= 0) return this.entries[whole];
    if (!this.splitsProvider) return null;
    const slash = <i32>(findByte(model.pointer, model.pointer + model.length, 0x2f) - model.pointer);
    if (slash == 0 || slash + 1 >= model.length) return null;
    choice.provider.set(model.pointer, slash);
    choice.model.set(model.pointer + slash + 1, model.length - slash - 1);
    const part = this.names.find(choice.model.pointer, choice.model.length);
    return part >= 0 ? this.entries[part] : null;
  }
}

/** The target whose share of the weights holds `lot`, among those that can serve the request; null when none can. */
function pick(targets: Target[], dialect: Dialect, provider: Bytes, lot: u32): Target | null {
  let total: u64 = 0;
  for (let i = 0; i < targets.length; i++) {
    if (canServe(targets[i], dialect, provider)) total += targets[i].weight;
  }
  if (total == 0) return null;
  let left = (<u64>lot * total) >> 32;
  for (let i = 0; i < targets.length; i++) {
    if (!canServe(targets[i], dialect, provider)) continue;
    if (left < targets[i].weight) return targets[i];
    left -= targets[i].weight;
  }
  return null;
}

function canServe(target: Target, dialect: Dialect, provider: Bytes): bool {
  return (
    target.weight > 0 &&
    target.speaks(dialect) &&
    (provider.length == 0 || target.provider.equals(provider.pointer, provider.length))
  );
}

/** A lot out of a header's value, the same for the same value: mixed so that all bits count. */
export function lotOf(value: Bytes): u32 {
  let hash = fnv1a(value.pointer, value.length);
  hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
  return hash ^ (hash >> 16);
}

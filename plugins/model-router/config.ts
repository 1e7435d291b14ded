import { ByteString, Bytes } from "../../assembly/bytes/view";
import { isSettable } from "../../assembly/config/header-text";
import { ConfigReader } from "../../assembly/config/reader";
import { ALL_DIALECTS, readDialects } from "../../assembly/filter/dialects";
import { CommonSettings, Settings } from "../../assembly/filter/settings";
import { MAX_MODEL_BYTES } from "../../assembly/llm/model/name";
import { AllowList, ModelEntry, RouteTable, Target, Verdict } from "./route-table";

const MOST_MODELS: i32 = 4096;
const MOST_TARGETS: i32 = 64;
const MOST_NAMES: i32 = 1024;
const MOST_WEIGHT: i32 = 1000000;
const LONGEST_PROVIDER: i32 = 128;
const LONGEST_CALLER: i32 = 256;

export const enum BatchMode {
  /** Every model that a batch names must be one that its uploader may use. */
  Check,
  Pass,
  Reject,
}

const BATCH_MODES: string[] = ["Check", "Pass", "Reject"];
const UNKNOWN_MODELS: string[] = ["Reject", "Pass"];
const OVERWRITTEN = "must not name modelHeader or providerHeader";

/** What the operator wrote, ready for use. Immutable. */
@final
export class RouterSettings extends Settings {
  constructor(
    common: CommonSettings,
    readonly modelHeader: ByteString,
    readonly providerHeader: ByteString,
    readonly table: RouteTable,
    /** The model of a request that names none; null: it is refused. */
    readonly defaultModel: ByteString | null,
    /** The header by whose value weighted targets are chosen; null: at random. */
    readonly stickyHeader: ByteString | null,
    readonly batch: BatchMode,
  ) {
    super(common);
  }

  /** A request whose model can't be read must not pass, whatever the failure mode. */
  get mustKnowModel(): bool {
    return this.table.isRestricted || this.table.rejectsUnknown;
  }

  get mustKnowCaller(): bool {
    return this.table.isRestricted || this.common.consumer.isConfigured;
  }
}

export function readRouterSettings(config: ConfigReader, common: CommonSettings): RouterSettings {
  const modelHeader = readRoutingHeader(config, "modelHeader", "x-gateway-model-name");
  const providerHeader = readRoutingHeader(config, "providerHeader", "x-gateway-provider-name");
  if (modelHeader == providerHeader) config.reject("providerHeader", "must differ from modelHeader");
  const read = common.consumer.headers;
  if (read.includes(modelHeader) || read.includes(providerHeader)) config.reject("consumer", OVERWRITTEN);
  const stickyHeader = config.headerName("stickyHeader", "");
  if (stickyHeader == modelHeader || stickyHeader == providerHeader) config.reject("stickyHeader", OVERWRITTEN);
  const table = readTable(config, common.consumer.findsGroups);
  return new RouterSettings(
    common,
    new ByteString(modelHeader),
    new ByteString(providerHeader),
    table,
    readDefaultModel(config, table),
    unlessEmpty(stickyHeader),
    <BatchMode>config.enumValue("batch", BATCH_MODES, 0),
  );
}

function readRoutingHeader(config: ConfigReader, key: string, fallback: string): string {
  const name = config.headerName(key, fallback);
  if (!isSettable(name)) config.reject(key, "is a header that only the gateway may set");
  return name;
}

function readDefaultModel(config: ConfigReader, table: RouteTable): ByteString | null {
  const model = unlessEmpty(config.headerValue("defaultModel", "", MAX_MODEL_BYTES));
  if (model == null) return null;
  const view = new Bytes().set(model.pointer, model.length);
  if (table.allows(view, null) == Verdict.Unknown) config.reject("defaultModel", "is none of models");
  return model;
}

function readTable(config: ConfigReader, findsGroups: bool): RouteTable {
  const rejectsUnknown = config.enumValue("unknownModels", UNKNOWN_MODELS, 0) == 0;
  const models = config.objects("models", 0, MOST_MODELS);
  const entries: ModelEntry[] = [];
  for (let i = 0; i < models.length; i++) {
    const entry = readEntry(models[i]);
    if (entry.allowGroups != null && !findsGroups)
      models[i].reject("allowGroups", "has groups, which no entry of consumer finds");
    entries.push(entry);
  }
  const table = new RouteTable(entries, rejectsUnknown, config.bool("splitProvider", false));
  const shadowed = table.names.shadowed;
  if (shadowed >= 0) models[shadowed].reject("name", "is matched by an earlier one");
  return table;
}

function readEntry(model: ConfigReader): ModelEntry {
  return new ModelEntry(
    model.requiredString("name", MAX_MODEL_BYTES),
    readTargets(model),
    readNames(model, "allowConsumers"),
    readNames(model, "allowGroups"),
  );
}

function readTargets(model: ConfigReader): Target[] {
  if (model.has("provider") == model.has("targets")) model.rejectAll("must have exactly one of provider, targets");
  const targets: Target[] = [];
  if (!model.has("targets")) {
    targets.push(new Target(readProvider(model), null, 1, ALL_DIALECTS));
    return targets;
  }
  const entries = model.objects("targets", 1, MOST_TARGETS);
  let total: u64 = 0;
  for (let i = 0; i < entries.length; i++) {
    const target = readTarget(entries[i]);
    targets.push(target);
    total += target.weight;
  }
  if (entries.length > 0 && total == 0) model.reject("targets", "must have a weight above 0");
  return targets;
}

function readTarget(target: ConfigReader): Target {
  const weight = <u32>target.integer("weight", 1, 0, MOST_WEIGHT);
  if (!target.has("provider")) target.reject("provider", "is required");
  return new Target(
    readProvider(target),
    unlessEmpty(target.headerValue("model", "", MAX_MODEL_BYTES)),
    weight,
    readDialects(target),
  );
}

function readProvider(config: ConfigReader): ByteString {
  return new ByteString(config.headerValue("provider", "", LONGEST_PROVIDER));
}

function readNames(model: ConfigReader, key: string): AllowList | null {
  return model.has(key) ? new AllowList(model.strings(key, 1, MOST_NAMES, LONGEST_CALLER)) : null;
}

function unlessEmpty(text: string): ByteString | null {
  return text.length == 0 ? null : new ByteString(text);
}

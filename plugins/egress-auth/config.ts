import { ByteString, Bytes } from "../../assembly/bytes/view";
import { envoyName, isFieldName, isSettable } from "../../assembly/config/header-text";
import { ConfigReader } from "../../assembly/config/reader";
import { restoreAttempts } from "../../assembly/filter/attempt-exchange";
import { readDialects } from "../../assembly/filter/dialects";
import { ProviderSelect } from "../../assembly/filter/provider-select";
import { CommonSettings, Settings } from "../../assembly/filter/settings";
import { Stripping } from "../../assembly/filter/stripping";
import { TokenSource, paceTokenTicks } from "../../assembly/filter/token-source";
import { MAX_MODEL_BYTES } from "../../assembly/llm/model/name";
import { GlobList } from "../../assembly/match/glob-list";
import { AnswerCounters } from "./answer-counters";
import { readCredential } from "./config-credential";
import { Credential } from "./credential";
import { LoopTag } from "./loop-tag";
import { FixedHeader, MODEL_PLACE, ModelNames, PathTemplate, Provider, hasHeader } from "./provider";
import { FRAMES_REQUESTS, readHost, readPath, readValue } from "./unquoted";

const MOST_PROVIDERS: i32 = 256;
const MOST_NAMES: i32 = 64;
const LONGEST_NAME: i32 = 128;
const LONGEST_VALUE: i32 = 1024;
const LEAST_TOKEN_MS: i64 = 100;
const MOST_TOKEN_MS: i64 = 60_000;
const USUAL_TOKEN_MS: i64 = 5000;
const UNKNOWN_PROVIDER: string[] = ["Reject", "Strip"];
const UNSIGNED = "wouldn't be signed, and AWS takes no x-amz- header that isn't";
const ONE_MARK =
  "must not be with select.hostMetadata or select.cluster: attempts share their headers, so a second attempt would be " +
  "taken for a request that came back";

/** What the operator wrote, ready for use. Immutable but for tokens and keys' rest. */
@final
export class EgressSettings extends Settings {
  private readonly names: GlobList;
  private readonly sources: TokenSource[] = [];
  /** Some provider's path, host or model differs from the request's. */
  readonly isRewriting: bool;

  constructor(
    common: CommonSettings,
    readonly select: ProviderSelect,
    private readonly providers: Provider[],
    readonly stripping: Stripping,
    /** A request for no known provider goes on, stripped. */
    readonly passesUnknown: bool,
    readonly loopTag: LoopTag | null,
    readonly counters: AnswerCounters,
  ) {
    super(common);
    const names: string[] = [];
    let isRewriting = false;
    for (let i = 0; i < providers.length; i++) {
      const provider = providers[i];
      names.push(provider.name.toString());
      if (provider.host != null || provider.path != null || provider.models != null) isRewriting = true;
    }
    this.names = new GlobList(names);
    this.isRewriting = isRewriting;
    for (let i = 0; i < providers.length; i++) {
      const source = providers[i].credential.source;
      if (source != null) this.sources.push(source);
    }
  }

  /** Null when there is no such provider. */
  find(name: Bytes): Provider | null {
    const index = this.names.find(name.pointer, name.length);
    return index < 0 ? null : this.providers[index];
  }

  prepare(_filter: string): void {
    if (this.isRewriting) restoreAttempts();
    // Tokens are fetched before anybody asks for one.
    if (this.sources.length > 0) paceTokenTicks();
  }

  end(): void {
    this.counters.flush();
    for (let i = 0; i < this.sources.length; i++) this.sources[i].end();
  }

  tick(): void {
    this.counters.flush();
    if (this.sources.length == 0) return;
    for (let i = 0; i < this.sources.length; i++) this.sources[i].tick();
    paceTokenTicks();
  }
}

export function readEgressSettings(config: ConfigReader, common: CommonSettings): EgressSettings {
  // No decision here depends on who asks.
  if (config.has("consumer")) config.reject("consumer", "unknown key");
  const select = ProviderSelect.read(config);
  const timeoutMs = <u32>config.durationMs("tokenTimeout", USUAL_TOKEN_MS, LEAST_TOKEN_MS, MOST_TOKEN_MS);
  const providers = readProviders(config, timeoutMs);
  readModelMapping(config, providers);
  readAllowedRegions(config, providers);
  const stripping = readStripping(config, providers);
  const loopTag = LoopTag.read(config, select, providers, stripping);
  if (loopTag != null && select.isByAttempt) config.reject("loopTag", ONE_MARK);
  return new EgressSettings(
    common,
    select,
    providers,
    stripping,
    config.enumValue("unknownProvider", UNKNOWN_PROVIDER, 0) == 1,
    loopTag,
    new AnswerCounters(providers),
  );
}

function readProviders(config: ConfigReader, timeoutMs: u32): Provider[] {
  const entries = config.objects("providers", 0, MOST_PROVIDERS);
  const providers: Provider[] = [];
  for (let i = 0; i < entries.length; i++) {
    const provider = readProvider(entries[i], i, timeoutMs);
    for (let k = 0; k < i; k++) {
      const name = providers[k].name;
      if (name.length > 0 && provider.name.equals(name.pointer, name.length))
        entries[i].reject("name", "is the name of an earlier provider");
    }
    providers.push(provider);
  }
  return providers;
}

function readProvider(entry: ConfigReader, index: i32, timeoutMs: u32): Provider {
  if (!entry.has("name")) entry.reject("name", "is required");
  const host = readHost(entry, "host", "");
  const credential = readCredential(entry, timeoutMs);
  return new Provider(
    index,
    new ByteString(entry.plainName("name", "", LONGEST_NAME)),
    credential,
    readHeaders(entry, credential),
    entry.has("host") ? new ByteString(host) : null,
    entry.has("path") ? new PathTemplate(readTemplate(entry)) : null,
    entry.plainName("region", "", LONGEST_NAME),
    readDialects(entry),
  );
}

function readTemplate(entry: ConfigReader): string {
  const path = readPath(entry, "path");
  const rest = path.replaceAll(MODEL_PLACE, "");
  if (rest.includes("{") || rest.includes("}")) entry.reject("path", `must have no { or } but those of ${MODEL_PLACE}`);
  return path;
}

function readHeaders(entry: ConfigReader, credential: Credential): FixedHeader[] {
  const headers: FixedHeader[] = [];
  const section = entry.section("headers");
  const names = section.keys;
  for (let i = 0; i < names.length; i++) {
    const value = readValue(section, names[i], "none", LONGEST_VALUE);
    const name = envoyName(names[i]);
    const issue = issueOf(name, credential, headers);
    if (issue != null) section.reject(names[i], issue);
    else headers.push(new FixedHeader(new ByteString(name), new ByteString(value)));
  }
  return headers;
}

/** Why a provider with this credential and these headers can't have one more of this name; null: it can. */
function issueOf(name: string, credential: Credential, headers: FixedHeader[]): string | null {
  const secret = credential.header;
  if (!isSettable(name)) return FRAMES_REQUESTS;
  if (!isFieldName(name)) return "is not the name of an HTTP header";
  if (secret != null && secret.toString() == name) return "is what the credential sets";
  if (credential.hashesBody && name.startsWith("x-amz-")) return UNSIGNED;
  return hasHeader(headers, name) ? "is there twice, in another case" : null;
}

function readModelMapping(config: ConfigReader, providers: Provider[]): void {
  const mapping = config.section("modelMapping");
  const names = mapping.keys;
  for (let i = 0; i < names.length; i++) {
    const models = readModelNames(mapping.section(names[i]));
    let isKnown = false;
    for (let k = 0; k < providers.length; k++) {
      if (providers[k].name.toString() != names[i]) continue;
      isKnown = true;
      providers[k].models = models;
    }
    if (!isKnown) mapping.reject(names[i], "is the name of no provider");
  }
}

/** Null where none is written. */
function readModelNames(entry: ConfigReader): ModelNames | null {
  const patterns = entry.keys;
  const models: string[] = [];
  for (let i = 0; i < patterns.length; i++) {
    const model = entry.headerValue(patterns[i], "none", MAX_MODEL_BYTES);
    if (model == "." || model == "..") entry.reject(patterns[i], "would be taken out of a path (RFC 3986, 5.2.4)");
    if (model.includes("*")) entry.reject(patterns[i], "must be a model's name: only the pattern may have *");
    if (patterns[i].length == 0) entry.reject("", "is the pattern of no model");
    models.push(model);
  }
  if (patterns.length == 0) return null;
  const names = new ModelNames(patterns, models);
  for (let i = 0; i < patterns.length; i++) {
    const first = names.firstFor(patterns[i]);
    if (first < i) entry.reject(patterns[i], `is never taken: ${patterns[first]} before it matches the same models`);
  }
  return names;
}

function readAllowedRegions(config: ConfigReader, providers: Provider[]): void {
  if (!config.has("allowedRegions")) return;
  const allowed = new GlobList(config.strings("allowedRegions", 1, MOST_NAMES, LONGEST_NAME));
  for (let i = 0; i < providers.length; i++) {
    const region = new ByteString(providers[i].region);
    providers[i].isAllowed = region.length > 0 && allowed.find(region.pointer, region.length) >= 0;
  }
}

function readStripping(config: ConfigReader, providers: Provider[]): Stripping {
  const headers = config.headerNames("stripHeaders", 0, MOST_NAMES);
  const query = config.strings("stripQuery", 0, MOST_NAMES, LONGEST_NAME);
  const set: string[] = [];
  for (let i = 0; i < providers.length; i++) {
    const credential = providers[i].credential.header;
    if (credential != null) headers.push(credential.toString());
    const fixed = providers[i].headers;
    for (let k = 0; k < fixed.length; k++) set.push(fixed[k].name.toString());
  }
  return new Stripping(headers, query, set);
}

import { findByte } from "../bytes/find";
import { ByteString, Bytes } from "../bytes/view";
import { envoyName, isFieldName } from "../config/header-text";
import { JsonValue } from "../config/json-value";
import { merge } from "../config/merge";
import { ConfigReader } from "../config/reader";
import { PropertyPath } from "../host/property";
import { RequestPath } from "../llm/path";
import { GlobList } from "../match/glob-list";
import { Glob } from "../match/glob";
import { RequestHead } from "./request-head";
import { Settings } from "./settings";

const MOST_OVERRIDES: i32 = 256;
const MOST_PATTERNS: i32 = 256;
const LONGEST_PATTERN: i32 = 512;
const ROUTE_NAME = new PropertyPath(["xds", "route_name"]);
const SLASH: u8 = 0x2f;
const PATH = new RequestPath();


@final
class HeaderMatch {
  constructor(
    readonly name: ByteString,
    readonly value: Glob,
  ) {}
}

/** Which requests an override is for: all keys that are there must match, and of each key's list one value. */
@final
export class OverrideMatch {
  private readonly routes: GlobList | null;
  private readonly hosts: GlobList | null;
  private readonly paths: GlobList | null;
  private readonly headers: HeaderMatch[] = [];

  constructor(config: ConfigReader) {
    this.routes = readPatterns(config, "routes", "", false);
    this.hosts = readPatterns(config, "hosts", "", true);
    this.paths = readPatterns(config, "pathPrefixes", "*", true);
    const headers = config.object("headers");
    if (headers != null) this.readHeaders(headers);
  }

  private readHeaders(headers: ConfigReader): void {
    const names = headers.keys;
    for (let i = 0; i < names.length; i++) {
      if (!isFieldName(names[i])) headers.reject(names[i], "must be the name of an HTTP header");
      const pattern = headers.string(names[i], "", 1, LONGEST_PATTERN);
      const name = new ByteString(envoyName(names[i]));
      for (let k = 0; k < i; k++) {
        if (name.equals(this.headers[k].name.pointer, this.headers[k].name.length))
          headers.reject(names[i], "is there twice, in another case");
      }
      this.headers.push(new HeaderMatch(name, new Glob(pattern)));
    }
  }

  matches(head: RequestHead): bool {
    return this.matchesHost(head) && this.matchesHeaders(head) && this.matchesPath(head) && this.matchesRoute();
  }

  private matchesRoute(): bool {
    const routes = this.routes;
    if (routes == null) return true;
    const name = ROUTE_NAME.get();
    return name != null && routes.find(name.pointer, name.length) >= 0;
  }

  private matchesHost(head: RequestHead): bool {
    const hosts = this.hosts;
    if (hosts == null) return true;
    const authority = head.authority;
    return hosts.find(authority.pointer, hostLength(authority)) >= 0;
  }

  private matchesPath(head: RequestHead): bool {
    const paths = this.paths;
    if (paths == null) return true;
    const path = head.path;
    head.hasLongPath = !PATH.normalise(path.pointer, path.length);
    return !head.hasLongPath && paths.find(PATH.pointer, PATH.length) >= 0;
  }

  private matchesHeaders(head: RequestHead): bool {
    for (let i = 0; i < this.headers.length; i++) {
      const value = head.get(this.headers[i].name);
      if (value == null || !this.headers[i].value.matches(value.pointer, value.length)) return false;
    }
    return true;
  }
}

function readPatterns(config: ConfigReader, key: string, suffix: string, ignoreCase: bool): GlobList | null {
  if (!config.has(key)) return null;
  const written = config.strings(key, 1, MOST_PATTERNS, LONGEST_PATTERN);
  const patterns: string[] = [];
  for (let i = 0; i < written.length; i++) {
    const pattern = unchecked(written[i]);
    // No path has it: an override that is there to be strict would never be.
    if (suffix.length > 0 && pattern.charCodeAt(0) != SLASH) config.reject(key, "must begin with /");
    if (key == "hosts" && isNoHost(pattern)) config.reject(key, "must have no scheme, port or path");
    patterns.push(pattern + suffix);
  }
  return new GlobList(patterns, ignoreCase);
}

function isNoHost(host: string): bool {
  const bytes = new ByteString(host);
  const end = bytes.pointer + bytes.length;
  return (
    findByte(bytes.pointer, end, SLASH) < end || hostLength(new Bytes().set(bytes.pointer, bytes.length)) < bytes.length
  );
}

/** Without the port; an IPv6 address keeps its brackets. */
function hostLength(authority: Bytes): i32 {
  for (let i = authority.length - 1; i >= 0; i--) {
    const byte = authority.at(i);
    if (byte == 0x3a) return i;
    if (byte < 0x30 || byte > 0x39) break;
  }
  return authority.length;
}

/** An override as configured, before its settings are read. */
@final
export class OverrideSource {
  constructor(
    readonly name: string,
    readonly match: OverrideMatch | null,
    /** The whole configuration with this override merged over it. */
    readonly merged: JsonValue,
  ) {}
}

/** Reads the common key `overrides`. Each comes merged over `base`, to be read and validated whole. */
export function readOverrides(config: ConfigReader, base: JsonValue): OverrideSource[] {
  const sources: OverrideSource[] = [];
  const entries = config.objects("overrides", 0, MOST_OVERRIDES);
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    const name = entry.requiredString("name", 128);
    let isTaken = name == "Off";
    for (let k = 0; k < sources.length; k++) isTaken = isTaken || sources[k].name == name;
    if (isTaken) entry.reject("name", "must be unique, not Off");
    const match = entry.object("match");
    const over = entry.value("config");
    if (over == null || !over.isObject) {
      entry.reject("config", "must be an object");
      continue;
    }
    if (over.get("overrides") != null) entry.reject("config", "must not have overrides of its own");
    sources.push(new OverrideSource(name, match == null ? null : new OverrideMatch(match), merge(base, over)));
  }
  return sources;
}

/** An override, ready for use. One without a match is chosen by route metadata only. */
@final
export class Override {
  readonly name: ByteString;

  constructor(
    source: OverrideSource,
    readonly settings: Settings,
  ) {
    this.name = new ByteString(source.name);
    this.match = source.match;
  }

  private readonly match: OverrideMatch | null;

  matches(head: RequestHead): bool {
    const match = this.match;
    return match != null && match.matches(head);
  }
}

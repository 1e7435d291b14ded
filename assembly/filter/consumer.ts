import { SHA256_BYTES, Sha256, writeHex } from "../bytes/sha256";
import { takeElement } from "../bytes/comma-list";
import { ByteString, Bytes } from "../bytes/view";
import { ConfigReader } from "../config/reader";
import { PropertyPath } from "../host/property";
import { HeaderPairs } from "../host/pairs";
import { clientAddress } from "./attributes";
import { Caller } from "./caller";
import { findCredential } from "./credential";
import { CONSUMER } from "./published";
import { RequestHead } from "./request-head";

/** One place to look for who asks. */
abstract class IdentitySource {
  /** The name, valid until the next host read; null when this source has none. */
  abstract find(head: RequestHead): Bytes | null;

  /** Adds each group that this source names. */
  addGroups(head: RequestHead, caller: Caller): void {
    const list = this.find(head);
    if (list != null) addCommaSeparated(list, caller);
  }
}

/** A header that the filter in front has overwritten; two values of it name nobody. */
@final
class HeaderSource extends IdentitySource {
  constructor(private readonly name: ByteString) {
    super();
  }

  find(head: RequestHead): Bytes | null {
    return head.single(this.name);
  }
}

/** Dynamic metadata, such as what `jwt_authn` took out of a token. */
@final
class MetadataSource extends IdentitySource {
  private readonly path: PropertyPath;
  private readonly list: HeaderPairs = new HeaderPairs();
  private readonly element: Bytes = new Bytes();

  constructor(segments: string[]) {
    super();
    const path = ["metadata", "filter_metadata"];
    for (let i = 0; i < segments.length; i++) path.push(segments[i]);
    this.path = new PropertyPath(path);
  }

  find(_head: RequestHead): Bytes | null {
    return this.path.get();
  }

  /** A list of strings comes as a map from each element to nothing; a string as itself. The keys of an object are no groups. */
  addGroups(_head: RequestHead, caller: Caller): void {
    const value = this.path.get();
    if (value == null) return;
    if (!this.list.parse(value)) return addCommaSeparated(value, caller);
    for (let i = 0; i < this.list.count; i++) {
      if (this.list.valueLengthAt(i) == 0) caller.addGroup(this.list.nameAt(i, this.element));
    }
  }
}

/** The first 32 hexadecimal digits of the SHA-256 of the API key. */
@final
class CredentialSource extends IdentitySource {
  private static readonly DIGITS: i32 = 32;
  private readonly hash: Sha256 = new Sha256();
  private readonly digest: StaticArray<u8> = new StaticArray<u8>(SHA256_BYTES);
  private readonly hex: StaticArray<u8> = new StaticArray<u8>(SHA256_BYTES * 2);
  private readonly view: Bytes = new Bytes();

  find(head: RequestHead): Bytes | null {
    const key = findCredential(head);
    if (key == null) return null;
    this.hash.reset();
    this.hash.update(key.pointer, key.length);
    this.hash.finish(changetype<usize>(this.digest));
    writeHex(this.view.set(changetype<usize>(this.digest), SHA256_BYTES), changetype<usize>(this.hex));
    return this.view.set(changetype<usize>(this.hex), CredentialSource.DIGITS);
  }
}

/** A string attribute of the connection: the first of these that is there. */
@final
class ConnectionSource extends IdentitySource {
  private readonly paths: PropertyPath[] = [];

  constructor(names: string[]) {
    super();
    for (let i = 0; i < names.length; i++) {
      const path = ["connection"];
      path.push(names[i]);
      this.paths.push(new PropertyPath(path));
    }
  }

  find(_head: RequestHead): Bytes | null {
    for (let i = 0; i < this.paths.length; i++) {
      const value = this.paths[i].get();
      if (value != null && value.length > 0) return value;
    }
    return null;
  }
}

/** The client's address without its port. */
@final
class AddressSource extends IdentitySource {
  find(_head: RequestHead): Bytes | null {
    return clientAddress();
  }
}

/** Whose name is of no interest but to those that it is published for. */
const anyone = new Caller();

/** Who asks, by the first source that knows; and its groups, from every source that names groups. */
@final
export class ConsumerSettings {
  private readonly sources: IdentitySource[] = [];
  private readonly groupSources: IdentitySource[] = [];
  /** The names of those that are headers, as `envoyName` has them. */
  readonly headers: string[] = [];

  constructor(
    /** The operator wrote a `consumer` setting, so that this plugin publishes who asks. */
    readonly isConfigured: bool,
  ) {}

  identify(head: RequestHead, caller: Caller): void {
    const known = CONSUMER.get();
    if (known == null || !caller.setConsumer(known)) this.findConsumer(head, caller);
    for (let i = 0; i < this.groupSources.length; i++) this.groupSources[i].addGroups(head, caller);
  }

  /** Publishes who asks, where the operator says how to know it and no plugin in front has. */
  publish(head: RequestHead): void {
    if (!this.isConfigured) return;
    anyone.reset();
    this.identify(head, anyone);
  }

  private findConsumer(head: RequestHead, caller: Caller): void {
    for (let i = 0; i < this.sources.length; i++) {
      const name = this.sources[i].find(head);
      if (name == null || !caller.setConsumer(name)) continue;
      if (this.isConfigured) CONSUMER.set(caller.consumer);
      return;
    }
  }

  get findsGroups(): bool {
    return this.groupSources.length > 0;
  }

  addSource(source: IdentitySource): void {
    this.sources.push(source);
  }

  addGroupSource(source: IdentitySource): void {
    this.groupSources.push(source);
  }

  addHeader(name: string): IdentitySource {
    this.headers.push(name);
    return new HeaderSource(new ByteString(name));
  }
}

const MOST_SOURCES: i32 = 16;
const MOST_SEGMENTS: i32 = 16;
const DEFAULT_METADATA: string[] = ["envoy.filters.http.jwt_authn", "payload", "sub"];
const PEER_CERTIFICATE: string[] = ["San", "Subject"];
/** The first name of the kind that is there: of a URI, else of a host. */
const SAN_ATTRIBUTES: string[] = ["uri_san_peer_certificate", "dns_san_peer_certificate"];
const SUBJECT_ATTRIBUTES: string[] = ["subject_peer_certificate"];
const ONE_KIND = "must have exactly one of metadata, credential, peerCertificate, sourceAddress, header, group";
const ONE_GROUP_KIND = "must have exactly one of metadata, header";

/** Reads the common key `consumer`; absent: the JWT's subject, then the credential's hash. */
export function readConsumer(config: ConfigReader): ConsumerSettings {
  const settings = new ConsumerSettings(config.has("consumer"));
  if (!settings.isConfigured) {
    settings.addSource(new MetadataSource(DEFAULT_METADATA));
    settings.addSource(new CredentialSource());
    return settings;
  }
  const entries = config.objects("consumer", 1, MOST_SOURCES);
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    const group = entry.object("group");
    const source = group == null ? readSource(entry, settings) : readNamedSource(group, settings);
    const place = group == null ? entry : group;
    if (place.keys.length != 1 || source == null) place.rejectAll(group == null ? ONE_KIND : ONE_GROUP_KIND);
    if (source == null) continue;
    if (group == null) settings.addSource(source);
    else settings.addGroupSource(source);
  }
  return settings;
}

function readNamedSource(entry: ConfigReader, settings: ConsumerSettings): IdentitySource | null {
  if (entry.has("metadata")) return new MetadataSource(entry.strings("metadata", 2, MOST_SEGMENTS, 256));
  if (entry.has("header")) return settings.addHeader(entry.headerName("header", ""));
  return null;
}

function readSource(entry: ConfigReader, settings: ConsumerSettings): IdentitySource | null {
  if (isTrue(entry, "credential")) return new CredentialSource();
  if (isTrue(entry, "sourceAddress")) return new AddressSource();
  if (entry.has("peerCertificate")) {
    const isSan = entry.enumValue("peerCertificate", PEER_CERTIFICATE, 0) == 0;
    return new ConnectionSource(isSan ? SAN_ATTRIBUTES : SUBJECT_ATTRIBUTES);
  }
  return readNamedSource(entry, settings);
}

/** Whether the key is there; there it can only be true. */
function isTrue(entry: ConfigReader, key: string): bool {
  if (!entry.bool(key, true)) entry.reject(key, "must be true");
  return entry.has(key);
}

const group = new Bytes();

function addCommaSeparated(list: Bytes, caller: Caller): void {
  while (list.length > 0) {
    takeElement(list, group);
    caller.addGroup(group);
  }
}

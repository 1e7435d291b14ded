import { Sha256, SHA256_BYTES, writeHex } from "../../assembly/bytes/sha256";
import { ByteString, Bytes } from "../../assembly/bytes/view";
import { lowerCase } from "../../assembly/config/header-text";
import { ConfigReader } from "../../assembly/config/reader";
import { MOST_SECRET_BYTES } from "../../assembly/crypto/sigv4";
import { authorityOf, refuseUrl } from "../../assembly/filter/service-place";
import { TokenRequest } from "../../assembly/filter/token-request";
import { TokenSource } from "../../assembly/filter/token-source";
import { AwsCredential } from "./aws-credential";
import { AwsKeys } from "./aws-keys";
import { ContainerKeys, WebIdentityKeys } from "./aws-token";
import { BearerToken } from "./bearer-token";
import { Credential, MissingCredential, NoCredential } from "./credential";
import { GoogleToken, ServiceAccount } from "./google-token";
import { KeyPool, MOST_COOL_DOWN_MS, MOST_KEYS, RotationRules } from "./key-pool";
import { OAuth2Token } from "./oauth2-token";
import { readSecret, readSecrets } from "./secret";
import { NO_CHOICE, readChoice, readFieldName, readHost, readPath } from "./unquoted";

const TYPES: string[] = ["None", "Bearer", "Header", "AwsSigV4", "GoogleServiceAccount", "OAuth2ClientCredentials"];
/** The keys that some type has. */
const KEYS: string[] = [
  "header",
  "from",
  "rotateOn",
  "coolDown",
  "region",
  "service",
  "accessKeyId",
  "secretAccessKey",
  "sessionToken",
  "credentials",
  "key",
  "tokenCluster",
  "tokenHost",
  "tokenPath",
  "clientId",
  "clientSecret",
  "clientAuthentication",
  "scope",
];
const TEMPORARY_TYPES: string[] = ["AssumeRoleWithWebIdentity", "ContainerCredentials"];
/** Their paths are not encoded twice, and may stand without a hash of the body: AWS's reference on Signature Version 4. */
const OTHERWISE_SIGNED: string[] = ["s3", "s3express", "s3-object-lambda", "s3-outposts"];
const CLIENT_AUTHENTICATION: string[] = ["Header", "Body"];

const SCHEME_TWICE = "begins with Bearer, which is put before it: the key alone belongs here";
const MOST_STATUSES: i32 = 16;
const LONGEST_NAME: i32 = 256;
const LONGEST_SCOPE: i32 = 1024;
const LEAST_COOL_DOWN_MS: i64 = 1000;
const USUAL_COOL_DOWN_MS: i64 = 30_000;
const GOOGLE_SCOPE: string = "https://www.googleapis.com/auth/cloud-platform";

/** Reads the key `credential` of a provider. `timeoutMs` is how long a token may take. */
export function readCredential(provider: ConfigReader, timeoutMs: u32): Credential {
  const value = provider.value("credential");
  if (value == null || !value.isObject) {
    // What was written may be the secret itself: it is not quoted.
    provider.reject("credential", "must be an object with a type");
    return new NoCredential();
  }
  const entry = provider.section("credential");
  const type = readChoice(entry, "type", TYPES);
  const credential = readOfType(type, new CredentialReading(entry, provider.path, timeoutMs));
  if (type != NO_CHOICE) entry.refuseUnasked(KEYS, `is not for ${TYPES[type]}`);
  // Which of them belong there isn't known.
  else for (let i = 0; i < KEYS.length; i++) entry.value(KEYS[i]);
  return credential;
}

function readOfType(type: i32, reading: CredentialReading): Credential {
  switch (type) {
    case 1:
      return reading.keys("authorization", "Bearer ");
    case 2:
      return reading.header();
    case 3:
      return reading.aws();
    case 4:
      return reading.google();
    case 5:
      return reading.oauth2();
    default:
      return new NoCredential();
  }
}

/** Reads one credential; what goes into it makes its name in shared data, as a hash. */
class CredentialReading {
  private readonly hash: Sha256 = new Sha256();

  constructor(
    private readonly entry: ConfigReader,
    private readonly label: string,
    private readonly timeoutMs: u32,
  ) {}

  header(): Credential {
    const entry = this.entry;
    if (entry.has("header")) return this.keys(readFieldName(entry, "header", "x-none"), "");
    require(entry, "header");
    return this.keys("x-none", "");
  }

  keys(header: string, prefix: string): Credential {
    const entry = this.entry;
    const secrets = readSecrets(entry, "from", MOST_KEYS);
    const values: ByteString[] = [];
    this.note(new ByteString(header));
    for (let i = 0; i < secrets.length; i++) {
      this.note(secrets[i]);
      if (prefix != "" && lowerCase(secrets[i].toString().substring(0, 7)) == "bearer ")
        entry.reject("from", SCHEME_TWICE);
      values.push(prefix == "" ? secrets[i] : new ByteString(prefix + secrets[i].toString()));
    }
    const coolDown = entry.durationMs("coolDown", USUAL_COOL_DOWN_MS, LEAST_COOL_DOWN_MS, <i64>MOST_COOL_DOWN_MS);
    const rules = new RotationRules(readStatuses(entry), <u64>coolDown);
    return new KeyPool(header, values, rules, this.name("pool"));
  }

  aws(): Credential {
    const entry = this.entry;
    const region = this.plain(entry, "region", 64);
    const service = this.plain(entry, "service", 64);
    if (OTHERWISE_SIGNED.includes(service))
      entry.reject("service", `of ${service} is signed otherwise, and can't be used`);
    if (!entry.has("credentials")) {
      const secret = readSecret(entry, "secretAccessKey");
      if (secret != null && secret.length > MOST_SECRET_BYTES) {
        entry.reject("secretAccessKey", `must be at most ${MOST_SECRET_BYTES.toString()} bytes`);
      }
      const keys = new AwsKeys(
        readSecret(entry, "accessKeyId"),
        secret,
        entry.has("sessionToken") ? readSecret(entry, "sessionToken") : null,
      );
      return new AwsCredential(region, service, keys, null);
    }
    if (entry.has("accessKeyId") || entry.has("secretAccessKey") || entry.has("sessionToken")) {
      entry.rejectAll("must have either credentials, or accessKeyId and secretAccessKey");
    }
    const request = this.temporary(entry.section("credentials"));
    return request == null
      ? new MissingCredential()
      : new AwsCredential(region, service, new AwsKeys(), this.source(request));
  }

  /** Null when what can't be done without is missing. */
  private temporary(entry: ConfigReader): TokenRequest | null {
    if (!entry.has("type")) entry.reject("type", "is required");
    const cluster = this.cluster(entry, "cluster");
    const host = readHost(entry, "host", authorityOf(cluster));
    this.note(new ByteString(host));
    if (entry.enumValue("type", TEMPORARY_TYPES, 0) == 0) {
      const role = new ByteString(this.plain(entry, "roleArn", 2048));
      const session = new ByteString(entry.headerValue("sessionName", "weir", 64));
      const identity = readSecret(entry, "webIdentityToken");
      if (identity == null) return null;
      this.note(identity);
      return new WebIdentityKeys(cluster, this.timeoutMs, host, role, session, identity);
    }
    const path = readTokenPath(entry, "path");
    const authorization = entry.has("authorization") ? readSecret(entry, "authorization") : null;
    this.note(new ByteString(path));
    if (authorization != null) this.note(authorization);
    return new ContainerKeys(cluster, this.timeoutMs, host, path, authorization);
  }

  google(): Credential {
    const entry = this.entry;
    const key = readSecret(entry, "key", true);
    const cluster = this.cluster(entry, "tokenCluster");
    const scope = entry.string("scope", GOOGLE_SCOPE, 1, LONGEST_SCOPE);
    this.note(new ByteString(scope));
    if (key == null) return new MissingCredential();
    this.note(key);
    const account = ServiceAccount.parse(key);
    if (account == null) {
      entry.reject("key", "is no key file of a Google service account: JSON with client_email, private_key, token_uri");
      return new MissingCredential();
    }
    return new BearerToken(this.source(new GoogleToken(cluster, this.timeoutMs, account, scope)));
  }

  oauth2(): Credential {
    const entry = this.entry;
    const cluster = this.cluster(entry, "tokenCluster");
    const host = readHost(entry, "tokenHost", authorityOf(cluster));
    const path = readTokenPath(entry, "tokenPath");
    const id = readSecret(entry, "clientId");
    const secret = readSecret(entry, "clientSecret");
    const scope = new ByteString(entry.string("scope", "", 1, LONGEST_SCOPE));
    const inBody = entry.enumValue("clientAuthentication", CLIENT_AUTHENTICATION, 0) == 1;
    this.note(new ByteString(host + path));
    this.note(scope);
    if (id == null || secret == null) return new MissingCredential();
    this.note(id);
    this.note(secret);
    const request = new OAuth2Token(cluster, this.timeoutMs, host, path, id, secret, scope, inBody);
    return new BearerToken(this.source(request));
  }

  private source(request: TokenRequest): TokenSource {
    return new TokenSource(`egress-auth: ${this.label}`, this.name("token"), request, this.timeoutMs);
  }

  private cluster(entry: ConfigReader, key: string): string {
    const name = entry.requiredString(key, LONGEST_NAME);
    refuseUrl(entry, key, name);
    this.note(new ByteString(name));
    return name;
  }

  private plain(entry: ConfigReader, key: string, longest: i32): string {
    if (!entry.has(key)) entry.reject(key, "is required");
    const text = entry.headerValue(key, "none", longest);
    this.note(new ByteString(text));
    return text;
  }

  private note(part: ByteString): void {
    this.hash.update(part.pointer, part.length);
    this.hash.update(changetype<usize>(SEPARATOR), 1);
  }

  /** The same in every VM for the same credential, and no other's. */
  private name(kind: string): string {
    const digest = new StaticArray<u8>(SHA256_BYTES);
    this.hash.finish(changetype<usize>(digest));
    const digits = new StaticArray<u8>(SHA256_BYTES * 2);
    writeHex(new Bytes().set(changetype<usize>(digest), SHA256_BYTES), changetype<usize>(digits));
    return `weir.egress-auth.${kind}.${new Bytes().set(changetype<usize>(digits), SHA256_BYTES).toString()}`;
  }
}

const SEPARATOR: StaticArray<u8> = [0];

function readTokenPath(entry: ConfigReader, key: string): string {
  if (entry.has(key)) return readPath(entry, key);
  require(entry, key);
  return "/";
}

function require(entry: ConfigReader, key: string): void {
  entry.reject(key, "is required");
}

function readStatuses(entry: ConfigReader): i32[] {
  if (!entry.has("rotateOn")) return [401, 429];
  return entry.integers("rotateOn", 1, MOST_STATUSES, 400, 599);
}

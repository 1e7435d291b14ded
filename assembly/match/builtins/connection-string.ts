import { Builtin } from "./builtin";
import {
  ALPHANUMERIC,
  BASE64,
  DASH,
  FULL_STOP,
  isHex,
  isOf,
  LETTER,
  UNDERSCORE,
  UPPER,
  URL,
  URL_JOINER,
  WORD,
} from "./characters";
import { CONTEXT_BYTES, Sight } from "./sight";

/** No scheme and no key of a value is longer. */
export const MAX_SCHEME_BYTES: i32 = 24;
const MAX_KEY_BYTES: i32 = 24;
const MIN_ACCOUNT_KEY_BYTES: i32 = 32;
const MIN_PASSWORD_BYTES: i32 = 3;

const AT: u32 = 0x40;
const COLON: u32 = 0x3a;
const PLUS: u32 = 0x2b;
const SLASH: u32 = 0x2f;
const SEMICOLON: u32 = 0x3b;
const AMPERSAND: u32 = 0x26;
const QUESTION_MARK: u32 = 0x3f;
const QUOTE: u32 = 0x22;
const APOSTROPHE: u32 = 0x27;
const EQUALS: u32 = 0x3d;
const SPACE: u32 = 0x20;
const OPEN_BRACKET: u32 = 0x5b;
const CLOSE_BRACKET: u32 = 0x5d;

/** What a template has in the place of a password begins with: `${PASSWORD}`, `<password>`, `{password}`, `[password]`, `***`. */
const TEMPLATE = "$<{[*";
/** Keys of libpq's connection strings, four letters and the first lowest. */
const HOST: u32 = 0x74736f68;
const USER: u32 = 0x72657375;
const DBNAME: u32 = 0x616e6264;

/**
 * A URL with a user's password, of any scheme but the web's: `postgres://user:password@host/database` (RFC 3986, 3.2.1, though the
 * password may have an @ as it is). Its first colon is at `colon`.
 */
export function findUrl(sight: Sight, colon: i32, maxBytes: i32): void {
  const start = schemeStart(sight, colon);
  sight.candidate = start;
  if (sight.at(colon + 1) != SLASH || sight.at(colon + 2) != SLASH) return;
  if (colon - start < 2 || sight.hasBefore(colon, "http") || sight.hasBefore(colon, "https")) return;
  const limit = start + maxBytes - 2;
  let password = 0;
  let host = 0;
  let at = colon + 3;
  for (; at < limit; at++) {
    const byte = sight.at(at);
    if (byte == AT) host = at + 1;
    else if (byte == COLON && password == 0) password = at + 1;
    else if (byte == SLASH || byte == 0x3f || byte == 0x23 || !isOf(byte, URL | URL_JOINER)) break;
  }
  if (password == 0 || host <= password + 1 || isPlaceholder(sight, password, host - 1)) return;
  if (sight.at(host) == OPEN_BRACKET) {
    while (host < limit && sight.at(host) != CLOSE_BRACKET && isOf(sight.at(host), URL | URL_JOINER)) host++;
    if (host < limit) host++;
  } else if (!isOf(sight.at(host), ALPHANUMERIC)) return;
  const end = sight.runEnd(host, limit, URL, URL_JOINER);
  sight.foundRun(Builtin.ConnectionString, start, end, limit, URL, URL_JOINER);
}

/**
 * A URL of Oracle's drivers with a user's password, `jdbc:oracle:thin:user/password@host` (Oracle Database JDBC Developer's Guide,
 * "Data Sources and URLs"). Its first colon is at `colon`.
 */
export function findOracleUrl(sight: Sight, colon: i32, maxBytes: i32): void {
  if (!sight.hasBefore(colon, "jdbc")) return;
  const start = colon - 4;
  sight.candidate = start;
  if (!sight.hasAt(colon, ":oracle:") || !sight.beginsWord(start, WORD)) return;
  const limit = start + maxBytes - 2;
  const driver = sight.runEnd(colon + 8, limit, ALPHANUMERIC, 0);
  if (sight.at(driver) != COLON) return;
  let password = 0;
  let host = 0;
  for (let at = driver + 1; at < limit; at++) {
    const byte = sight.at(at);
    if (byte == AT && password > 0) host = at + 1;
    else if (byte == SLASH && password == 0) password = at + 1;
    else if (byte == AT || byte == SLASH || !isOf(byte, URL | URL_JOINER)) break;
  }
  if (host <= password + 1 || isPlaceholder(sight, password, host - 1)) return;
  const end = sight.runEnd(host, limit, URL, URL_JOINER);
  if (end > host) sight.foundRun(Builtin.ConnectionString, start, end, limit, URL, URL_JOINER);
}

/** Where the scheme begins that ends at `colon`; the colon itself when there is none, or none that is so long. */
function schemeStart(sight: Sight, colon: i32): i32 {
  const floor = max(colon - MAX_SCHEME_BYTES, sight.settled);
  let start = colon;
  while (start > floor && isSchemeByte(sight.before(start - 1))) start--;
  if (start > sight.settled && isSchemeByte(sight.before(start - 1))) return colon;
  while (start < colon && !isOf(sight.before(start), LETTER)) start++;
  return start;
}

function isSchemeByte(byte: u32): bool {
  return byte == PLUS || isOf(byte, ALPHANUMERIC | DASH | FULL_STOP);
}

/**
 * The secret of a connection string of keys and values, whose = is at `equals`: an account's key of Azure's services
 * (`AccountKey=`, `SharedAccessKey=`), or a password beside other keys (`Server=..;Password=..`, `host=.. password='..'`) or in the
 * query of a URL, of any scheme but the web's (`jdbc:mysql://..?user=..&password=..`).
 */
export function findKeyAndValue(sight: Sight, equals: i32, maxBytes: i32): void {
  let key = equals;
  if (sight.hasBefore(equals, "sharedaccesskey")) key -= 15;
  else if (sight.hasBefore(equals, "accountkey")) key -= 10;
  else {
    findPassword(sight, equals, maxBytes);
    return;
  }
  sight.candidate = key;
  if (isOf(sight.before(key - 1), WORD)) return;
  const limit = key + maxBytes - 2;
  const end = sight.runEnd(equals + 1, limit, BASE64, 0);
  if (end - equals > MIN_ACCOUNT_KEY_BYTES) sight.foundRun(Builtin.ConnectionString, key, end, limit, BASE64, 0);
}

function findPassword(sight: Sight, equals: i32, maxBytes: i32): void {
  let key = equals;
  if (sight.hasBefore(equals, "password")) key -= 8;
  else if (sight.hasBefore(equals, "pwd")) key -= 3;
  else return;
  sight.candidate = key;
  if (isOf(sight.before(key - 1), WORD | DASH)) return;
  const limit = key + maxBytes - MAX_KEY_BYTES - 4;
  const isInQuery = isInQueryOf(sight, key);
  let value = equals + 1;
  const quote = sight.at(value);
  const isQuoted = !isInQuery && (quote == QUOTE || quote == APOSTROPHE);
  const separator = isQuoted ? quote : isInQuery ? AMPERSAND : SEMICOLON;
  if (isQuoted) value++;
  let end = value;
  while (end < limit && sight.at(end) != separator && isOfValue(sight.at(end), isQuoted)) end++;
  if (end - value < MIN_PASSWORD_BYTES || isPlaceholder(sight, value, end)) return;
  if (isQuoted && sight.at(end++) != quote) return;
  if (!isInQuery && !isAfterPair(sight, key) && !isBeforePair(sight, end)) return;
  if (isQuoted) {
    sight.found(Builtin.ConnectionString, key, end);
    return;
  }
  sight.foundRun(Builtin.ConnectionString, key, end, limit, URL, 0);
}

function isOfValue(byte: u32, isQuoted: bool): bool {
  return isQuoted ? byte >= SPACE : isOf(byte, URL | URL_JOINER);
}

/** Whether the key stands in the query of a URL of any scheme but the web's. */
function isInQueryOf(sight: Sight, key: i32): bool {
  const before = sight.before(key - 1);
  if (before != AMPERSAND && before != QUESTION_MARK) return false;
  for (let at = key - 2; at > key - CONTEXT_BYTES; at--) {
    const byte = sight.before(at);
    if (byte <= SPACE || byte == QUOTE) return false;
    if (byte != COLON || sight.before(at + 1) != SLASH || sight.before(at + 2) != SLASH) continue;
    return isOf(sight.before(at - 1), ALPHANUMERIC) && !sight.hasBefore(at, "http") && !sight.hasBefore(at, "https");
  }
  return false;
}

/** Whether another key and its value are before, with a semicolon between, or in libpq's manner a space. */
function isAfterPair(sight: Sight, key: i32): bool {
  let at = key - 1;
  while (sight.before(at) == SPACE && at > key - 3) at--;
  const isList = sight.before(at) == SEMICOLON;
  if (!isList && (sight.before(key - 1) != SPACE || at < key - 2)) return false;
  let four: u32 = 0;
  let hasEquals = false;
  for (let i = at - 1; i > key - CONTEXT_BYTES; i--) {
    const byte = sight.before(i);
    if (byte < SPACE || byte == 0x22) return false;
    if (byte == EQUALS) {
      if (isList) return true;
      hasEquals = true;
    }
    four = (four << 8) | (byte | 0x20);
    if (hasEquals && (four == HOST || four == USER || four == DBNAME)) return true;
  }
  return false;
}

/** Whether another key follows behind a semicolon. */
function isBeforePair(sight: Sight, end: i32): bool {
  if (sight.at(end) != SEMICOLON) return false;
  for (let at = end + 1; at < end + MAX_KEY_BYTES; at++) {
    const byte = sight.at(at);
    if (byte == EQUALS) return at > end + 1;
    if (byte != SPACE && !isOf(byte, LETTER)) return false;
  }
  return false;
}

/** What documentation or a template has in the place of a password. */
function isPlaceholder(sight: Sight, from: i32, end: i32): bool {
  const first = sight.at(from);
  for (let i = 0; i < TEMPLATE.length; i++) if (first == TEMPLATE.charCodeAt(i)) return true;
  if (first == 0x25) return !isHex(sight.at(from + 1));
  let isSame = true;
  let isName = true;
  let hasUnderscore = false;
  for (let at = from; at < end; at++) {
    const byte = sight.at(at);
    if ((byte | 0x20) != 0x78) isSame = false;
    if (!isOf(byte, UPPER | UNDERSCORE)) isName = false;
    if (isOf(byte, UNDERSCORE)) hasUnderscore = true;
  }
  return isSame || (isName && hasUnderscore);
}

import { Builtin } from "./builtin";
import { ALPHANUMERIC, BASE64URL, DASH, DIGIT, FULL_STOP, isDigit, isOf, LETTER, UPPER, WORD } from "./characters";
import { Sight } from "./sight";

const HYPHEN: u32 = 0x2d;

/** So many different characters at least are in what was drawn by chance; a placeholder has fewer. */
const MIN_VARIETY: i32 = 6;
/** How much of a token is looked at for that. */
const MAX_SAMPLE: i32 = 80;

const AWS_BYTES: i32 = 20;
const GOOGLE_BYTES: i32 = 39;

/**
 * AWS access key ids (IAM User Guide, "Unique identifiers"): four letters and 16 of base32. Google: AIza and 35 of base64url. age's
 * identities (age-encryption.org/v1, "X25519"): 58 of Bech32.
 */
export function findCapitalToken(sight: Sight, start: i32, maxBytes: i32): void {
  if (!sight.beginsWord(start, WORD)) return;
  if (sight.at(start + 1) == 0x47) {
    const isAge = sight.hasAt(start, "AGE-SECRET-KEY-1");
    if (isAge) take(sight, Builtin.PrivateKey, start, start + 16, min(58, maxBytes - 24), maxBytes, DIGIT | UPPER, 0);
    // What is no run is in armour.
    if (sight.hitEnd != 0) sight.runClasses = DIGIT | UPPER;
    return;
  }
  if (sight.hasAt(start, "AIza")) {
    const end = sight.runEnd(start, start + GOOGLE_BYTES + 1, BASE64URL, 0);
    if (end - start == GOOGLE_BYTES && isDrawn(sight, start + 4, end, true))
      sight.found(Builtin.GoogleApiKey, start, end);
    return;
  }
  const second = sight.at(start + 1);
  const isAccess =
    second == 0x43
      ? sight.hasAt(start, "ACCA")
      : (second == 0x4b || second == 0x53 || second == 0x42) &&
        sight.at(start + 2) == 0x49 &&
        sight.at(start + 3) == 0x41;
  if (!isAccess) return;
  const end = sight.runEnd(start, start + AWS_BYTES + 1, DIGIT | UPPER, 0);
  if (end - start != AWS_BYTES || isOf(sight.at(end), WORD) || !isDrawn(sight, start + 4, end, false)) return;
  sight.found(Builtin.AwsAccessKey, start, end);
}

/**
 * Tokens that begin with a word and an underscore: GitHub's (`ghp_`, `gho_`, `ghu_`, `ghs_`, `ghr_` and 36 letters or digits,
 * `ghs_` also with a JSON Web Token, `github_pat_`) and Stripe's secret and restricted keys, and organisations'. Stripe's publishable
 * keys are no secret.
 */
export function findUnderscoreToken(sight: Sight, at: i32, maxBytes: i32): void {
  const first = sight.at(at);
  const isInstallation = sight.at(at + 1) == 0x73;
  if (first == 0x68) {
    if (sight.before(at - 1) != 0x67) return;
    take(
      sight,
      Builtin.GitHubToken,
      at - 1,
      at + 3,
      36,
      maxBytes,
      isInstallation ? BASE64URL : WORD,
      isInstallation ? FULL_STOP : 0,
    );
  } else if (first == 0x75) {
    if (!sight.hasBefore(at, "gith")) return;
    sight.candidate = at - 4;
    if (!sight.hasAt(at + 3, "pat_")) return;
    take(sight, Builtin.GitHubToken, at - 4, at + 7, 36, maxBytes, WORD, 0);
  } else if (sight.at(at + 1) == 0x6b) {
    const isOrganisation = sight.hasAt(at, "sk_org_");
    const mode = at + (isOrganisation ? 7 : 3);
    const hasMode = sight.hasAt(mode, "live_") || sight.hasAt(mode, "test_");
    if (!isOrganisation && !hasMode) return;
    take(sight, Builtin.StripeKey, at, mode + (hasMode ? 5 : 0), 16, maxBytes, ALPHANUMERIC, 0);
  }
}

/** Keys that begin with `sk-`: OpenAI's, of a user, a project, a service account or an administrator, and Anthropic's. */
export function findSkToken(sight: Sight, start: i32, maxBytes: i32): void {
  const body = start + 3;
  if (sight.hasAt(body, "ant-")) {
    const kind = sight.runEnd(body + 4, body + 16, ALPHANUMERIC, 0);
    if (sight.at(kind) == HYPHEN)
      take(sight, Builtin.AnthropicKey, start, kind + 1, min(80, maxBytes - 24), maxBytes, BASE64URL, 0);
    return;
  }
  if (!sight.beginsWord(start, BASE64URL)) return;
  let least = 0;
  if (sight.hasAt(body, "proj-")) least = 5;
  else if (sight.hasAt(body, "admin-")) least = 6;
  else if (sight.hasAt(body, "svcacct-")) least = 8;
  if (least > 0) {
    take(sight, Builtin.OpenAiKey, start, body + least, 40, maxBytes, BASE64URL, 0);
    return;
  }
  const plain = sight.runEnd(body, start + maxBytes - 2, ALPHANUMERIC, 0);
  if (plain - body >= 32) take(sight, Builtin.OpenAiKey, start, body, 32, maxBytes, BASE64URL, 0);
  else if (hasMarker(sight, body, start + maxBytes - 2))
    take(sight, Builtin.OpenAiKey, start, body, 40, maxBytes, BASE64URL, 0);
}

/** What stands in the middle of OpenAI's keys: "OpenAI" in base64. */
function hasMarker(sight: Sight, from: i32, limit: i32): bool {
  const end = sight.runEnd(from, limit, BASE64URL, 0);
  for (let at = from; at + 8 <= end; at++) if (sight.at(at) == 0x54 && sight.hasAt(at, "T3BlbkFJ")) return true;
  return false;
}

/** Slack's tokens: `xoxb-`, `xoxp-` and the like, `xapp-`, `xoxe.xoxp-`; numbers of five digits or more and a secret, joined with dashes. */
export function findSlackToken(sight: Sight, start: i32, maxBytes: i32): void {
  if (!sight.beginsWord(start, WORD | DASH) || sight.hasBefore(start, "xoxe.")) return;
  let at = start;
  if (sight.hasAt(at, "xoxe.xox")) at += 5;
  if (sight.hasAt(at, "xapp")) at += 4;
  else if (sight.hasAt(at, "xox") && isOf(sight.at(at + 3), LETTER)) at += 4;
  else return;
  if (sight.at(at++) != HYPHEN) return;
  const body = at;
  const limit = start + maxBytes - 2;
  const end = sight.runEnd(at, limit, ALPHANUMERIC | DASH, 0);
  let secret = 0;
  while (at < end) {
    const group = at;
    let isNumber = true;
    for (; at < end && sight.at(at) != HYPHEN; at++) if (!isDigit(sight.at(at))) isNumber = false;
    const length = at - group;
    if (isNumber && length > 1 && length < 5 && at < limit) return;
    if (!isNumber) secret = max(secret, length);
    at++;
  }
  if (secret >= 8 && end - body >= 12 && isDrawn(sight, body, end, true) && (body - start < 9 || end - body >= 40)) {
    sight.foundRun(Builtin.SlackToken, start, end, limit, ALPHANUMERIC | DASH, 0);
  }
}

/** Takes the run of `classes` at `body` as a token that began at `start`, if it is long enough and no placeholder. */
function take(
  sight: Sight,
  kind: Builtin,
  start: i32,
  body: i32,
  least: i32,
  maxBytes: i32,
  classes: u32,
  joiners: u32,
): void {
  sight.candidate = start;
  if (!sight.beginsWord(start, ALPHANUMERIC)) return;
  const limit = start + maxBytes - 2;
  const end = sight.runEnd(body, limit, classes, joiners);
  if (end - body < least || !isDrawn(sight, body, end, true)) return;
  sight.foundRun(kind, start, end, limit, classes, joiners);
}

/** Whether the characters of a token are as different as chance makes them; with `isMixed`, letters and digits both. */
function isDrawn(sight: Sight, from: i32, end: i32, isMixed: bool): bool {
  let low: u64 = 0;
  let high: u64 = 0;
  const until = min(end, from + MAX_SAMPLE);
  for (let at = from; at < until; at++) {
    const byte = sight.at(at);
    if (byte < 64) low |= (<u64>1) << byte;
    else high |= (<u64>1) << (byte & 63);
  }
  if (isMixed && (high == 0 || low >> 0x30 == 0)) return false;
  return <i32>(popcnt(low) + popcnt(high)) >= MIN_VARIETY;
}

import { Builtin } from "./builtin";
import { BASE64URL, FULL_STOP, isOf } from "./characters";
import { Sight } from "./sight";

const DOT: u32 = 0x2e;

/** `"alg`, the first letter highest. */
const ALG: u32 = 0x22616c67;
const QUOTE: u32 = 0x22;
const COLON: u32 = 0x3a;
const SPACE: u32 = 0x20;

/** How much of the key was read. */
const enum Key {
  None,
  Name,
  Quoted,
  Found,
}

/**
 * A JSON Web Token (RFC 7519): a header that is an object with `alg`, in base64url, and at least one part behind it, joined with
 * full stops. The second part may be empty: of a token whose key is agreed on (RFC 7516, 5.1), or whose payload is elsewhere (RFC
 * 7515, appendix F). Of a header longer than `maxBytes` only so much is looked at.
 */
export function findJwt(sight: Sight, start: i32, maxBytes: i32): void {
  if (!sight.beginsWord(start, BASE64URL)) return;
  const limit = start + maxBytes - 2;
  let bits: u32 = 0;
  let bitCount = 0;
  let last: u32 = 0;
  let recent: u32 = 0;
  let key = Key.None;
  let at = start;
  let byte = sight.at(at);
  for (; at < limit && isOf(byte, BASE64URL); byte = sight.at(++at)) {
    bits = (bits << 6) | sextet(byte);
    bitCount += 6;
    if (bitCount < 8) continue;
    bitCount -= 8;
    last = (bits >> bitCount) & 0xff;
    if (last < SPACE && last != 0x0a && last != 0x0d && last != 0x09) return;
    recent = (recent << 8) | last;
    if (key == Key.Found) continue;
    if (recent == ALG) key = Key.Name;
    else if (key == Key.Name && last == QUOTE) key = Key.Quoted;
    else if (key == Key.Quoted && last == COLON) key = Key.Found;
    else if (key != Key.Quoted || last > SPACE) key = Key.None;
  }
  if (key != Key.Found) return;
  if (at < limit) {
    if (last != 0x7d || byte != DOT) return;
    if (sight.at(at + 1) == DOT) at++;
    if (!isOf(sight.at(at + 1), BASE64URL)) return;
  }
  const end = sight.runEnd(at, limit, BASE64URL, FULL_STOP);
  sight.foundRun(Builtin.Jwt, start, end, limit, BASE64URL, FULL_STOP);
}

function sextet(byte: u32): u32 {
  if (byte >= 0x61) return byte - 0x47;
  if (byte >= 0x41 && byte <= 0x5a) return byte - 0x41;
  if (byte <= 0x39 && byte >= 0x30) return byte + 4;
  return byte == 0x2d ? 62 : 63;
}

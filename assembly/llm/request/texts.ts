import { findNoWord } from "../../bytes/find";
import { isDataUrl, isLink, MAGIC_BYTES, tokensOfBlob } from "./blob";
import { addCounts } from "../tokens/count";
import { KeyRole } from "./keys";
import { TokenSampler } from "../tokens/sampler";

/**
 * A string that begins with this many bytes of base64 and nothing else is binary, but for the protocols' own texts and what is
 * said to tools or by them. So much of a data URL is looked at for where its bytes begin.
 */
const BINARY_BYTES: i32 = 1024;
/** ";base64", which ends a data URL's head before its comma (RFC 2397), the first byte highest. */
const BASE64: u64 = 0x3b626173653634;
const SEVEN_BYTES: u64 = 0x00ffffffffffffff;
const COMMA: u32 = 0x2c;

/** How much of one text is read before it is sampled, and how much each sample stands for. */
const WHOLE_BYTES: i64 = 4096;
const PERIOD_BYTES: i64 = 4096;

/** What a string is, as far as it was read. */
const enum Form {
  Text,
  /** Base64 so far. */
  Base64,
  /** A data URL's head so far. */
  DataHead,
  /** Bytes in base64, so long that they are no text. */
  Binary,
}

/**
 * Estimates the tokens of a request's values, one after the other; each may arrive in pieces, split anywhere.
 *
 * What looks like a picture, a file or a link counts as one, but never less than the text that is in it: words behind
 * "https:" or a few bytes of base64 are words.
 */
@final
export class RequestTexts {
  /** What counts without being a text, and the texts of what looks like none. */
  private counted: i64 = 0;
  private readonly estimator: TokenSampler = new TokenSampler(WHOLE_BYTES, PERIOD_BYTES);
  private readonly magic: StaticArray<u8> = new StaticArray<u8>(MAGIC_BYTES);
  private role: KeyRole = KeyRole.Text;
  private length: i64 = 0;
  private form: Form = Form.Text;
  /** A data URL's latest bytes, in lower case, the last one lowest. */
  private head: u64 = 0;

  reset(): void {
    this.counted = 0;
    this.estimator.reset();
  }

  /** The estimate for all values that have ended. Dear at the first call after a value. */
  get tokens(): i64 {
    return addCounts(this.counted, this.estimator.tokensEnded());
  }

  /** A string begins, in a place of this role. */
  begin(role: KeyRole): void {
    this.role = role;
    this.length = 0;
    this.form = role == KeyRole.Text || role == KeyRole.Prompt || role == KeyRole.Payload ? Form.Text : Form.Base64;
    this.head = 0;
    if (role >= KeyRole.Image) memory.fill(this.start, 0, MAGIC_BYTES);
    this.estimator.restart();
  }

  /** More of the string, decoded. */
  add(pointer: usize, length: i32): void {
    const end = pointer + length;
    let at = pointer;
    if (this.role != KeyRole.Text) {
      if (this.form != Form.Binary && this.length < BINARY_BYTES) at = this.judge(pointer, end);
      // Base64 is no text, whatever follows it is.
      if (this.form == Form.Binary && this.estimator.isEmpty) at = findNoWord(at, end);
    }
    this.length += length;
    if (at < end) this.estimator.feed(at, <i32>(end - at));
  }

  end(): void {
    if (!this.isBlob) return this.estimator.next();
    const tokens = tokensOfBlob(this.start, this.length, this.role);
    this.count(this.form == Form.Base64 ? tokens : max(tokens, this.estimator.tokens()));
  }

  /** A text as it is, whole. */
  addWhole(pointer: usize, length: i32): void {
    this.begin(KeyRole.Text);
    this.add(pointer, length);
    this.end();
  }

  count(tokens: i64): void {
    this.counted = addCounts(this.counted, tokens);
  }

  private get start(): usize {
    return changetype<usize>(this.magic);
  }

  /** A file's place may hold a text all the same, such as a plain document. */
  private get isBlob(): bool {
    if (this.form == Form.Binary) return true;
    if (this.role < KeyRole.Image) return false;
    return this.form == Form.Base64 || (this.length >= MAGIC_BYTES && (isLink(this.start) || isDataUrl(this.start)));
  }

  /** Reads the first bytes; where they turn out to be binary, returns where what comes behind them begins, else `pointer`. */
  private judge(pointer: usize, end: usize): usize {
    let seen = <i32>this.length;
    for (let at = pointer; at < end && seen < BINARY_BYTES; at++) {
      const byte: u32 = load<u8>(at);
      if (seen < MAGIC_BYTES) store<u8>(this.start + seen, byte);
      seen++;
      if (this.form == Form.Base64 && !isBase64(byte)) this.form = Form.Text;
      if (this.form == Form.DataHead) this.readHead(byte);
      else if (seen == MAGIC_BYTES && isDataUrl(this.start)) this.beginHead();
      if (this.form == Form.Base64 && seen == BINARY_BYTES) this.form = Form.Binary;
      if (this.form != Form.Binary) continue;
      this.estimator.restart();
      return at + 1;
    }
    return pointer;
  }

  private beginHead(): void {
    this.form = Form.DataHead;
    for (let i = 0; i < MAGIC_BYTES && this.form == Form.DataHead; i++) this.readHead(load<u8>(this.start + i));
  }

  private readHead(byte: u32): void {
    if (byte == COMMA) this.form = (this.head & SEVEN_BYTES) == BASE64 ? Form.Binary : Form.Text;
    this.head = (this.head << 8) | (byte | 0x20);
  }
}

/** Both alphabets (RFC 4648). */
function isBase64(byte: u32): bool {
  if ((byte | 0x20) - 0x61 < 26 || byte - 0x30 < 10) return true;
  return byte == 0x2b || byte == 0x2d || byte == 0x2f || byte == 0x3d || byte == 0x5f;
}

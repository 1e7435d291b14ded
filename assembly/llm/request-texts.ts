import { isDataUrl, isLink, MAGIC_BYTES, tokensOfBlob } from "./request-blob";
import { addCounts } from "./token-count";
import { KeyRole } from "./request-keys";
import { TokenSampler } from "./token-sampler";

/** A string that begins with this many bytes of base64 and nothing else is binary, but for the protocols' own texts. */
const BINARY_BYTES: i32 = 1024;

/** How much of one text is read before it is sampled, and how much each sample stands for. */
const WHOLE_BYTES: i64 = 4096;
const PERIOD_BYTES: i64 = 4096;

/** Estimates the tokens of a request's values, one after the other; each may arrive in pieces, split anywhere. */
@final
export class RequestTexts {
  /** The estimate for all values that have ended. */
  tokens: i64 = 0;
  private readonly estimator: TokenSampler = new TokenSampler(WHOLE_BYTES, PERIOD_BYTES);
  private readonly magic: StaticArray<u8> = new StaticArray<u8>(MAGIC_BYTES);
  private role: KeyRole = KeyRole.Text;
  private length: i64 = 0;
  private isBase64: bool = false;
  private isBinary: bool = false;

  reset(): void {
    this.tokens = 0;
  }

  /** A string begins, in a place of this role. */
  begin(role: KeyRole): void {
    this.role = role;
    this.length = 0;
    this.isBinary = false;
    this.isBase64 = role != KeyRole.Text && role != KeyRole.Prompt;
    this.estimator.reset();
  }

  /** More of the string, decoded. */
  add(pointer: usize, length: i32): void {
    if (!this.isBinary && this.role != KeyRole.Text) this.judge(pointer, length);
    if (!this.isBinary) this.estimator.feed(pointer, length);
    this.length += length;
  }

  end(): void {
    const isBlob = this.isBinary || (this.role >= KeyRole.Image && this.looksLikeBlob());
    this.count(isBlob ? tokensOfBlob(this.start, this.length, this.role) : this.estimator.tokens());
  }

  /** A text as it is, whole. */
  addWhole(pointer: usize, length: i32): void {
    this.begin(KeyRole.Text);
    this.add(pointer, length);
    this.end();
  }

  count(tokens: i64): void {
    this.tokens = addCounts(this.tokens, tokens);
  }

  private get start(): usize {
    return changetype<usize>(this.magic);
  }

  /** A file's place may hold a text all the same, such as a plain document. */
  private looksLikeBlob(): bool {
    return this.isBase64 || (this.length >= MAGIC_BYTES && (isLink(this.start) || isDataUrl(this.start)));
  }

  private judge(pointer: usize, length: i32): void {
    const seen = this.length;
    if (seen < MAGIC_BYTES) {
      const taken = min(<i32>(MAGIC_BYTES - seen), length);
      memory.copy(this.start + <usize>seen, pointer, taken);
      this.isBinary = seen + length >= MAGIC_BYTES && isDataUrl(this.start);
    }
    if (!this.isBase64 || seen >= BINARY_BYTES) return;
    const looked = min(<i32>(BINARY_BYTES - seen), length);
    for (let i = 0; i < looked; i++) {
      if (isBase64(load<u8>(pointer + i))) continue;
      this.isBase64 = false;
      return;
    }
    if (seen + looked == BINARY_BYTES) this.isBinary = true;
  }
}

/** Both alphabets (RFC 4648). */
function isBase64(byte: u32): bool {
  if ((byte | 0x20) - 0x61 < 26 || byte - 0x30 < 10) return true;
  return byte == 0x2b || byte == 0x2d || byte == 0x2f || byte == 0x3d || byte == 0x5f;
}

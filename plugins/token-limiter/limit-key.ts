import { SHA256_BYTES } from "../../assembly/bytes/sha256";
import { ByteString, Bytes } from "../../assembly/bytes/view";
import { FastSha256 } from "../../assembly/crypto/fast-sha256";

export const enum KeySource {
  Consumer,
  Model,
  Group,
  Provider,
  Route,
  SourceAddress,
  Header,
}

/** One element of `by`: where one value of a key comes from. */
@final
export class KeyPart {
  constructor(
    readonly source: KeySource,
    /** Name of the header, as Envoy has it; empty for the other sources. */
    readonly header: ByteString,
  ) {}
}

/** What a limit counts by: a list without repetitions, in the same order whatever order `by` has. Empty: all requests together. */
@final
export class LimitKey {
  constructor(readonly parts: KeyPart[]) {}

  /** One bit for each kind of source. */
  get sources(): i32 {
    let sources = 0;
    for (let i = 0; i < this.parts.length; i++) sources |= 1 << this.parts[i].source;
    return sources;
  }

  equals(other: LimitKey): bool {
    if (this.parts.length != other.parts.length) return false;
    for (let i = 0; i < this.parts.length; i++) {
      const header = other.parts[i].header;
      if (this.parts[i].source != other.parts[i].source) return false;
      if (!this.parts[i].header.equals(header.pointer, header.length)) return false;
    }
    return true;
  }
}

/** Stands for the values of one key in one request. */
@final
export class KeyDigest {
  low: u64 = 0;
  high: u64 = 0;
  /** Decides in which record the key's accounts are. */
  place: u64 = 0;

  copy(other: KeyDigest): void {
    this.low = other.low;
    this.high = other.high;
    this.place = other.place;
  }
}

const HEAD_BYTES: i32 = 8;
const ABSENT: u8 = 0;
const PRESENT: u8 = 1;

const head = memory.data(HEAD_BYTES, 8);

/**
 * Hashes the values of a key, with a secret, by SHA-256: no client can make values that share another's account, or that
 * crowd another's record. No two different lists of values hash the same bytes.
 */
@final
export class KeyHasher {
  private readonly hash: FastSha256 = new FastSha256();
  private readonly digest: StaticArray<u64> = new StaticArray<u64>(SHA256_BYTES / 8);

  constructor(private readonly secret: StaticArray<u8>) {}

  begin(): void {
    this.hash.reset();
    this.hash.update(changetype<usize>(this.secret), this.secret.length);
  }

  /** The key's parts in their order; null: the request has no such value, which is a value of its own. */
  add(part: KeyPart, value: Bytes | null): void {
    store<u8>(head, <u8>part.source);
    store<u8>(head, value == null ? ABSENT : PRESENT, 1);
    store<u16>(head, <u16>part.header.length, 2);
    store<u32>(head, value == null ? 0 : value.length, 4);
    this.hash.update(head, HEAD_BYTES);
    this.hash.update(part.header.pointer, part.header.length);
    if (value != null) this.hash.update(value.pointer, value.length);
  }

  finish(digest: KeyDigest): void {
    this.hash.finish(changetype<usize>(this.digest));
    digest.low = this.digest[0];
    digest.high = this.digest[1];
    digest.place = this.digest[2];
  }
}

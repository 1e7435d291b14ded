import { Budget } from "../../assembly/bytes/budget";
import { ByteBuffer } from "../../assembly/bytes/buffer";
import { ByteString, Bytes } from "../../assembly/bytes/view";

/** The longest value that can be part of a key, in bytes. */
export const MAX_VALUE_BYTES: i32 = 1024;
/** The longest message; the service takes 4 MiB. */
const MAX_MESSAGE_BYTES: i32 = 262144;
/**
 * More than any limit of the service, whose amounts are 32 bits wide. A larger charge would do the same, but two of them
 * could overflow the service's counter (63 bits), and then the call fails; of these it holds 2^31.
 */
const MAX_CHARGE: u64 = 1 << 32;

/** The first byte of each field: its number and its wire type (`rls.proto`, `ratelimit.proto`, `wrappers.proto`). */
const enum Tag {
  RequestDomain = 0x0a,
  RequestDescriptor = 0x12,
  DescriptorEntry = 0x0a,
  DescriptorHitsAddend = 0x1a,
  EntryKey = 0x0a,
  EntryValue = 0x12,
  Uint64Value = 0x08,
}

const LIMIT = new ByteString("limit");
const PERCENT: u8 = 0x25;
const HEX = new ByteString("0123456789ABCDEF");

/**
 * Which counter of a limit a request belongs to: the descriptor entries `("limit", <limit's name>)`, then one for each thing
 * that the limit is kept by. Encoded once, sent with the check and with each charge of the request.
 */
@final
export class RateLimitKey {
  private readonly entries: ByteBuffer;

  constructor(budget: Budget, limitName: ByteString) {
    this.entries = new ByteBuffer(budget);
    this.append(LIMIT.pointer, LIMIT.length, limitName.pointer, limitName.length);
  }


  @inline
  get pointer(): usize {
    return this.entries.pointer;
  }


  @inline
  get length(): i32 {
    return this.entries.length;
  }

  /**
   * Adds an entry. Bytes of the value outside printable ASCII, and `%`, are percent-encoded: the service takes valid UTF-8
   * only, and refuses the whole call otherwise. False, and nothing added, when the value is longer than `MAX_VALUE_BYTES`
   * or the budget has no room.
   */
  add(name: ByteString, value: Bytes): bool {
    if (value.length > MAX_VALUE_BYTES) return false;
    return this.append(name.pointer, name.length, printable, writePrintable(value));
  }

  private append(key: usize, keyLength: i32, value: usize, valueLength: i32): bool {
    const entries = this.entries;
    const before = entries.length;
    const length = fieldLength(keyLength) + fieldLength(valueLength);
    const isWhole =
      appendHead(entries, Tag.DescriptorEntry, length) &&
      appendHead(entries, Tag.EntryKey, keyLength) &&
      entries.append(key, keyLength) &&
      appendHead(entries, Tag.EntryValue, valueLength) &&
      entries.append(value, valueLength);
    if (!isWhole) entries.length = before;
    return isWhole;
  }
}

/** Writes `envoy.service.ratelimit.v3.RateLimitRequest`, one at a time. */
@final
export class RateLimitRequest {
  private readonly out: ByteBuffer = new ByteBuffer(new Budget(MAX_MESSAGE_BYTES));
  private readonly domain: ByteString;
  private isWhole: bool = true;
  private count: i32 = 0;

  constructor(domain: string) {
    this.domain = new ByteString(domain);
  }

  begin(): void {
    const domain = this.domain;
    this.out.clear();
    this.count = 0;
    this.isWhole =
      appendHead(this.out, Tag.RequestDomain, domain.length) && this.out.append(domain.pointer, domain.length);
  }

  /** Adds a descriptor with `hits_addend` of its own, which may be 0: the request's would count 0 as 1. */
  add(key: RateLimitKey, hits: u64): void {
    const charge = min(hits, MAX_CHARGE);
    const valueLength = charge == 0 ? 0 : 1 + varintLength(charge);
    const out = this.out;
    this.count++;
    this.isWhole =
      this.isWhole &&
      appendHead(out, Tag.RequestDescriptor, key.length + fieldLength(valueLength)) &&
      out.append(key.pointer, key.length) &&
      appendHead(out, Tag.DescriptorHitsAddend, valueLength) &&
      (charge == 0 || (out.appendByte(<u8>Tag.Uint64Value) && appendVarint(out, charge)));
  }

  /** Points `view` at the message, valid until the next `begin`; empty when it has no descriptor or is too large to send. */
  writeTo(view: Bytes): Bytes {
    const out = this.out;
    return view.set(out.pointer, this.isWhole && this.count > 0 ? out.length : 0);
  }
}

/** Room for the printable form of the longest value. */
const printable = memory.data(MAX_VALUE_BYTES * 3);

/** Writes a value's printable form there and returns how long it is. */
function writePrintable(value: Bytes): i32 {
  let to = printable;
  for (let i = 0; i < value.length; i++) {
    const byte = value.at(i);
    if (byte >= 0x20 && byte < 0x7f && byte != PERCENT) {
      store<u8>(to++, byte);
    } else {
      store<u8>(to, PERCENT);
      store<u8>(to, load<u8>(HEX.pointer + (byte >> 4)), 1);
      store<u8>(to, load<u8>(HEX.pointer + (byte & 15)), 2);
      to += 3;
    }
  }
  return <i32>(to - printable);
}

function appendHead(out: ByteBuffer, tag: Tag, length: i32): bool {
  return out.appendByte(<u8>tag) && appendVarint(out, length);
}

function appendVarint(out: ByteBuffer, value: u64): bool {
  for (; value >= 0x80; value >>= 7) {
    if (!out.appendByte((<u8>value) | 0x80)) return false;
  }
  return out.appendByte(<u8>value);
}

/** How long a field with a content of `length` bytes is. */
function fieldLength(length: i32): i32 {
  return 1 + varintLength(length) + length;
}

function varintLength(value: u64): i32 {
  return value == 0 ? 1 : <i32>((70 - clz(value)) / 7);
}

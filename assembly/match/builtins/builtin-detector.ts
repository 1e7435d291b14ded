import { Detector, HitListener, TextWindow } from "../detector";
import { bitOf, Builtin } from "./builtin";
import { ALPHANUMERIC, isDigit, isOf, LOCAL } from "./characters";
import { MAX_SCHEME_BYTES } from "./connection-string";
import { MAX_LOCAL_BYTES } from "./email";
import { BYTES_BEFORE_BLOCK, NUMBER_BLOCK_BYTES, numberStarts } from "./number-starts";
import { MAX_PRIVATE_KEY_BYTES, privateKeyEnd, PUTTY_END } from "./private-key";
import { Recognisers } from "./recognisers";
import { Sight } from "./sight";
import { Triggers } from "./triggers";

/** The least that a detector has to be allowed to hold back. */
export const MIN_HOLD_BYTES: i32 = 64;
const NUMBER_KINDS: u32 =
  bitOf(Builtin.CreditCard) |
  bitOf(Builtin.Iban) |
  bitOf(Builtin.PhoneNumber) |
  bitOf(Builtin.UsSsn) |
  bitOf(Builtin.IpAddress);
/** Kinds whose recogniser is asked at a later byte than the first, and how much has come at most before it can tell. */
const PREFIXED_KINDS: u32 =
  bitOf(Builtin.Iban) | bitOf(Builtin.IpAddress) | bitOf(Builtin.GitHubToken) | bitOf(Builtin.PrivateKey);
const MAX_PREFIX_BYTES: i32 = 6;

const OPEN: u32 = 0x28;
const PLUS: u32 = 0x2b;
const HYPHEN: u32 = 0x2d;

const enum Within {
  Text,
  /** A token that is longer than may be held back. */
  Run,
  PrivateKey,
}

/**
 * Recognises the kinds of `Builtin` in one pass; the id of a hit is its kind. Numbers are checked, not only shaped; tokens and
 * addresses are whole: within a longer word or number there is none.
 *
 * The text is the plain view, in which compatibility forms and look-alikes are ASCII and nothing is invisible. Holds back at most
 * `maxHoldBytes`: private keys, tokens, addresses and connection strings that are longer are recognised by as much and told in parts.
 * Time is linear in the text: a byte is looked at a bounded number of times.
 */
@final
export class BuiltinDetector extends Detector {
  private readonly triggers: Triggers;
  private readonly sight: Sight;
  private readonly recognisers: Recognisers;
  private readonly maxLocalBytes: i32;
  private readonly maxPrefixBytes: i32;
  private readonly wantsNumbers: bool;
  private within: Within = Within.Text;
  /** Where the scan goes on. */
  private next: i32 = 0;
  private runId: i32 = 0;
  private runClasses: u32 = 0;
  private runJoiners: u32 = 0;
  private keyStart: i32 = 0;

  /** `kinds` is a mask of `bitOf`; `maxHoldBytes` at least `MIN_HOLD_BYTES`. */
  constructor(kinds: u32, maxHoldBytes: i32) {
    super();
    const sight = new Sight();
    const most = max(maxHoldBytes, MIN_HOLD_BYTES);
    const maxLocalBytes = (kinds & bitOf(Builtin.Email)) != 0 ? min(MAX_LOCAL_BYTES, most / 2) : 0;
    this.sight = sight;
    this.maxLocalBytes = maxLocalBytes;
    this.maxPrefixBytes = prefixBytes(kinds);
    this.wantsNumbers = (kinds & NUMBER_KINDS) != 0;
    this.triggers = new Triggers(kinds);
    this.recognisers = new Recognisers(sight, kinds, most, maxLocalBytes);
  }

  override reset(): void {
    this.pending = 0;
    this.next = 0;
    this.within = Within.Text;
    this.sight.reset();
  }

  override scan(window: TextWindow, hits: HitListener): void {
    const sight = this.sight;
    sight.show(window);
    const candidate = this.scanText(hits);
    if (this.within != Within.Text) this.pending = candidate;
    else this.pending = max(this.pending, window.isLast ? window.end : min(candidate, this.lastBeginning()));
    sight.keepContext(this.pending);
  }

  /** Scans as far as can be decided; returns where that is. */
  private scanText(hits: HitListener): i32 {
    const sight = this.sight;
    while (true) {
      if (this.within == Within.Run && !this.endRun(hits)) return this.next;
      if (this.within == Within.PrivateKey && !this.endPrivateKey(hits)) return this.next;
      const at = this.findTrigger(this.next);
      if (at < 0) {
        this.next = sight.end;
        return sight.end;
      }
      if (sight.isShort) {
        this.next = at;
        return sight.candidate;
      }
      this.tell(hits);
    }
  }

  /** Finds the next hit from `from` on, or something that may become one; -1 at the end of what there is. */
  private findTrigger(from: i32): i32 {
    const sight = this.sight;
    const end = sight.end;
    // A number right behind a hit is not in a row with it, which a block can't tell.
    let block = min(end, max(from, max(sight.start + BYTES_BEFORE_BLOCK, sight.settled + 2)));
    const early = this.findByByte(from, block);
    if (early >= 0) return early;
    for (; block + NUMBER_BLOCK_BYTES <= end; block += 16) {
      const pointer = sight.pointer(block);
      let mask = this.triggers.inBlock(pointer);
      if (this.wantsNumbers) mask |= numberStarts(pointer);
      for (; mask != 0; mask &= mask - 1) {
        const at = block + ctz(mask);
        if (this.recognisers.visit(at)) return at;
      }
    }
    return this.findByByte(block, end);
  }

  private findByByte(from: i32, until: i32): i32 {
    const sight = this.sight;
    for (let at = from; at < until; at++) {
      const pointer = sight.pointer(at);
      const isNumber = this.wantsNumbers && isDigit(load<u8>(pointer));
      if ((isNumber || this.triggers.mayBegin(pointer, sight.end - at)) && this.recognisers.visit(at)) return at;
    }
    return -1;
  }

  /** Tells the hit in hand. */
  private tell(hits: HitListener): void {
    const sight = this.sight;
    const end = sight.hitEnd;
    hits.onHit(sight.hitId, sight.hitStart, end, false);
    this.next = end;
    sight.settled = end;
    if (sight.runClasses != 0) {
      this.beginRun(sight.hitId, sight.runClasses, sight.runJoiners);
    } else if (sight.hitId == Builtin.PrivateKey) {
      this.within = Within.PrivateKey;
      this.keyStart = sight.hitStart;
    }
  }

  private beginRun(id: i32, classes: u32, joiners: u32): void {
    this.within = Within.Run;
    this.runId = id;
    this.runClasses = classes;
    this.runJoiners = joiners;
  }

  private tellMore(hits: HitListener, id: i32, end: i32): void {
    if (end > this.next) hits.onHit(id, this.next, end, true);
    this.next = end;
    this.sight.settled = end;
  }

  /** Tells more of a token; whether it is over. */
  private endRun(hits: HitListener): bool {
    const sight = this.sight;
    sight.isShort = false;
    const end = sight.runEnd(this.next, sight.end, this.runClasses, this.runJoiners);
    this.tellMore(hits, this.runId, end);
    if (end == sight.end || sight.isShort) return false;
    this.within = Within.Text;
    return true;
  }

  /** Tells more of a private key; whether it is over. */
  private endPrivateKey(hits: HitListener): bool {
    const sight = this.sight;
    const bound = this.keyStart + MAX_PRIVATE_KEY_BYTES;
    const until = min(sight.end, bound);
    let at = this.next;
    while (at < until) {
      if (sight.at(at) != HYPHEN) {
        at++;
        continue;
      }
      sight.isShort = false;
      if (sight.hasAt(at, PUTTY_END)) {
        this.tellMore(hits, Builtin.PrivateKey, at + PUTTY_END.length);
        this.beginRun(Builtin.PrivateKey, ALPHANUMERIC, 0);
        return this.endRun(hits);
      }
      const end = privateKeyEnd(sight, at);
      if (sight.isShort) {
        this.tellMore(hits, Builtin.PrivateKey, at);
        return false;
      }
      if (end != 0) {
        this.tellMore(hits, Builtin.PrivateKey, end);
        this.within = Within.Text;
        return true;
      }
      at++;
    }
    this.tellMore(hits, Builtin.PrivateKey, at);
    if (at < bound) return false;
    this.within = Within.Text;
    return true;
  }

  /** Where something may begin that has not come to its trigger yet. */
  private lastBeginning(): i32 {
    const sight = this.sight;
    const end = sight.end;
    const most = max(this.maxLocalBytes, this.maxPrefixBytes);
    const floor = max(end - most, max(sight.start, sight.settled));
    let start = end;
    while (start > floor && isOf(sight.before(start - 1), LOCAL)) start--;
    const isLonger = start == floor && start > sight.settled && isOf(sight.before(start - 1), LOCAL);
    if (isLonger || this.maxLocalBytes == 0) {
      start = max(start, end - this.maxPrefixBytes);
      while (start < end && !sight.beginsWord(start, ALPHANUMERIC) && isOf(sight.before(start), ALPHANUMERIC)) start++;
    }
    // The rest of a character whose first byte is of no word.
    while (start < end && (sight.before(start) & 0xc0) == 0x80) start++;
    if (this.recognisers.wants(Builtin.PhoneNumber)) {
      if (start == end && sight.before(start - 1) == PLUS) start--;
      if (sight.before(start - 1) == OPEN) start--;
    }
    return start;
  }
}

/** How many bytes may be before the one at which a recogniser is asked, but for the local part of an e-mail address. */
function prefixBytes(kinds: u32): i32 {
  if ((kinds & bitOf(Builtin.ConnectionString)) != 0) return MAX_SCHEME_BYTES;
  return (kinds & PREFIXED_KINDS) != 0 ? MAX_PREFIX_BYTES : 0;
}

import { Detector, HitListener, TextWindow } from "../detector";
import { bitOf, Builtin } from "./builtin";
import { ALPHANUMERIC, isDigit, isOf, LETTER, LOCAL, WORD } from "./characters";
import { findKeyAndValue, findUrl } from "./connection-string";
import { findCreditCard } from "./credit-card";
import { DigitGroups } from "./digit-groups";
import { findEmail, MAX_LOCAL_BYTES } from "./email";
import { findIban } from "./iban";
import { findIpv4, findIpv6 } from "./ip-address";
import { findJwt } from "./jwt";
import { findPhoneNumber } from "./phone-number";
import { findPrivateKey, MAX_PRIVATE_KEY_BYTES, privateKeyEnd } from "./private-key";
import { Sight } from "./sight";
import { findCapitalToken, findSkToken, findSlackToken, findUnderscoreToken } from "./token";
import { Triggers } from "./triggers";
import { findUsSsn } from "./us-ssn";

/** The least that a detector has to be allowed to hold back. */
export const MIN_HOLD_BYTES: i32 = 64;
/** How much a block of triggers reads. */
const BLOCK_BYTES: i32 = 18;
/** The longest of what may be before the byte at which a recogniser is asked, but for the local part of an e-mail address. */
const MAX_BEGINNING_BYTES: i32 = 24;
/** A number shorter than that is looked at only when others follow. */
const MIN_NUMBER_BYTES: i32 = 7;
const MAX_NUMBER_BYTES: i32 = 21;

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
  private readonly sight: Sight = new Sight();
  private readonly groups: DigitGroups = new DigitGroups();
  private readonly maxHoldBytes: i32;
  private readonly maxLocalBytes: i32;
  private within: Within = Within.Text;
  /** Where the scan goes on. */
  private next: i32 = 0;
  private runId: i32 = 0;
  private runClasses: u32 = 0;
  private runJoiners: u32 = 0;
  private keyStart: i32 = 0;

  /** `kinds` is a mask of `bitOf`; `maxHoldBytes` at least `MIN_HOLD_BYTES`. */
  constructor(
    private readonly kinds: u32,
    maxHoldBytes: i32,
  ) {
    super();
    this.triggers = new Triggers(kinds);
    this.maxHoldBytes = max(maxHoldBytes, MIN_HOLD_BYTES);
    this.maxLocalBytes = min(MAX_LOCAL_BYTES, this.maxHoldBytes / 2);
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
    const triggers = this.triggers;
    const end = sight.end;
    let block = from;
    while (block + BLOCK_BYTES <= end) {
      let mask = triggers.inBlock(sight.pointer(block), this.isAfterDigit(block));
      while (mask != 0) {
        const at = block + ctz(mask);
        if (this.visit(at)) return at;
        mask &= mask - 1;
      }
      block += 16;
    }
    for (let at = block; at < end; at++) {
      if (triggers.mayBegin(sight.pointer(at), end - at, this.isAfterDigit(at)) && this.visit(at)) return at;
    }
    return -1;
  }


  @inline
  private isAfterDigit(at: i32): bool {
    return isDigit(this.sight.before(at - 1));
  }

  /** Asks the recognisers for what begins around `at`; whether there is something, or may be. */
  private visit(at: i32): bool {
    const sight = this.sight;
    sight.isShort = false;
    sight.candidate = at;
    sight.hitEnd = 0;
    sight.runClasses = 0;
    const byte = sight.at(at);
    if (isDigit(byte)) this.visitNumber(at);
    else this.visitBeginning(at, byte);
    return sight.isShort || sight.hitEnd != 0;
  }

  private visitBeginning(at: i32, byte: u32): void {
    const sight = this.sight;
    const maxBytes = this.maxHoldBytes;
    switch (byte) {
      case 0x40:
        findEmail(sight, at, this.maxLocalBytes, maxBytes);
        break;
      case 0x3a:
        if (sight.at(at + 1) != 0x2f) findIpv6(sight, at);
        else if (sight.at(at + 2) == 0x2f) findUrl(sight, at, maxBytes);
        break;
      case 0x41:
        findCapitalToken(sight, at, maxBytes);
        break;
      case 0x42:
        findPrivateKey(sight, at);
        break;
      case 0x78:
        findSlackToken(sight, at, maxBytes);
        break;
      default:
        this.visitLetter(at, byte);
    }
    if (sight.hitEnd != 0 && !this.wants(sight.hitId)) sight.hitEnd = 0;
  }

  private visitLetter(at: i32, byte: u32): void {
    const sight = this.sight;
    const third = sight.at(at + 2);
    if (third == 0x3d) findKeyAndValue(sight, at + 2, this.maxHoldBytes);
    else if (third == 0x5f) findUnderscoreToken(sight, at, this.maxHoldBytes);
    else if (third == 0x2d) {
      if (byte == 0x73 && sight.at(at + 1) == 0x6b) findSkToken(sight, at, this.maxHoldBytes);
    } else if (byte == 0x65) findJwt(sight, at, this.maxHoldBytes);
  }


  @inline
  private wants(kind: Builtin): bool {
    return (this.kinds & bitOf(kind)) != 0;
  }

  /** Asks what number begins at the digit at `at`. */
  private visitNumber(at: i32): void {
    const sight = this.sight;
    const groups = this.groups;
    const before = sight.before(at - 1);
    if (!sight.beginsWord(at, WORD)) {
      if (!this.wants(Builtin.Iban) || !isOf(before, LETTER) || !isOf(sight.before(at - 2), LETTER)) return;
      if (isDigit(sight.at(at + 1)) && sight.beginsWord(at - 2, ALPHANUMERIC)) findIban(sight, at - 2);
      return;
    }
    let end = at + 1;
    while (end < at + MAX_NUMBER_BYTES && isDigit(sight.at(end))) end++;
    if (before == 0x28 || before == 0x2b) sight.candidate--;
    if (end - at < MIN_NUMBER_BYTES && !this.hasMore(end)) return;
    groups.read(sight, at);
    const isJoined = (before == 0x2e || before == 0x2d) && isDigit(sight.before(at - 2));
    if (!isJoined && this.wants(Builtin.CreditCard)) {
      findCreditCard(sight, groups);
      if (sight.hitEnd != 0) return;
    }
    if (!isJoined && this.wants(Builtin.UsSsn)) {
      findUsSsn(sight, groups);
      if (sight.hitEnd != 0) return;
    }
    if ((!isJoined || before == 0x2d) && this.wants(Builtin.IpAddress)) {
      findIpv4(sight, groups);
      if (sight.hitEnd != 0) return;
    }
    if (this.wants(Builtin.PhoneNumber)) findPhoneNumber(sight, groups);
  }

  /** Whether digits that end at `end` may be one group of a number. */
  private hasMore(end: i32): bool {
    const sight = this.sight;
    const byte = sight.at(end);
    if (byte != 0x20 && byte != 0x2d && byte != 0x2e && byte != 0x2f) return byte == 0x28 || byte == 0x29;
    const next = sight.at(end + 1);
    return isDigit(next) || next == 0x28;
  }

  /** Tells the hit in hand. */
  private tell(hits: HitListener): void {
    const sight = this.sight;
    const end = sight.hitEnd;
    hits.onHit(sight.hitId, sight.hitStart, end, false);
    this.next = end;
    sight.settled = end;
    if (sight.runClasses != 0) {
      this.within = Within.Run;
      this.runId = sight.hitId;
      this.runClasses = sight.runClasses;
      this.runJoiners = sight.runJoiners;
    } else if (sight.hitId == Builtin.PrivateKey) {
      this.within = Within.PrivateKey;
      this.keyStart = sight.hitStart;
    }
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
      if (sight.at(at) != 0x2d) {
        at++;
        continue;
      }
      sight.isShort = false;
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
    const reach = this.wants(Builtin.Email) ? this.maxLocalBytes : MAX_BEGINNING_BYTES;
    const floor = max(end - reach, max(sight.start, sight.settled));
    let start = end;
    while (start > floor && isOf(sight.before(start - 1), LOCAL)) start--;
    if (start > 0 && start == floor && start > sight.settled && isOf(sight.before(start - 1), LOCAL)) {
      start = max(floor, end - MAX_BEGINNING_BYTES);
      while (start < end && isOf(sight.before(start - 1), ALPHANUMERIC)) start++;
      return start;
    }
    return start > 0 && sight.before(start - 1) == 0x28 ? start - 1 : start;
  }
}

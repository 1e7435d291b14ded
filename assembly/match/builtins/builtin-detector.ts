import { Detector, HitListener, TextWindow } from "../detector";
import { bitOf, Builtin } from "./builtin";
import { ALPHANUMERIC, isDigit, isOf, LETTER, LOCAL, WORD } from "./characters";
import { findKeyAndValue, findUrl } from "./connection-string";
import { findCreditCard, mayBeCreditCard } from "./credit-card";
import { DigitGroups } from "./digit-groups";
import { findEmail, MAX_LOCAL_BYTES } from "./email";
import { findIban } from "./iban";
import { findIpv4, findIpv6, mayBeIpv4 } from "./ip-address";
import { findJwt } from "./jwt";
import { BYTES_BEFORE_BLOCK, NUMBER_BLOCK_BYTES, numberStarts } from "./number-starts";
import { findPhoneNumber, mayBePhoneNumber } from "./phone-number";
import { findPrivateKey, MAX_PRIVATE_KEY_BYTES, privateKeyEnd } from "./private-key";
import { Sight } from "./sight";
import { findCapitalToken, findSkToken, findSlackToken, findUnderscoreToken } from "./token";
import { Triggers } from "./triggers";
import { findUsSsn, mayBeUsSsn } from "./us-ssn";

/** The least that a detector has to be allowed to hold back. */
export const MIN_HOLD_BYTES: i32 = 64;
const NUMBER_KINDS: u32 =
  bitOf(Builtin.CreditCard) |
  bitOf(Builtin.Iban) |
  bitOf(Builtin.PhoneNumber) |
  bitOf(Builtin.UsSsn) |
  bitOf(Builtin.IpAddress);
/** The longest of what may be before the byte at which a recogniser is asked, but for the local part of an e-mail address. */
const MAX_BEGINNING_BYTES: i32 = 24;

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
  private readonly wantsNumbers: bool;
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
    this.wantsNumbers = (kinds & NUMBER_KINDS) != 0;
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
        if (this.visit(at)) return at;
      }
    }
    return this.findByByte(block, end);
  }

  private findByByte(from: i32, until: i32): i32 {
    const sight = this.sight;
    for (let at = from; at < until; at++) {
      const pointer = sight.pointer(at);
      const isNumber = this.wantsNumbers && isDigit(load<u8>(pointer));
      if ((isNumber || this.triggers.mayBegin(pointer, sight.end - at)) && this.visit(at)) return at;
    }
    return -1;
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
    if (isDigit(before)) return;
    if (!sight.beginsWord(at, WORD)) {
      if (!this.wants(Builtin.Iban) || !isOf(before, LETTER) || !isOf(sight.before(at - 2), LETTER)) return;
      if (isDigit(sight.at(at + 1)) && sight.beginsWord(at - 2, ALPHANUMERIC)) findIban(sight, at - 2);
      return;
    }
    if (before == 0x28 || before == 0x2b) sight.candidate--;
    if (!groups.look(sight, at, before)) return;
    const isJoined = (before == 0x2e || before == 0x2d) && isDigit(sight.before(at - 2));
    const isCard = !isJoined && this.wants(Builtin.CreditCard) && mayBeCreditCard(groups);
    const isSsn = !isJoined && this.wants(Builtin.UsSsn) && mayBeUsSsn(sight, groups, at);
    const isAddress = (!isJoined || before == 0x2d) && this.wants(Builtin.IpAddress) && mayBeIpv4(groups);
    const isPhone = this.wants(Builtin.PhoneNumber) && mayBePhoneNumber(sight, groups, at, before);
    if (sight.isShort || !(isCard || isSsn || isAddress || isPhone)) return;
    groups.read(sight, at);
    if (isCard) findCreditCard(sight, groups);
    if (isSsn && sight.hitEnd == 0) findUsSsn(sight, groups);
    if (isAddress && sight.hitEnd == 0) findIpv4(sight, groups);
    if (isPhone && sight.hitEnd == 0) findPhoneNumber(sight, groups);
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

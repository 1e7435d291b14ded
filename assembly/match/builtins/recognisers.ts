import { bitOf, Builtin } from "./builtin";
import { ALPHANUMERIC, isDigit, isHex, isOf, LETTER, WORD } from "./characters";
import { findKeyAndValue, findOracleUrl, findUrl } from "./connection-string";
import { findCreditCard, mayBeCreditCard } from "./credit-card";
import { DigitGroups, TWO_SPACES } from "./digit-groups";
import { findEmail } from "./email";
import { findIban } from "./iban";
import { findIpv4, findIpv6, mayBeIpv4 } from "./ip-address";
import { findJwt } from "./jwt";
import { findPhoneNumber, isAfterTel, mayBePhoneNumber } from "./phone-number";
import { findPrivateKey, findPuttyKey } from "./private-key";
import { Sight } from "./sight";
import { findCapitalToken, findSkToken, findSlackToken, findUnderscoreToken } from "./token";
import { findUsSsn, mayBeUsSsn } from "./us-ssn";

const OPEN: u32 = 0x28;
const PLUS: u32 = 0x2b;
const HYPHEN: u32 = 0x2d;
const FULL_STOP: u32 = 0x2e;
const SLASH: u32 = 0x2f;
const COLON: u32 = 0x3a;
const EQUALS: u32 = 0x3d;
const AT: u32 = 0x40;
const CAPITAL_A: u32 = 0x41;
const CAPITAL_B: u32 = 0x42;
const CAPITAL_P: u32 = 0x50;
const UNDERSCORE: u32 = 0x5f;
const SMALL_E: u32 = 0x65;
const SMALL_K: u32 = 0x6b;
const SMALL_O: u32 = 0x6f;
const SMALL_S: u32 = 0x73;
const SMALL_X: u32 = 0x78;

/** Asks, for a byte that something may begin at, the recognisers of what may. The hit in hand is the sight's. */
@final
export class Recognisers {
  private readonly groups: DigitGroups = new DigitGroups();

  /** `maxLocalBytes` is how long the local part of an e-mail address may be. */
  constructor(
    private readonly sight: Sight,
    private readonly kinds: u32,
    private readonly maxHoldBytes: i32,
    private readonly maxLocalBytes: i32,
  ) {}

  /** Asks the recognisers for what begins around `at`; whether there is something, or may be. */
  visit(at: i32): bool {
    const sight = this.sight;
    sight.isShort = false;
    sight.candidate = at;
    sight.hitEnd = 0;
    sight.runClasses = 0;
    sight.runJoiners = 0;
    const byte = sight.at(at);
    if (isDigit(byte)) this.visitNumber(at);
    else this.visitBeginning(at, byte);
    return sight.isShort || sight.hitEnd != 0;
  }

  private visitBeginning(at: i32, byte: u32): void {
    const sight = this.sight;
    const maxBytes = this.maxHoldBytes;
    switch (byte) {
      case AT:
        findEmail(sight, at, this.maxLocalBytes, maxBytes);
        break;
      case COLON:
        this.visitColon(at);
        break;
      case CAPITAL_A:
        findCapitalToken(sight, at, maxBytes);
        break;
      case CAPITAL_B:
        findPrivateKey(sight, at);
        break;
      case CAPITAL_P:
        findPuttyKey(sight, at);
        break;
      case SMALL_X:
        findSlackToken(sight, at, maxBytes);
        break;
      default:
        this.visitLetter(at, byte);
    }
    if (sight.hitEnd != 0 && !this.wants(sight.hitId)) sight.hitEnd = 0;
  }

  private visitColon(at: i32): void {
    const sight = this.sight;
    const next = sight.at(at + 1);
    let start = at;
    if (next == SLASH || sight.isShort) {
      findUrl(sight, at, this.maxHoldBytes);
      if (sight.hitEnd != 0) return;
      start = sight.candidate;
    }
    if (next == SMALL_O || sight.isShort) {
      findOracleUrl(sight, at, this.maxHoldBytes);
      if (next == SMALL_O) return;
      start = min(start, sight.candidate);
    }
    if (next != COLON && !isHex(sight.before(at - 1))) return;
    findIpv6(sight, at);
    sight.candidate = min(start, sight.candidate);
  }

  private visitLetter(at: i32, byte: u32): void {
    const sight = this.sight;
    const third = sight.at(at + 2);
    if (third == EQUALS) findKeyAndValue(sight, at + 2, this.maxHoldBytes);
    else if (third == UNDERSCORE) findUnderscoreToken(sight, at, this.maxHoldBytes);
    else if (third == HYPHEN) {
      if (byte == SMALL_S && sight.at(at + 1) == SMALL_K) findSkToken(sight, at, this.maxHoldBytes);
    } else if (byte == SMALL_E) findJwt(sight, at, this.maxHoldBytes);
  }


  @inline
  wants(kind: Builtin): bool {
    return (this.kinds & bitOf(kind)) != 0;
  }

  /** Asks what number begins at the digit at `at`. */
  private visitNumber(at: i32): void {
    const sight = this.sight;
    const groups = this.groups;
    const before = sight.before(at - 1);
    if (isDigit(before)) return;
    const isAfterName = before == UNDERSCORE || isAfterTel(sight, at);
    if (!isAfterName && !sight.beginsWord(at, WORD)) {
      if (!this.wants(Builtin.Iban) || !isOf(before, LETTER) || !isOf(sight.before(at - 2), LETTER)) return;
      if (isDigit(sight.at(at + 1)) && sight.beginsWord(at - 2, ALPHANUMERIC)) findIban(sight, at - 2);
      return;
    }
    if (before == PLUS) sight.candidate--;
    if (sight.before(sight.candidate - 1) == OPEN) sight.candidate--;
    if (!groups.look(sight, at, before)) return;
    const isJoined = (before == FULL_STOP || before == HYPHEN) && isDigit(sight.before(at - 2));
    const isCard = !isJoined && this.wants(Builtin.CreditCard) && mayBeCreditCard(groups);
    const isSsn = !isJoined && this.wants(Builtin.UsSsn) && mayBeUsSsn(sight, groups, at);
    const isAddress = (!isJoined || before == HYPHEN) && this.wants(Builtin.IpAddress) && mayBeIpv4(groups);
    const isPhone =
      groups.gap != TWO_SPACES && this.wants(Builtin.PhoneNumber) && mayBePhoneNumber(sight, groups, at, before);
    if (sight.isShort || !(isCard || isSsn || isAddress || isPhone)) return;
    groups.read(sight, at);
    if (groups.count == 0) return;
    if (isCard) findCreditCard(sight, groups);
    if (isSsn && sight.hitEnd == 0) findUsSsn(sight, groups);
    if (isAddress && sight.hitEnd == 0) findIpv4(sight, groups);
    if (isPhone && sight.hitEnd == 0) findPhoneNumber(sight, groups);
  }
}

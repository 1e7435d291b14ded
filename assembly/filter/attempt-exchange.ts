import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { takeElement } from "../bytes/comma-list";
import { MOST_DECIMAL_BYTES, writeDecimal } from "../bytes/decimal";
import { ByteString, Bytes } from "../bytes/view";
import { Action } from "../host/context";
import { requestHeaders } from "../host/headers";
import { findStream } from "../host/registry";
import { Problem, refusalOf } from "./problem";
import { Published } from "./published";
import { RequestHead, requestHead } from "./request-head";
import { ResponseHead, responseHead } from "./response-head";
import { Stripping } from "./stripping";
import { isTokenAwaited } from "./token-source";
import { TokenWaiter } from "./token-waiter";

/** What every attempt starts from, in this order. */
const RESTORED: ByteString[] = [
  new ByteString(":path"),
  new ByteString(":authority"),
  new ByteString("content-length"),
];
const MOST_BYTES: i32 = 64 << 10;
const ABSENT: u32 = u32.MAX_VALUE;

/** Length and bytes of each of `RESTORED`, lengths in 4 bytes, little-endian. No secret: it is stripped by then. */
const ORIGINALS = new Published("egress_original");
const value = new Bytes();
/** The ids of attempts, in the order in which they changed the headers, with commas between; noted only while one waits for a token. */
const ORDER = new Published("egress_order");
const COMMA: u8 = 0x2c;
const digits = memory.data(MOST_DECIMAL_BYTES);

/** Whether any configuration of this VM changes what has to be restored. */
let isRestoring: bool = false;

/** To be called at load where an attempt may change path, authority or body. */
export function restoreAttempts(): void {
  isRestoring = true;
}

/**
 * One attempt of a request, in an upstream filter; or the request itself.
 *
 * The attempts of a request share one header map. The first saves what attempts change, so that each starts from what the
 * client sent.
 */
export abstract class AttemptExchange extends TokenWaiter {
  /** The answer's headers are here. */
  abstract onAnswer(head: ResponseHead): void;

  /** Whether no piece of a held body is shown, `length` bytes of which are here: only its end, when that comes. */
  protected abstract skipsPieces(length: i32): bool;

  /** The request is as the client sent it, as far as attempts change it. */
  protected isRestored: bool = true;
  /** One of several attempts, perhaps; else the request itself. */
  protected isAttempt: bool = false;
  private hasGivenWay: bool = false;
  private stripping: Stripping | null = null;

  onRequestHeaders(count: i32, end: bool): Action {
    if (isRestoring) this.isRestored = restore();
    return super.onRequestHeaders(count, end);
  }

  onRequestBody(size: i32, end: bool): Action {
    const flow = this.request;
    if (flow.isHolding && this.skipsPieces(size)) flow.fed = min(size, this.chosen!.common.maxHeldBytes);
    return super.onRequestBody(size, end);
  }

  onRequestTrailers(count: i32): Action {
    const stripping = this.stripping;
    if (stripping != null && !this.isEnded && !stripping.applyToTrailers(requestHead)) {
      this.abandon(refusalOf(Problem.HostFailure));
      return Action.Hold;
    }
    return super.onRequestTrailers(count);
  }

  onResponseHeaders(_count: i32, _end: bool): Action {
    if (!this.isEnded && this.chosen != null) this.onAnswer(responseHead);
    return Action.Continue;
  }

  /** To be called in the headers phase where this is one attempt, and not the request itself. */
  protected beginAttempt(): void {
    this.isAttempt = true;
    if (isTokenAwaited()) this.noteOrder();
  }

  /** To be called before it waits for a token: the headers are this attempt's from here on. */
  protected noteOrder(): void {
    if (!this.isAttempt) return;
    const out = new ByteBuffer(new Budget(MOST_BYTES));
    const before = ORDER.get();
    if (before != null) out.append(before.pointer, before.length);
    if (out.length > 0) out.appendByte(COMMA);
    if (out.append(digits, writeDecimal(this.id, digits))) ORDER.set(value.set(out.pointer, out.length));
  }

  /**
   * Whether no other attempt has begun since it began to wait: a route that hedges begins one meanwhile. The headers are that
   * one's then, and perhaps not yet sent.
   */
  protected get isLatest(): bool {
    if (!this.isAttempt) return true;
    const order = ORDER.get();
    let id: u32 = 0;
    while (order != null && order.length > 0) id = takeId(order);
    return id == this.id;
  }

  /** Leaves it to the other attempts; false where none is under way. A refusal would be the client's answer instead of theirs. */
  protected giveWay(): bool {
    if (!this.isAttempt) return false;
    this.hasGivenWay = true;
    const order = ORDER.get();
    while (order != null && order.length > 0) {
      const other = findStream(takeId(order));
      if (other instanceof AttemptExchange && !(other as AttemptExchange).hasGivenWay) return true;
    }
    return false;
  }

  /** Applies it to the headers, as `Stripping.apply` says, and to the trailers when they come. */
  protected strip(stripping: Stripping, head: RequestHead, kept: ByteString | null, isAttempt: bool): bool {
    this.stripping = stripping;
    return stripping.apply(head, kept, isAttempt);
  }

  /** Saves the request's path, authority and length as they are now, unless an earlier attempt has; false: nobody has them. */
  protected saveOriginals(): bool {
    if (ORIGINALS.get() != null) return true;
    const out = new ByteBuffer(new Budget(MOST_BYTES));
    for (let i = 0; i < RESTORED.length; i++) {
      const header = requestHeaders.get(RESTORED[i]);
      const length = header == null ? 0 : header.length;
      store<u32>(word, header == null ? ABSENT : length);
      if (!out.append(word, 4) || (header != null && !out.append(header.pointer, length))) return false;
    }
    return ORIGINALS.set(value.set(out.pointer, out.length));
  }
}

const word = memory.data(4, 4);

/** The first of the ids in `order`, which begins behind it afterwards. */
function takeId(order: Bytes): u32 {
  takeElement(order, value);
  let id: u32 = 0;
  for (let i = 0; i < value.length; i++) id = id * 10 + (value.at(i) - 0x30);
  return id;
}

/** Puts back what an earlier attempt saved; false when the host doesn't let us. */
function restore(): bool {
  const saved = ORIGINALS.get();
  if (saved == null) return true;
  // The host calls below use the window that it is in.
  const kept = new ByteBuffer(new Budget(MOST_BYTES));
  if (!kept.append(saved.pointer, saved.length)) return false;
  let at = 0;
  for (let i = 0; i < RESTORED.length; i++) {
    if (at + 4 > kept.length) return false;
    const length = load<u32>(kept.pointer + at);
    at += 4;
    if (length == ABSENT) {
      if (!requestHeaders.remove(RESTORED[i])) return false;
      continue;
    }
    if (<u64>at + length > <u64>kept.length) return false;
    if (!requestHeaders.replace(RESTORED[i], kept.pointer + at, <i32>length)) return false;
    at += <i32>length;
  }
  return true;
}

import { Budget } from "../../assembly/bytes/budget";
import { ByteBuffer } from "../../assembly/bytes/buffer";
import { MOST_DECIMAL_BYTES, writeDecimal } from "../../assembly/bytes/decimal";
import { ByteString, Bytes } from "../../assembly/bytes/view";
import { Published } from "../../assembly/filter/published";

const ATTEMPTS = new Published("attempts");
/** A request has few attempts; what doesn't fit is left out. */
const MOST_BYTES: i32 = 4096;
const RESET = new ByteString("reset");
const digits = memory.data(MOST_DECIMAL_BYTES);
const view = new Bytes();

/**
 * Adds to the filter state `weir.attempts` who was tried, with what status and for how many ms: `openai=503/12,azure=200/340`.
 * A status of 0 is an attempt without an answer: `openai=reset/1000`.
 */
export function publishAttempt(provider: ByteString, status: i32, durationMs: i64): void {
  const out = new ByteBuffer(new Budget(MOST_BYTES));
  const before = ATTEMPTS.get();
  if (before != null && before.length > 0) {
    out.append(before.pointer, before.length);
    out.appendByte(0x2c);
  }
  out.append(provider.pointer, provider.length);
  out.appendByte(0x3d);
  if (status == 0) out.append(RESET.pointer, RESET.length);
  else out.append(digits, writeDecimal(status, digits));
  out.appendByte(0x2f);
  if (out.append(digits, writeDecimal(durationMs, digits))) ATTEMPTS.set(view.set(out.pointer, out.length));
}

import { Budget } from "../../../assembly/bytes/budget";
import { ByteString, Bytes } from "../../../assembly/bytes/view";
import { RateLimitKey } from "../../../plugins/token-limiter/rate-limit-request";
import { RateLimitService } from "../../../plugins/token-limiter/rate-limit-service";

let service = new RateLimitService("");
let keys: RateLimitKey[] = [];
let amounts: i64[] = [];
const message = new Bytes();

export function begin(domain: string, count: i32): void {
  service = new RateLimitService(domain);
  keys = [];
  amounts = new Array<i64>(count);
}

export function key(limitName: string, budget: i32): void {
  keys.push(new RateLimitKey(new Budget(budget), new ByteString(limitName)));
}

/** Adds an entry to the last key. */
export function entry(name: string, value: ArrayBuffer): bool {
  return keys[keys.length - 1].add(new ByteString(name), new Bytes().set(changetype<usize>(value), value.byteLength));
}

export function check(): i32 {
  return keep(service.check(keys));
}

export function amount(index: i32, value: i64): void {
  amounts[index] = value;
}

export function charge(): i32 {
  return keep(service.charge(keys, amounts));
}

function keep(written: Bytes): i32 {
  message.set(written.pointer, written.length);
  return written.length;
}

export function pointer(): usize {
  return message.pointer;
}

/** Reads the first `length` bytes of `bytes` as the answer to a check of `asked` keys. */
export function read(bytes: ArrayBuffer, length: i32, asked: i32): bool {
  return service.read(new Bytes().set(changetype<usize>(bytes), length), asked);
}

export function isLimited(index: i32): bool {
  return service.status(index).isLimited;
}

export function isExhausted(index: i32): bool {
  return service.status(index).isExhausted;
}

export function limitAmount(index: i32): u32 {
  return service.status(index).amount;
}

export function remaining(index: i32): u32 {
  return service.status(index).remaining;
}

export function resetSeconds(index: i32): u32 {
  return service.status(index).resetSeconds;
}

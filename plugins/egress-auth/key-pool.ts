import { ByteString, Bytes } from "../../assembly/bytes/view";
import { Problem, refusalOf } from "../../assembly/filter/problem";
import { Refusal } from "../../assembly/filter/refusal";
import { random } from "../../assembly/filter/random";
import { requestHead } from "../../assembly/filter/request-head";
import { ResponseHead } from "../../assembly/filter/response-head";
import { SharedSlots, SlotWrite } from "../../assembly/filter/shared-slots";
import { isAhead, nowMs } from "../../assembly/filter/time";
import { Credential, NO_KEY } from "./credential";
import { NO_CREDENTIAL, keysLimited, keysRefused } from "./refusals";

/** Most keys of a pool. */
export const MOST_KEYS: i32 = 16;
const MOST_WRITES: i32 = 4;
/** Neither an answer nor the rules can keep a key out for longer. */
export const MOST_COOL_DOWN_MS: u64 = 86_400_000;
const TOO_MANY_REQUESTS: u64 = 429;
const RETRY_AFTER = new ByteString("retry-after");
const NO_BYTES = new Bytes();

/** For each key, until when it rests (ms since the epoch), times 1024, plus the status that it earned. */
const resting = memory.data(MOST_KEYS * 8, 8);

/** When the key rests and another should serve. */
@final
export class RotationRules {
  constructor(
    readonly statuses: i32[],
    readonly coolDownMs: u64,
  ) {}
}

/**
 * One header with one of several keys, taken at random. A key that earns a status of the rules rests, in all VMs of the host
 * process with the same VM id, for as long as the answer's `retry-after` says, else for the rules' time.
 */
@final
export class KeyPool extends Credential {
  private readonly slots: SharedSlots | null;

  /** `values` are the header's, whole; `name` is for shared data: the same for the same keys, and holds no secret. */
  constructor(
    header: string,
    private readonly values: ByteString[],
    private readonly rules: RotationRules,
    name: string,
  ) {
    super(new ByteString(header));
    this.slots = values.length > 1 ? new SharedSlots(name) : null;
  }

  chooseKey(): i32 {
    const count = this.values.length;
    if (count <= 1) return count - 1;
    this.load();
    const now = nowMs();
    const first = random() % <u32>count;
    for (let i = 0; i < count; i++) {
      const key = <i32>((first + i) % <u32>count);
      if (!rests(key, now)) return key;
    }
    return NO_KEY;
  }

  put(key: i32, _bodyHash: usize): Refusal | null {
    if (key == NO_KEY) return this.values.length == 0 ? NO_CREDENTIAL : this.whyNone();
    const value = this.values[key];
    const isSet = requestHead.set(this.header!, NO_BYTES.set(value.pointer, value.length));
    return isSet ? null : refusalOf(Problem.HostFailure);
  }

  onAnswer(key: i32, head: ResponseHead): void {
    if (this.slots == null || key == NO_KEY || !this.rules.statuses.includes(head.status)) return;
    const status = <u64>head.status;
    const now = nowMs();
    const until = now + restMs(head.get(RETRY_AFTER), this.rules.coolDownMs);
    for (let i = 0; i < MOST_WRITES; i++) {
      this.load();
      // Another answer may have earned the same key a longer rest.
      if (rests(key, now) && restsUntil(key) >= until) return;
      store<u64>(resting + key * 8, until * 1024 + status);
      if (this.slots!.write(resting, this.values.length * 8) != SlotWrite.Conflict) return;
    }
  }

  private load(): void {
    const length = this.values.length * 8;
    const stored = this.slots!.read(0);
    if (stored == null || stored.length != length) memory.fill(resting, 0, length);
    else memory.copy(resting, stored.pointer, length);
  }

  /** When all keys rest: what the one that returns first has earned, and when it returns. */
  private whyNone(): Refusal {
    this.load();
    let first = load<u64>(resting);
    for (let i = 1; i < this.values.length; i++) first = min(first, load<u64>(resting + i * 8));
    const now = nowMs();
    const until = first / 1024;
    const seconds = until > now ? <i64>((until - now + 999) / 1000) : 1;
    return first % 1024 == TOO_MANY_REQUESTS ? keysLimited(seconds) : keysRefused(seconds);
  }
}

function restsUntil(key: i32): u64 {
  return load<u64>(resting + key * 8) / 1024;
}

function rests(key: i32, now: u64): bool {
  return isAhead(restsUntil(key), now, MOST_COOL_DOWN_MS);
}

/** Seconds only: the other form, a date, needs the provider's clock. */
function restMs(retryAfter: Bytes | null, otherwiseMs: u64): u64 {
  if (retryAfter == null || retryAfter.length == 0 || retryAfter.length > 9) return otherwiseMs;
  let seconds: u64 = 0;
  for (let i = 0; i < retryAfter.length; i++) {
    const digit = <u64>retryAfter.at(i) - 0x30;
    if (digit > 9) return otherwiseMs;
    seconds = seconds * 10 + digit;
  }
  return min(max(seconds, 1) * 1000, MOST_COOL_DOWN_MS);
}

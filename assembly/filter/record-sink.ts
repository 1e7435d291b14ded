import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { CalloutReply } from "../host/context";
import { NOT_SENT, RootCaller, forgetReply, rootCallout } from "./root-callout";
import { ServicePlace } from "./service-place";

const LINE_FEED: u8 = 0x0a;
const MOST_TRIES: i32 = 3;
const FIRST_OK: i32 = 200;
const LAST_OK: i32 = 299;

/** Where records are sent to. */
@final
export class SinkSettings {
  constructor(
    readonly place: ServicePlace,
    readonly path: string,
    readonly timeoutMs: u32,
    /** How many bytes of records may wait to be sent, and as many that are being sent. */
    readonly mostBytes: i32,
  ) {}
}

/**
 * Sends records to a service over HTTP, one object a line, once a second: what came while a batch was on its way goes with the
 * next. A batch that isn't taken (no answer, or none of 2xx) is sent again, three times in all. What there is no room for is dropped.
 */
@final
export class RecordSink extends RootCaller {
  /** Records that nobody has got, since the last look. */
  dropped: i64 = 0;
  private waiting: ByteBuffer;
  private waitingCount: i64 = 0;
  private sent: ByteBuffer;
  private sentCount: i64 = 0;
  private tries: i32 = 0;
  /** Of the callout that is under way. */
  private tag: u32 = NOT_SENT;

  constructor(private readonly settings: SinkSettings) {
    super();
    this.waiting = new ByteBuffer(new Budget(settings.mostBytes));
    this.sent = new ByteBuffer(new Budget(settings.mostBytes));
  }

  add(record: ByteBuffer): void {
    const waiting = this.waiting;
    const before = waiting.length;
    if (waiting.append(record.pointer, record.length) && waiting.appendByte(LINE_FEED)) {
      this.waitingCount++;
    } else {
      waiting.length = before;
      this.dropped++;
    }
  }

  /** About once a second. */
  tick(): void {
    if (this.tag != NOT_SENT) return;
    if (this.sentCount == 0) this.turn();
    if (this.sentCount > 0) this.send();
  }

  /** The configuration ends: what wasn't taken by now is dropped, since nobody would hear whether it arrives. */
  end(): void {
    forgetReply(this.tag);
    this.dropped += this.waitingCount + this.sentCount;
    this.waitingCount = 0;
    this.sentCount = 0;
  }

  onReply(reply: CalloutReply): void {
    this.tag = NOT_SENT;
    if (reply.answered && reply.status >= FIRST_OK && reply.status <= LAST_OK) this.forget();
    else this.fail();
  }

  /** What waits is what is sent next. */
  private turn(): void {
    const empty = this.sent;
    this.sent = this.waiting;
    this.sentCount = this.waitingCount;
    this.waiting = empty;
    this.waitingCount = 0;
    this.tries = 0;
  }

  private send(): void {
    const settings = this.settings;
    const headers = [
      ":method",
      "POST",
      ":path",
      settings.path,
      ":authority",
      settings.place.authority,
      "content-type",
      "application/x-ndjson",
    ];
    this.tag = rootCallout(this, settings.place.cluster, headers, this.sent, settings.timeoutMs);
    if (this.tag != NOT_SENT) return;
    settings.place.notAsked();
    this.fail();
  }

  private fail(): void {
    if (++this.tries < MOST_TRIES) return;
    this.dropped += this.sentCount;
    this.forget();
  }

  private forget(): void {
    this.sent.clear();
    this.sentCount = 0;
  }
}

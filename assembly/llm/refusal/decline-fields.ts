import { ByteBuffer } from "../../bytes/buffer";
import { MOST_DECIMAL_BYTES, writeDecimal } from "../../bytes/decimal";
import { encodeUtf8 } from "../../bytes/text";
import { ByteString, Bytes } from "../../bytes/view";
import { appendJsonString } from "../../json/quote";

const DOLLAR: u32 = 0x24;
const SECONDS_A_DAY: i64 = 86400;

const DECIMAL = new StaticArray<u8>(MOST_DECIMAL_BYTES);
const TIME_BYTES: i32 = 22;
/** With its quotes. */
const TIME = new StaticArray<u8>(TIME_BYTES);

/** What stands in an answer of ours that differs from one to the next. */
@final
export class DeclineFields {
  /** The model's name; as it stands in JSON when `isModelQuoted`. */
  readonly model: Bytes = new Bytes();
  isModelQuoted: bool = false;
  /** The answer's id, as it stands in JSON. */
  readonly id: Bytes = new Bytes();
  /** Seconds since 1970. */
  created: i64 = 0;
  message: string = "";
  /** Of a choice, a block or an item. */
  number: i32 = 0;
  /** Of the next event: each `$s` counts on. */
  sequenceNumber: i32 = 0;

  /**
   * Appends a template, in which `$m` stands for the model's name as a JSON string, `$t` for the message likewise, `$d` for the time
   * likewise (RFC 3339), `$c` for the time in seconds, `$i` for the id without quotes, `$n` for the number, `$s` for the sequence
   * number. False when `out` has no room: its content is then cut short.
   */
  append(out: ByteBuffer, template: ByteString): bool {
    const end = template.pointer + template.length;
    let from = template.pointer;
    for (let at = from; at < end; at++) {
      if (<u32>load<u8>(at) != DOLLAR) continue;
      if (!out.append(from, <i32>(at - from)) || !this.appendField(out, load<u8>(at, 1))) return false;
      from = at + 2;
    }
    return out.append(from, <i32>(end - from));
  }

  private appendField(out: ByteBuffer, letter: u32): bool {
    switch (letter) {
      case 0x6d /* m */: {
        const model = this.model;
        if (!this.isModelQuoted) return appendJsonString(out, model.pointer, model.length);
        return out.appendByte(0x22) && out.append(model.pointer, model.length) && out.appendByte(0x22);
      }
      case 0x74 /* t */: {
        const bytes = encodeUtf8(this.message);
        return appendJsonString(out, changetype<usize>(bytes), bytes.byteLength);
      }
      case 0x64 /* d */:
        writeTime(this.created, changetype<usize>(TIME));
        return out.append(changetype<usize>(TIME), TIME_BYTES);
      case 0x69 /* i */:
        return out.append(this.id.pointer, this.id.length);
      default: {
        let value: i64 = this.number;
        if (letter == 0x63 /* c */) value = this.created;
        else if (letter == 0x73 /* s */) value = this.sequenceNumber++;
        return out.append(changetype<usize>(DECIMAL), writeDecimal(value, changetype<usize>(DECIMAL)));
      }
    }
  }
}

/** Writes a time as a JSON string, `"2025-01-31T00:00:00Z"`. Days to dates as by Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
function writeTime(seconds: i64, to: usize): void {
  const time = max<i64>(seconds, 0);
  const day = <i32>(time / SECONDS_A_DAY) + 719468;
  const ofDay = <i32>(time % SECONDS_A_DAY);
  const era = day / 146097;
  const ofEra = day % 146097;
  const year = (ofEra - ofEra / 1460 + ofEra / 36524 - ofEra / 146096) / 365;
  const ofYear = ofEra - (365 * year + year / 4 - year / 100);
  const shifted = (5 * ofYear + 2) / 153;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const fullYear = year + era * 400 + <i32>(month <= 2);
  store<u8>(to, 0x22);
  writeDigits(to + 1, fullYear, 4, 0x2d);
  writeDigits(to + 6, month, 2, 0x2d);
  writeDigits(to + 9, ofYear - (153 * shifted + 2) / 5 + 1, 2, 0x54);
  writeDigits(to + 12, ofDay / 3600, 2, 0x3a);
  writeDigits(to + 15, (ofDay / 60) % 60, 2, 0x3a);
  writeDigits(to + 18, ofDay % 60, 2, 0x5a);
  store<u8>(to + 21, 0x22);
}

/** Writes a number in so many digits, and what follows it. */
function writeDigits(to: usize, value: i32, digits: i32, after: u8): void {
  store<u8>(to + digits, after);
  for (let i = digits - 1; i >= 0; i--) {
    store<u8>(to + i, <u8>(0x30 + (value % 10)));
    value /= 10;
  }
}

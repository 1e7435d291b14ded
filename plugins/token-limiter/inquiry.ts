import { Budget } from "../../assembly/bytes/budget";
import { ByteBuffer } from "../../assembly/bytes/buffer";
import { Bytes } from "../../assembly/bytes/view";
import { Demand } from "./demand";
import { KeyValues } from "./key-values";
import { Limit } from "./limit";

/** The longest model that tells keys apart, in bytes; of a longer one the beginning counts. */
const LONGEST_MODEL: i32 = 1024;
const MOST_IDLE: i32 = 64;

/** What is known of one request before it may pass: who asks, for which model, how much. To be taken and given back. */
@final
export class Inquiry {
  readonly values: KeyValues = new KeyValues();
  readonly demand: Demand = new Demand();
  private readonly name: ByteBuffer = new ByteBuffer(new Budget(LONGEST_MODEL));
  private readonly view: Bytes = new Bytes();

  static take(): Inquiry {
    if (idle.length == 0) return new Inquiry();
    const inquiry = idle.pop();
    inquiry.values.reset();
    inquiry.demand.reset();
    inquiry.name.clear();
    return inquiry;
  }

  giveBack(): void {
    if (idle.length < MOST_IDLE) idle.push(this);
  }

  /** Empty while none is known. */
  get model(): Bytes {
    return this.view.set(this.name.pointer, this.name.length);
  }

  /** Whether a limit is for this request's model. */
  isIn(limit: Limit): bool {
    return limit.isFor(this.name.pointer, this.name.length);
  }

  /** Keeps a copy, in place of the one before. */
  keepModel(model: Bytes): void {
    this.name.clear();
    this.name.append(model.pointer, min(model.length, LONGEST_MODEL));
  }
}

const idle: Inquiry[] = [];

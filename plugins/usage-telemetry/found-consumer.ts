import { Bytes } from "../../assembly/bytes/view";
import { Caller } from "../../assembly/filter/caller";
import { ConsumerSettings } from "../../assembly/filter/consumer";
import { CONSUMER } from "../../assembly/filter/published";
import { RequestHead } from "../../assembly/filter/request-head";
import { KeptText, LONGEST_NAME } from "./call-record";

const caller = new Caller();

/** Who asks, as it was found in a request's headers: kept until the call is over, for a plugin behind may take them out. */
@final
export class FoundConsumer {
  private readonly name: KeptText = new KeptText(LONGEST_NAME);

  private constructor(
    name: Bytes,
    /** By the default of `consumer`, which is published to nobody. */
    private readonly isByDefault: bool,
  ) {
    this.name.set(name);
  }

  /** As another plugin has published it, else by `settings`, which publish it where they are the operator's. */
  static of(head: RequestHead, settings: ConsumerSettings): FoundConsumer | null {
    caller.reset();
    if (!settings.isConfigured) {
      const published = CONSUMER.get();
      if (published != null && caller.setConsumer(published)) return new FoundConsumer(caller.consumer, false);
    }
    settings.identify(head, caller);
    return caller.hasConsumer ? new FoundConsumer(caller.consumer, !settings.isConfigured) : null;
  }

  /** What another plugin has published since goes before what the default has found. */
  writeTo(out: KeptText): void {
    if (this.isByDefault) out.set(CONSUMER.get());
    if (out.isEmpty) out.set(this.name.value);
  }
}

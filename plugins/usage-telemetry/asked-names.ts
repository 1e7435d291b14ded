import { Bytes } from "../../assembly/bytes/view";
import { CONSUMER, MODEL, PROVIDER, REQUESTED_MODEL } from "../../assembly/filter/published";
import { RequestHead } from "../../assembly/filter/request-head";
import { Dialect } from "../../assembly/llm/dialect";
import { RequestReader } from "../../assembly/llm/request/reader";
import { CallRecord, KeptText, LONGEST_NAME } from "./call-record";
import { TelemetrySettings } from "./config";
import { FoundConsumer } from "./found-consumer";
import { providerOf } from "./operation";

const view = new Bytes();

/** What a request says of itself: which model it asks for, and who asks. What other plugins have published goes before it. */
@final
export class AskedNames {
  /** Null where it isn't read. */
  private model: KeptText | null = null;
  /** Null where it makes no difference, or nobody was found. */
  private consumer: FoundConsumer | null = null;

  identify(settings: TelemetrySettings, head: RequestHead): void {
    const source = settings.common.consumer;
    if (source.isConfigured || settings.tellsConsumers) this.consumer = FoundConsumer.of(head, source);
  }

  keepModel(name: Bytes): void {
    let model = this.model;
    if (model == null) {
      model = new KeptText(LONGEST_NAME);
      this.model = model;
    }
    model.set(name);
  }

  /** Of two models nobody can say which one the provider takes. */
  learnModel(asked: RequestReader): void {
    if (this.model == null && asked.modelCount == 1 && asked.isModelText) this.keepModel(asked.model);
  }

  /** What metrics and prices need. */
  writeTo(call: CallRecord, settings: TelemetrySettings): void {
    setEither(call.model, MODEL.get(), this.model);
    call.provider.set(PROVIDER.get());
    if (call.provider.isEmpty && call.dialect != Dialect.Unknown) {
      const provider = providerOf(call.dialect);
      call.provider.set(view.set(provider.pointer, provider.length));
    }
    const consumer = this.consumer;
    if (consumer != null) consumer.writeTo(call.consumer);
    else if (settings.tellsConsumers) call.consumer.set(CONSUMER.get());
  }

  /** What only records tell: the model before an alias was applied. */
  writeRequestedModel(call: CallRecord): void {
    setEither(call.requestedModel, REQUESTED_MODEL.get(), this.model);
  }
}

function setEither(out: KeptText, published: Bytes | null, asked: KeptText | null): void {
  out.set(published);
  if (out.isEmpty && asked != null) out.set(asked.value);
}

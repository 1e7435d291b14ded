import { HostProcess } from "../../../host/host-process.ts";
import { type HostOptions, type WasmHost } from "../../../host/wasm-host.ts";
import { answer, chat, type Config, startTelemetry, type Telemetry } from "./telemetry.ts";

export const MINUTE = 60_000;
export const VM_ID = "weir";
/** From this interval on there is a past to compare with. */
const WARM_UP = 10;

/** Workers of one process, each a telemetry that watches for anomalies. */
export class Workers {
  private turn = 0;

  private constructor(
    readonly process: HostProcess,
    readonly all: Telemetry[],
  ) {}

  static async start(
    count: number,
    anomalies: object,
    config: Config = {},
    options: HostOptions = {},
  ): Promise<Workers> {
    // At the beginning of a minute.
    const process = new HostProcess();
    const all: Telemetry[] = [];
    for (let seed = 1; seed <= count; seed++) {
      all.push(await startTelemetry({ anomalies, ...config }, { process, vmId: VM_ID, seed, ...options }));
    }
    return new Workers(process, all);
  }

  /** One call of a consumer that uses this many tokens, at the worker whose turn it is. */
  call(consumer: string, tokens: number, status = 200): void {
    this.next().telemetry.send(chat({}, { "x-consumer": consumer }), { ...answer(usageOf(tokens)), status });
  }

  /** A call that another plugin of the gateway, or else the provider, refuses: its answer, if that has used tokens. */
  refuse(consumer: string, status: number, details: string, tokens = 0): void {
    const stream = this.next().telemetry.stream({ properties: { response: { code: status, code_details: details } } });
    stream.request(chat({}, { "x-consumer": consumer }));
    if (tokens > 0) stream.respond(answer(usageOf(tokens)));
    else stream.respond({ status, headers: { "content-type": "application/json" }, body: "{}" });
    stream.finish();
  }

  /** Lets this much time pass. */
  pass(milliseconds = MINUTE): void {
    this.process.clock.advance(milliseconds);
  }

  /** `each` in every interval of a warm-up. */
  warmUp(each: () => void, milliseconds = MINUTE): void {
    for (let i = 0; i < WARM_UP; i++) {
      each();
      this.pass(milliseconds);
    }
  }

  /** The warnings of all workers. */
  get warnings(): string[] {
    return this.hosts.flatMap(({ logs }) => logs.filter(({ level }) => level === "warn").map(({ text }) => text));
  }

  /** The counters of anomalies, by their labels. */
  get counted(): Record<string, number> {
    const counters = Object.entries(this.process.metrics.all).filter(([name]) => name.includes(".anomalies."));
    return Object.fromEntries(
      counters.map(([name, value]) => [
        [...name.matchAll(/\.=\.(.*?)\.=;/g)].map(([, label]) => label).join(" "),
        value,
      ]),
    );
  }

  private get hosts(): WasmHost[] {
    return this.all.map(({ host }) => host);
  }

  private next(): Telemetry {
    return this.all[this.turn++ % this.all.length]!;
  }
}

function usageOf(tokens: number): object {
  return { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens };
}

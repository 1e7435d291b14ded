import { Counter, Gauge } from "../host/metrics";

/**
 * A plugin's own metrics, `weir.<plugin>.<what>`. A reason becomes a tag in the form `.reason.=.<reason>.=;.`, which Envoy's
 * `stats_tags` can take out of the name by `(\.reason\.=\.(.*?)\.=;)`: Envoy drops a name's last dot. Reasons are the plugin's constants, never a client's words.
 */
@final
export class PluginMetrics {
  private readonly names: string[] = [];
  private readonly counters: Counter[] = [];
  private readonly vmPages: Gauge;

  constructor(private readonly plugin: string) {
    this.vmPages = new Gauge(`weir.${plugin}.vm_pages`);
  }

  /** Says that a configuration was loaded, for a probe of whether the filter is attached at all. */
  configLoaded(): void {
    new Gauge(`weir.${this.plugin}.config_loaded`).set(1);
  }

  refused(reason: string): void {
    this.count("refused", reason);
  }

  /** FailOpen let something pass that could not be judged. */
  bypassed(reason: string): void {
    this.count("bypassed", reason);
  }

  /** Audit let something pass that Enforce would have refused. */
  audited(reason: string): void {
    this.count("audited", reason);
  }

  /** Records the linear memory of this VM, in pages of 64 KiB. */
  recordMemory(): void {
    this.vmPages.set(memory.size());
  }

  private count(what: string, reason: string): void {
    const name = `weir.${this.plugin}.${what}.reason.=.${reason}.=;.`;
    let index = this.names.indexOf(name);
    if (index < 0) {
      index = this.counters.length;
      this.names.push(name);
      this.counters.push(new Counter(name));
    }
    this.counters[index].add(1);
  }
}

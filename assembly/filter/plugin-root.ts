import { ByteString, Bytes } from "../bytes/view";
import { Issues } from "../config/issues";
import { JsonValue } from "../config/json-value";
import { parseConfig } from "../config/parse";
import { ConfigReader } from "../config/reader";
import { CalloutReply, RootContext, StreamContext } from "../host/context";
import { setTickPeriod } from "../host/control";
import { LogLevel, log } from "../host/log";
import { PropertyPath } from "../host/property";
import { PluginDefinition } from "./definition";
import { Override, readOverrides } from "./overrides";
import { Mode } from "./mode";
import { PluginMetrics } from "./plugin-metrics";
import { RequestHead } from "./request-head";
import { deliverReply } from "./root-callout";
import { CommonSettings, Settings } from "./settings";
import { Watchdog } from "./watchdog";

const OFF = new ByteString("Off");
const PLUGIN_NAME = new PropertyPath(["plugin_name"]);
const TICK_MS: u32 = 1000;
const WARNED_NAMES: i32 = 16;

/** One configuration of one plugin: its settings, its overrides, and what its exchanges share. */
@final
export class PluginRoot extends RootContext {
  readonly name: string;
  readonly watchdog: Watchdog;
  readonly metrics: PluginMetrics;
  /** Null before the configuration was found valid. */
  base: Settings | null = null;
  private hasOverrides: bool = false;
  private isTicking: bool = false;
  private readonly overrides: Override[] = [];
  private routeSetting: PropertyPath;
  private readonly warned: string[] = [];

  constructor(
    id: u32,
    private readonly definition: PluginDefinition,
  ) {
    super(id);
    this.name = definition.name;
    this.watchdog = new Watchdog(definition.name);
    this.metrics = new PluginMetrics(definition.name);
    this.routeSetting = new PropertyPath([]);
  }

  /** Whether it answers requests in the provider's place. */
  get refuses(): bool {
    return this.definition.refuses;
  }

  onConfigure(configuration: ArrayBuffer): bool {
    const issues = new Issues(this.name);
    const source = parseConfig(changetype<usize>(configuration), configuration.byteLength, issues);
    if (source != null) this.read(source, issues);
    if (!issues.isEmpty) {
      log(LogLevel.Error, issues.render());
      return false;
    }
    const filterName = PLUGIN_NAME.get();
    const key = filterName == null || filterName.length == 0 ? this.name : filterName.toString();
    this.watchdog.name(key);
    this.base!.prepare(key);
    for (let i = 0; i < this.overrides.length; i++) this.overrides[i].settings.prepare(key);
    const setting = ["xds", "route_metadata", "filter_metadata", "weir"];
    setting.push(key);
    this.routeSetting = new PropertyPath(setting);
    this.metrics.configLoaded();
    this.metrics.recordMemory();
    return true;
  }

  private read(source: JsonValue, issues: Issues): void {
    const config = new ConfigReader(source, issues);
    this.hasOverrides = config.has("overrides");
    const overrides = readOverrides(config, source);
    this.base = this.readWhole(config);
    config.end();
    for (let i = 0; i < overrides.length; i++) {
      const merged = new ConfigReader(overrides[i].merged, issues);
      merged.value("overrides");
      this.overrides.push(new Override(overrides[i], this.readWhole(merged)));
      merged.end();
    }
  }

  private readWhole(config: ConfigReader): Settings {
    const definition = this.definition;
    const common = CommonSettings.read(config, definition.modes, definition.failureModes, definition.refuses);
    return definition.readSettings(config, common);
  }

  /** Ticks begin with the first stream: before that nothing waits for one, and the Java host takes them only then. */
  createStream(id: u32): StreamContext {
    if (!this.isTicking) {
      this.isTicking = true;
      setTickPeriod(TICK_MS);
    }
    return this.definition.createExchange(id, this);
  }

  /**
   * The settings for a request: those that the route's metadata names, else the first override that matches, else the base.
   * Null: the route turns this plugin off.
   *
   * Asking Envoy for a route's metadata costs about as much as the rest of a small request, so only a configuration with
   * `overrides`, be the list empty, asks.
   */
  settingsFor(head: RequestHead): Settings | null {
    if (!this.hasOverrides) return this.base;
    const named = this.routeSetting.get();
    if (named != null && named.length > 0) {
      // What YAML makes of a bare Off: false, which hosts give as one byte.
      if (OFF.equals(named.pointer, named.length) || (named.length == 1 && named.at(0) == 0)) return null;
      for (let i = 0; i < this.overrides.length; i++) {
        if (this.overrides[i].name.equals(named.pointer, named.length)) return this.overrides[i].settings;
      }
      this.warnUnknownOverride(named);
      return this.base;
    }
    for (let i = 0; i < this.overrides.length; i++) {
      if (this.overrides[i].matches(head)) return this.overrides[i].settings;
    }
    return this.base;
  }

  /** Whether this plugin does anything with such settings. */
  isOn(settings: Settings): bool {
    return settings.common.mode != Mode.Off;
  }

  private warnUnknownOverride(named: Bytes): void {
    if (this.warned.length >= WARNED_NAMES) return;
    const name = named.toString();
    if (this.warned.includes(name)) return;
    this.warned.push(name);
    log(LogLevel.Warn, `${this.name}: route metadata weir names "${name}", which is no override: the base applies`);
  }

  onCallout(tag: u32, reply: CalloutReply): void {
    deliverReply(tag, reply);
  }

  onTick(): void {
    this.metrics.recordMemory();
    this.watchdog.tick();
    const base = this.base;
    if (base != null) base.tick();
    for (let i = 0; i < this.overrides.length; i++) this.overrides[i].settings.tick();
  }

  onDelete(): void {
    const base = this.base;
    if (base != null) base.end();
    for (let i = 0; i < this.overrides.length; i++) this.overrides[i].settings.end();
  }
}

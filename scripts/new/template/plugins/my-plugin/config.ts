import { ByteString } from "../../assembly/bytes/view";
import { ConfigReader } from "../../assembly/config/reader";
import { BatchedCounters } from "../../assembly/filter/batched-counters";
import { CommonSettings, Settings } from "../../assembly/filter/settings";
import { tag } from "../../assembly/filter/tag";
import { VERDICT_NAMES, Verdict } from "./verdict";

const MOST_OUTPUT_TOKENS: i64 = 1_000_000_000;

/** What the operator wrote, ready for use, and what is counted in its name. */
@final
export class MyPluginSettings extends Settings {
  private readonly requests: BatchedCounters;

  constructor(
    common: CommonSettings,
    readonly maxOutputTokens: i64,
    readonly requireCap: bool,
    readonly header: ByteString,
  ) {
    super(common);
    const requests = new BatchedCounters("my-plugin");
    for (let i = 0; i < VERDICT_NAMES.length; i++) requests.define("requests" + tag("verdict", VERDICT_NAMES[i]) + ".");
    this.requests = requests;
  }

  count(verdict: Verdict): void {
    this.requests.add(verdict, 1);
  }

  tick(): void {
    this.requests.flush();
  }

  end(): void {
    this.requests.flush();
  }
}

export function readMyPluginSettings(config: ConfigReader, common: CommonSettings): MyPluginSettings {
  return new MyPluginSettings(
    common,
    config.integer("maxOutputTokens", 4096, 1, MOST_OUTPUT_TOKENS),
    config.bool("requireCap", false),
    new ByteString(config.headerName("header", "x-output-tokens")),
  );
}

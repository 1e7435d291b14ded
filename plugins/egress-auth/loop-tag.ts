import { ByteString } from "../../assembly/bytes/view";
import { ConfigReader } from "../../assembly/config/reader";
import { ProviderSelect } from "../../assembly/filter/provider-select";
import { RequestHead } from "../../assembly/filter/request-head";
import { Stripping } from "../../assembly/filter/stripping";
import { Provider } from "./provider";
import { readFieldName } from "./unquoted";

const DEFAULT_HEADER: string = "x-gateway-via";
const LONGEST_NAME: i32 = 128;
const MOST_PASSES: i64 = 100;

/** A mark that each passage of a request through this gateway leaves, so that it doesn't go round between gateways for ever. */
@final
export class LoopTag {
  private constructor(
    private readonly header: ByteString,
    private readonly name: ByteString,
    private readonly maxPasses: i32,
  ) {}

  /** Reads the key `loopTag`; null when absent. */
  static read(
    config: ConfigReader,
    select: ProviderSelect,
    providers: Provider[],
    stripping: Stripping,
  ): LoopTag | null {
    if (!config.has("loopTag")) return null;
    const entry = config.section("loopTag");
    if (!entry.has("name")) entry.reject("name", "is required");
    return new LoopTag(
      new ByteString(readHeader(entry, select, providers, stripping)),
      new ByteString(entry.plainName("name", "none", LONGEST_NAME)),
      <i32>entry.integer("maxPasses", 1, 1, MOST_PASSES),
    );
  }

  /** Whether the request has passed as often as it may. */
  isSpent(head: RequestHead): bool {
    return head.countElements(this.header, this.name) >= this.maxPasses;
  }

  /** False when the host doesn't let us. */
  mark(head: RequestHead): bool {
    return head.add(this.header, this.name);
  }
}

function readHeader(entry: ConfigReader, select: ProviderSelect, providers: Provider[], stripping: Stripping): string {
  const name = readFieldName(entry, "header", DEFAULT_HEADER);
  for (let i = 0; i < providers.length; i++) {
    if (!providers[i].sets(name)) continue;
    entry.reject("header", "is what a provider's credential or headers set");
    return name;
  }
  if (select.reads(name)) entry.reject("header", "is what select reads: with a mark in it, it names no provider");
  else if (stripping.takes(name)) entry.reject("header", "is taken out of every request, and the marks with it");
  return name;
}

import { ByteString, Bytes } from "../bytes/view";
import { ConfigReader } from "../config/reader";
import { PropertyPath } from "../host/property";
import { RequestHead } from "./request-head";

const MOST_SEGMENTS: i32 = 16;
const DEFAULT_HEADER: string = "x-gateway-provider-name";
const ONE_KIND = "must have exactly one of header, hostMetadata, cluster";

/** Where a request's provider is named. Immutable. */
@final
export class ProviderSelect {
  private constructor(
    private readonly header: ByteString | null,
    private readonly attribute: PropertyPath | null,
  ) {}

  /** Reads the key `select`; absent: the header `x-gateway-provider-name`. */
  static read(config: ConfigReader): ProviderSelect {
    const entry = config.section("select");
    if (config.has("select") && entry.keys.length != 1) entry.rejectAll(ONE_KIND);
    if (entry.has("hostMetadata")) {
      const segments = entry.strings("hostMetadata", 2, MOST_SEGMENTS, 256);
      return new ProviderSelect(null, new PropertyPath(HOST_METADATA.concat(segments)));
    }
    if (entry.has("cluster")) {
      if (!entry.bool("cluster", true)) entry.reject("cluster", "must be true");
      return new ProviderSelect(null, new PropertyPath(["xds", "cluster_name"]));
    }
    return new ProviderSelect(new ByteString(entry.headerName("header", DEFAULT_HEADER)), null);
  }

  /** Each attempt is seen, and may be for another provider. */
  get isByAttempt(): bool {
    return this.attribute != null;
  }

  /** Whether the header of this name, as `envoyName` has it, names the provider. */
  reads(name: string): bool {
    const header = this.header;
    return header != null && header.toString() == name;
  }

  /** The name, valid until the next host read; null when none is named, or a header has two values. */
  find(head: RequestHead): Bytes | null {
    const attribute = this.attribute;
    return attribute != null ? attribute.get() : head.single(this.header!);
  }
}

const HOST_METADATA: string[] = ["xds", "upstream_host_metadata", "filter_metadata"];

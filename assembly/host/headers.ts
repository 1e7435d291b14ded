import { ByteString, Bytes } from "../bytes/view";
import {
  proxy_add_header_map_value,
  proxy_get_header_map_pairs,
  proxy_get_header_map_value,
  proxy_remove_header_map_value,
  proxy_replace_header_map_value,
} from "./imports";
import { OUT_LENGTH, OUT_POINTER, beginRead, headWindow, takeRead, valueWindow } from "./memory";
import { HeaderPairs } from "./pairs";
import { Status } from "./status";

export const enum MapType {
  RequestHeaders = 0,
  RequestTrailers = 1,
  ResponseHeaders = 2,
  ResponseTrailers = 3,
  GrpcInitialMetadata = 4,
  GrpcTrailingMetadata = 5,
  CalloutHeaders = 6,
  CalloutTrailers = 7,
}

const view = new Bytes();

/**
 * A header or trailer map of the stream that the host is working on.
 *
 * Envoy picks the route again after every change of a request header, as long as the headers are held.
 */
@final
export class HeaderMap {
  constructor(private readonly type: MapType) {}

  /**
   * The value of `name`, valid until the next host read; null when absent or the map isn't available now. Several values
   * of one name may come joined by commas or as the first only, by host: read `pairs` where that matters.
   */
  get(name: ByteString): Bytes | null {
    beginRead(valueWindow);
    const status = proxy_get_header_map_value(this.type, name.pointer, name.length, OUT_POINTER, OUT_LENGTH);
    return status == Status.Ok ? takeRead(view) : null;
  }

  /** Reads all of the map into `pairs` in one host call; false when it isn't available now. Valid until the next such read. */
  readInto(pairs: HeaderPairs): bool {
    beginRead(headWindow);
    if (proxy_get_header_map_pairs(this.type, OUT_POINTER, OUT_LENGTH) != Status.Ok) return false;
    return pairs.parse(takeRead(view));
  }

  /** Sets `name` to one value, in place of all it had. */
  replace(name: ByteString, pointer: usize, length: i32): bool {
    return proxy_replace_header_map_value(this.type, name.pointer, name.length, pointer, length) == Status.Ok;
  }

  add(name: ByteString, pointer: usize, length: i32): bool {
    return proxy_add_header_map_value(this.type, name.pointer, name.length, pointer, length) == Status.Ok;
  }

  remove(name: ByteString): bool {
    return this.removeNamed(name.pointer, name.length);
  }

  removeNamed(name: usize, length: i32): bool {
    return proxy_remove_header_map_value(this.type, name, length) == Status.Ok;
  }
}

export const requestHeaders = new HeaderMap(MapType.RequestHeaders);
export const requestTrailers = new HeaderMap(MapType.RequestTrailers);
export const responseHeaders = new HeaderMap(MapType.ResponseHeaders);
export const responseTrailers = new HeaderMap(MapType.ResponseTrailers);
export const grpcInitialMetadata = new HeaderMap(MapType.GrpcInitialMetadata);
export const grpcTrailingMetadata = new HeaderMap(MapType.GrpcTrailingMetadata);
export const calloutHeaders = new HeaderMap(MapType.CalloutHeaders);
export const calloutTrailers = new HeaderMap(MapType.CalloutTrailers);

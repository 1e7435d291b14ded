/**
 * The host calls of proxy-wasm ABI 0.2.1, as they link. Nothing outside this folder imports this file.
 *
 * Only what a plugin uses ends up in its module: the compiler drops the rest, so a host that lacks a call refuses only
 * the plugins that need it. Source: proxy-wasm/spec, abi-versions/v0.2.1.
 */
import { Status } from "./status";


@external("env", "proxy_log")
export declare function proxy_log(level: u32, text: usize, length: usize): Status;


@external("env", "proxy_set_tick_period_milliseconds")
export declare function proxy_set_tick_period_milliseconds(period: u32): Status;


@external("env", "proxy_get_property")
export declare function proxy_get_property(path: usize, pathLength: usize, value: usize, length: usize): Status;


@external("env", "proxy_set_property")
export declare function proxy_set_property(path: usize, pathLength: usize, value: usize, length: usize): Status;


@external("env", "proxy_continue_stream")
export declare function proxy_continue_stream(direction: u32): Status;


@external("env", "proxy_close_stream")
export declare function proxy_close_stream(direction: u32): Status;


@external("env", "proxy_send_local_response")
export declare function proxy_send_local_response(
  status: u32,
  details: usize,
  detailsLength: usize,
  body: usize,
  bodyLength: usize,
  headers: usize,
  headersLength: usize,
  grpcStatus: i32,
): Status;


@external("env", "proxy_get_shared_data")
export declare function proxy_get_shared_data(
  key: usize,
  keyLength: usize,
  value: usize,
  length: usize,
  version: usize,
): Status;


@external("env", "proxy_set_shared_data")
export declare function proxy_set_shared_data(
  key: usize,
  keyLength: usize,
  value: usize,
  length: usize,
  version: u32,
): Status;


@external("env", "proxy_register_shared_queue")
export declare function proxy_register_shared_queue(name: usize, length: usize, queue: usize): Status;


@external("env", "proxy_resolve_shared_queue")
export declare function proxy_resolve_shared_queue(
  vm: usize,
  vmLength: usize,
  name: usize,
  length: usize,
  queue: usize,
): Status;


@external("env", "proxy_dequeue_shared_queue")
export declare function proxy_dequeue_shared_queue(queue: u32, value: usize, length: usize): Status;


@external("env", "proxy_enqueue_shared_queue")
export declare function proxy_enqueue_shared_queue(queue: u32, value: usize, length: usize): Status;


@external("env", "proxy_add_header_map_value")
export declare function proxy_add_header_map_value(
  map: u32,
  name: usize,
  nameLength: usize,
  value: usize,
  length: usize,
): Status;


@external("env", "proxy_replace_header_map_value")
export declare function proxy_replace_header_map_value(
  map: u32,
  name: usize,
  nameLength: usize,
  value: usize,
  length: usize,
): Status;


@external("env", "proxy_remove_header_map_value")
export declare function proxy_remove_header_map_value(map: u32, name: usize, nameLength: usize): Status;


@external("env", "proxy_get_header_map_value")
export declare function proxy_get_header_map_value(
  map: u32,
  name: usize,
  nameLength: usize,
  value: usize,
  length: usize,
): Status;


@external("env", "proxy_get_header_map_pairs")
export declare function proxy_get_header_map_pairs(map: u32, value: usize, length: usize): Status;


@external("env", "proxy_set_header_map_pairs")
export declare function proxy_set_header_map_pairs(map: u32, value: usize, length: usize): Status;


@external("env", "proxy_get_buffer_bytes")
export declare function proxy_get_buffer_bytes(
  buffer: u32,
  start: u32,
  maxLength: u32,
  value: usize,
  length: usize,
): Status;


@external("env", "proxy_set_buffer_bytes")
export declare function proxy_set_buffer_bytes(
  buffer: u32,
  start: u32,
  length: u32,
  value: usize,
  valueLength: usize,
): Status;


@external("env", "proxy_http_call")
export declare function proxy_http_call(
  upstream: usize,
  upstreamLength: usize,
  headers: usize,
  headersLength: usize,
  body: usize,
  bodyLength: usize,
  trailers: usize,
  trailersLength: usize,
  timeoutMs: u32,
  token: usize,
): Status;


@external("env", "proxy_grpc_call")
export declare function proxy_grpc_call(
  upstream: usize,
  upstreamLength: usize,
  service: usize,
  serviceLength: usize,
  method: usize,
  methodLength: usize,
  metadata: usize,
  metadataLength: usize,
  message: usize,
  messageLength: usize,
  timeoutMs: u32,
  token: usize,
): Status;


@external("env", "proxy_grpc_cancel")
export declare function proxy_grpc_cancel(token: u32): Status;


@external("env", "proxy_get_status")
export declare function proxy_get_status(code: usize, message: usize, length: usize): Status;


@external("env", "proxy_define_metric")
export declare function proxy_define_metric(type: u32, name: usize, length: usize, id: usize): Status;


@external("env", "proxy_increment_metric")
export declare function proxy_increment_metric(id: u32, offset: i64): Status;


@external("env", "proxy_record_metric")
export declare function proxy_record_metric(id: u32, value: u64): Status;


@external("env", "proxy_get_metric")
export declare function proxy_get_metric(id: u32, value: usize): Status;


@external("env", "proxy_set_effective_context")
export declare function proxy_set_effective_context(id: u32): Status;


@external("env", "proxy_call_foreign_function")
export declare function proxy_call_foreign_function(
  name: usize,
  nameLength: usize,
  argument: usize,
  argumentLength: usize,
  result: usize,
  length: usize,
): Status;


@external("wasi_snapshot_preview1", "clock_time_get")
export declare function clock_time_get(clock: u32, precision: u64, nanoseconds: usize): u32;


@external("wasi_snapshot_preview1", "random_get")
export declare function random_get(buffer: usize, length: usize): u32;

/** The host calls that the probe makes, as proxy-wasm ABI 0.2.1 declares them. Pointers are `usize`, sizes `u32`. */

// @ts-ignore: decorator
@external("env", "proxy_log")
export declare function log(level: u32, text: usize, size: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_set_tick_period_milliseconds")
export declare function setTickPeriod(milliseconds: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_set_effective_context")
export declare function setEffectiveContext(id: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_header_map_value")
export declare function getHeader(map: u32, name: usize, nameSize: u32, value: usize, valueSize: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_header_map_pairs")
export declare function getPairs(map: u32, pairs: usize, size: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_add_header_map_value")
export declare function addHeader(map: u32, name: usize, nameSize: u32, value: usize, valueSize: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_replace_header_map_value")
export declare function replaceHeader(map: u32, name: usize, nameSize: u32, value: usize, valueSize: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_remove_header_map_value")
export declare function removeHeader(map: u32, name: usize, nameSize: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_buffer_bytes")
export declare function getBuffer(type: u32, start: u32, length: u32, bytes: usize, size: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_set_buffer_bytes")
export declare function setBuffer(type: u32, start: u32, length: u32, bytes: usize, size: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_send_local_response")
export declare function sendLocalResponse(
  status: u32,
  details: usize,
  detailsSize: u32,
  body: usize,
  bodySize: u32,
  pairs: usize,
  pairsSize: u32,
  grpc: i32,
): u32;
// @ts-ignore: decorator
@external("env", "proxy_continue_stream")
export declare function continueStream(type: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_close_stream")
export declare function closeStream(type: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_property")
export declare function getProperty(path: usize, pathSize: u32, value: usize, valueSize: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_set_property")
export declare function setProperty(path: usize, pathSize: u32, value: usize, valueSize: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_shared_data")
export declare function getSharedData(key: usize, keySize: u32, value: usize, valueSize: usize, cas: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_set_shared_data")
export declare function setSharedData(key: usize, keySize: u32, value: usize, valueSize: u32, cas: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_register_shared_queue")
export declare function registerQueue(name: usize, nameSize: u32, token: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_enqueue_shared_queue")
export declare function enqueue(token: u32, data: usize, size: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_dequeue_shared_queue")
export declare function dequeue(token: u32, data: usize, size: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_define_metric")
export declare function defineMetric(type: u32, name: usize, nameSize: u32, id: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_increment_metric")
export declare function incrementMetric(id: u32, offset: i64): u32;
// @ts-ignore: decorator
@external("env", "proxy_record_metric")
export declare function recordMetric(id: u32, value: u64): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_metric")
export declare function getMetric(id: u32, value: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_http_call")
export declare function httpCall(
  cluster: usize,
  clusterSize: u32,
  headers: usize,
  headersSize: u32,
  body: usize,
  bodySize: u32,
  trailers: usize,
  trailersSize: u32,
  timeout: u32,
  token: usize,
): u32;
// @ts-ignore: decorator
@external("env", "proxy_call_foreign_function")
export declare function callForeignFunction(
  name: usize,
  nameSize: u32,
  argument: usize,
  argumentSize: u32,
  result: usize,
  resultSize: usize,
): u32;

import { Bytes } from "../bytes/view";
import { PropertyPath } from "../host/property";

const COLON: u8 = 0x3a;
const ROUTE = new PropertyPath(["xds", "route_name"]);
const SOURCE_ADDRESS = new PropertyPath(["source", "address"]);
const view = new Bytes();

/** The name of the route as it is picked now, valid until the next host read; null when it has none. */
export function routeName(): Bytes | null {
  return present(ROUTE.get());
}

/** The client's address without its port, valid until the next host read. */
export function clientAddress(): Bytes | null {
  const value = present(SOURCE_ADDRESS.get());
  if (value == null) return null;
  let end = value.length - 1;
  while (end > 0 && value.at(end) != COLON) end--;
  return view.set(value.pointer, end == 0 ? value.length : end);
}

function present(value: Bytes | null): Bytes | null {
  return value != null && value.length > 0 ? value : null;
}

const REQUEST_ID = new PropertyPath(["request", "id"]);
const CODE_DETAILS = new PropertyPath(["response", "code_details"]);
const FLAGS = new PropertyPath(["response", "flags"]);
const CODE = new PropertyPath(["response", "code"]);

/** The request's id, valid until the next host read; null when it has none. */
export function requestId(): Bytes | null {
  return present(REQUEST_ID.get());
}

/** Why the answer is what it is, in the host's words, valid until the next host read: when the stream is over. */
export function responseDetails(): Bytes | null {
  return present(CODE_DETAILS.get());
}

/** What went wrong, as bits of Envoy's response flags: when the stream is over. */
export function responseFlags(): u64 {
  return integerOf(FLAGS);
}

/** The answer's status, 0 without one: when the stream is over. */
export function responseCode(): i32 {
  return <i32>integerOf(CODE);
}

/** 0 when it is absent or no integer. */
export function integerOf(path: PropertyPath): u64 {
  const value = path.get();
  return value != null && value.length == sizeof<u64>() ? load<u64>(value.pointer) : 0;
}

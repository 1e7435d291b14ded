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

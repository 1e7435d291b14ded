import { ByteString, Bytes } from "../bytes/view";
import { proxy_call_foreign_function } from "./imports";
import { OUT_LENGTH, OUT_POINTER, beginRead, takeRead, valueWindow } from "./memory";
import { Status } from "./status";

const view = new Bytes();

/** Calls a function that only some hosts have; null when this one lacks or refuses it. The result lasts until the next host read. */
export function callForeign(name: ByteString, argument: usize, length: i32): Bytes | null {
  beginRead(valueWindow);
  const status = proxy_call_foreign_function(name.pointer, name.length, argument, length, OUT_POINTER, OUT_LENGTH);
  return status == Status.Ok ? takeRead(view) : null;
}

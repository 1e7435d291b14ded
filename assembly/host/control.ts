import { Direction } from "./context";
import {
  proxy_close_stream,
  proxy_continue_stream,
  proxy_set_effective_context,
  proxy_set_tick_period_milliseconds,
} from "./imports";
import { Status } from "./status";

/** Lets a held stream go on, from outside its own callbacks too. */
export function continueStream(streamId: u32, direction: Direction): bool {
  return actOn(streamId) && proxy_continue_stream(direction) == Status.Ok;
}

/** Resets the stream at once. */
export function closeStream(direction: Direction): bool {
  return proxy_close_stream(direction) == Status.Ok;
}

/** Makes the next host calls mean this stream; needed in ticks and callouts. False when it is gone. */
export function actOn(streamId: u32): bool {
  return proxy_set_effective_context(streamId) == Status.Ok;
}

/** Asks for ticks every `periodMs` milliseconds; 0 stops them. False on a host without timers. */
export function setTickPeriod(periodMs: u32): bool {
  return proxy_set_tick_period_milliseconds(periodMs) == Status.Ok;
}

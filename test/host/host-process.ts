import { Clock } from "./clock.ts";
import { Metrics } from "./metrics.ts";
import { SharedData } from "./shared-data.ts";
import { SharedQueues } from "./shared-queues.ts";

/** What the VMs of one Envoy share. Several `WasmHost`s loaded with the same one are its workers. */
export class HostProcess {
  readonly clock: Clock;
  readonly metrics = new Metrics();
  readonly sharedData = new SharedData();
  readonly sharedQueues = new SharedQueues();

  /** `startTime` in milliseconds since 1970. */
  constructor(startTime?: number) {
    this.clock = new Clock(startTime);
  }
}

import { Gauge } from "../host/metrics";

/**
 * A level that all VMs together make up: what this one adds is gathered and handed to the host at each tick. A VM that traps leaves
 * behind what it had added.
 */
@final
export class BatchedGauge {
  private readonly gauge: Gauge;
  private pending: i64 = 0;

  constructor(name: string) {
    this.gauge = new Gauge(name);
  }

  add(amount: i64): void {
    this.pending += amount;
  }

  flush(): void {
    if (this.pending == 0) return;
    this.gauge.add(this.pending);
    this.pending = 0;
  }
}

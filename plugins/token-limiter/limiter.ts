import { LimiterSettings } from "./settings";
import { SharedState } from "./shared-state";

/** A configuration in use: its settings, and what its exchanges share. */
@final
export class Limiter extends LimiterSettings {
  private state: SharedState | null = null;

  get shared(): SharedState {
    return this.state!;
  }

  prepare(filter: string): void {
    this.state = new SharedState(this, filter);
  }

  tick(): void {
    this.shared.tick();
  }

  end(): void {
    const state = this.state;
    if (state != null) state.flush();
  }
}

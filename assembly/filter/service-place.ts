import { logWarning } from "./log";

/** Where a service is that a configuration names. */
@final
export class ServicePlace {
  private isTold: bool = false;

  constructor(
    readonly cluster: string,
    /** What log lines begin with: the plugin and the path to the key. */
    private readonly label: string,
  ) {}

  /** The host didn't take a callout to it: the log says so once. */
  notAsked(): void {
    if (this.isTold) return;
    this.isTold = true;
    logWarning(`${this.label}: ${this.cluster} can't be asked`);
  }
}

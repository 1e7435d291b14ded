import { joined } from "../bytes/text";
import { formatInteger } from "./integer";

/** One thing that is wrong with a configuration. */
@final
export class Issue {
  constructor(
    readonly path: string,
    readonly message: string,
  ) {}
}

/** How many issues are named; more are counted. */
const MOST_NAMED: i32 = 50;

/** Everything that is wrong with one configuration, so that an operator sees all of it at once. */
@final
export class Issues {
  readonly named: Issue[] = [];
  private unnamed: i32 = 0;

  constructor(readonly plugin: string) {}

  get isEmpty(): bool {
    return this.named.length == 0;
  }

  /** The same problem of the same key is kept once: overrides are read merged over a base that has its own issues. */
  add(path: string, message: string): void {
    for (let i = 0; i < this.named.length; i++) {
      const issue = this.named[i];
      if (issue.path == path && issue.message == message) return;
    }
    if (this.named.length < MOST_NAMED) this.named.push(new Issue(path, message));
    else this.unnamed++;
  }

  /** One line an issue: `token-limiter: config.limits[2].per: must be a duration, 1s to 30d (got "2x")`. */
  render(): string {
    const lines: string[] = [];
    for (let i = 0; i < this.named.length; i++) {
      const issue = this.named[i];
      lines.push(`${this.plugin}: ${issue.path}: ${issue.message}`);
    }
    if (this.unnamed > 0) lines.push(`${this.plugin}: and ${formatInteger(this.unnamed)} more`);
    return joined(lines, "\n");
  }
}

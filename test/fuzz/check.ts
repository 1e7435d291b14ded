import { isDeepStrictEqual } from "node:util";
import { type ConfigurationCase, type ExchangeCase, type FuzzCase, type Message } from "./case.ts";
import { Rig, type Problem, type Seen } from "./rig.ts";
import { configurationProblem, type Judge } from "./configuration.ts";

/** Passes before the metrics are looked at: counters that are handed over once a second are in them then. */
const LOOK_MS = 5000;

/**
 * Two VMs that see the same cases in the same order: one gets every body whole, the other in pieces. What can be seen from
 * outside must be equal after each case, and the metrics whenever they are looked at.
 */
export class Pair {
  /** How far the metrics may be apart, because of what may differ. */
  #allowed: Record<string, number> = {};

  private constructor(
    readonly whole: Rig,
    readonly cut: Rig,
    readonly judge: Judge,
  ) {}

  static async load(plugin: string, judge: Judge): Promise<Pair> {
    return new Pair(await Rig.load(plugin), await Rig.load(plugin), judge);
  }

  /** What is wrong with a case, or undefined. After a problem the pair is not to be used any more. */
  check(fuzzCase: FuzzCase): Problem | undefined {
    try {
      return fuzzCase.kind === "exchange" ? this.#exchange(fuzzCase) : this.#configuration(fuzzCase);
    } catch (error) {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { what: error instanceof Error ? error.name : "Error", detail };
    }
  }

  /** Lets time pass and compares all metrics but those of memory. */
  compareMetrics(): Problem | undefined {
    const { whole, cut, apart } = this.#metrics();
    const wrong = Object.keys(apart).filter((name) => apart[name] !== (this.#allowed[name] ?? 0));
    if (wrong.length === 0) return undefined;
    const detail = wrong.map((name) => `${name}\n  whole: ${whole[name] ?? 0}\n  cut:   ${cut[name] ?? 0}`).join("\n");
    return { what: "metrics differ", detail };
  }

  /** All metrics, with what was counted and not handed over yet. */
  #metrics(): Record<"whole" | "cut" | "apart", Record<string, number>> {
    for (const { host } of [this.whole, this.cut]) host.tick(LOOK_MS);
    const [whole, cut] = [this.whole.host.metrics.all, this.cut.host.metrics.all];
    const names = Object.keys({ ...whole, ...cut }).filter((name) => !name.endsWith(".vm_pages"));
    const apart = Object.fromEntries(names.map((name) => [name, (whole[name] ?? 0) - (cut[name] ?? 0)]));
    return { whole, cut, apart };
  }

  get pages(): number {
    return Math.max(this.whole.host.memoryPages, this.cut.host.memoryPages);
  }

  #exchange(fuzzCase: ExchangeCase): Problem | undefined {
    const whole = this.whole.run(fuzzCase, false);
    const cut = this.cut.run(fuzzCase, true);
    const problem = whole.problem ?? cut.problem ?? refusalInAudit(fuzzCase, whole) ?? refusalInAudit(fuzzCase, cut);
    if (problem) return problem;
    if (!mayDiffer(fuzzCase, whole, cut)) return difference(fuzzCase, whole, cut);
    this.#allowed = this.#metrics().apart;
    return undefined;
  }

  #configuration(fuzzCase: ConfigurationCase): Problem | undefined {
    return (
      configurationProblem(this.whole, fuzzCase, this.judge) ?? configurationProblem(this.cut, fuzzCase, this.judge)
    );
  }
}

interface Settings {
  mode?: string;
  failureMode?: string;
  overrides?: unknown;
}

/** Audit refuses nothing. */
function refusalInAudit({ settings }: ExchangeCase, { isRefused, seen }: Seen): Problem | undefined {
  const { mode, overrides } = JSON.parse(settings) as Settings;
  if (mode !== "Audit" || overrides !== undefined || !isRefused) return undefined;
  return { what: "refused in Audit", detail: JSON.stringify(seen) };
}

/**
 * Refused is refused: with two things wrong the one that is found first is named, and that depends on the pieces, as does
 * whether a request has begun to go up, as an attempt that is counted, before what is wrong with it has come, and in which
 * scopes a guard's rules have fired until then. Nor does it count where FailOpen or Audit let one of the runs by: a problem
 * that comes after a request's release finds it routed already.
 */
function mayDiffer({ plugin, settings, response }: ExchangeCase, whole: Seen, cut: Seen): boolean {
  if (isPlainText(response) && (isTooLarge(whole) || isTooLarge(cut))) return true;
  if (whole.isRefused && cut.isRefused)
    return plugin.endsWith("-guard") || whole.hasGoneUp !== cut.hasGoneUp || !isDeepStrictEqual(whole.seen, cut.seen);
  const { mode, failureMode } = JSON.parse(settings) as Settings;
  if (failureMode === "FailOpen" && (whole.isRefused || cut.isRefused)) return true;
  return (failureMode === "FailOpen" || mode === "Audit") && (whole.isBypassed || cut.isBypassed);
}

function difference({ response }: ExchangeCase, whole: Seen, cut: Seen): Problem | undefined {
  const isCutShort = response.trailers.length > 0 || (isPlainText(response) && isRejected(whole) && isRejected(cut));
  const [a, b] = [comparable(whole.seen, isCutShort), comparable(cut.seen, isCutShort)];
  if (isDeepStrictEqual(a, b)) return undefined;
  const keys = Object.keys(a).filter((key) => !isDeepStrictEqual(a[key], b[key]));
  return { what: `pieces make a difference in ${keys.join(", ")}`, detail: differences(a, b) };
}

/** Neither events nor JSON nor a binary stream. */
function isPlainText({ headers, body }: Message): boolean {
  const isEventStream = headers.some(([name, value]) => name === "content-type" && /^text\/event-stream/i.test(value));
  const start = Buffer.from(body ?? []).toString("latin1");
  return !isEventStream && !/^(\xef\xbb\xbf)?[ \t\r\n]*([[{\0\x01:]|data:|event:|id:|retry:)/.test(start);
}

function isRejected({ seen }: Seen): boolean {
  return seen.filterState["weir.guard"]?.includes(":Reject") ?? false;
}

/** Whether more of the answer would have to be held than may be; of a plain text that depends on the pieces, too. */
function isTooLarge({ seen }: Seen): boolean {
  return seen.clientBytes.includes("The provider's answer is too large to be checked.");
}

/**
 * Hosts let nobody write a body once its trailers are there, so what a filter kept back of an answer is lost then, and how much
 * that is depends on the pieces; and so does how much of a plain text is out when a rule ends it.
 */
function comparable(seen: Seen["seen"], isCutShort: boolean): Record<string, unknown> {
  return isCutShort ? { ...seen, client: { status: seen.client.status }, clientBytes: "" } : seen;
}

function differences(a: Record<string, unknown>, b: Record<string, unknown>): string {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((key) => !isDeepStrictEqual(a[key], b[key]))
    .map((key) => `${key}\n  whole: ${JSON.stringify(a[key])}\n  cut:   ${JSON.stringify(b[key])}`)
    .join("\n");
}

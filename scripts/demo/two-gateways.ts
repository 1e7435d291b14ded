import { EnvoyProcess } from "../../test/envoy/support/envoy-process.ts";
import { exampleLimits, localConfig } from "../../test/envoy/support/example.ts";
import { MockProvider } from "../../test/envoy/support/mock-provider.ts";
import { RateLimitStack } from "../../test/envoy/support/rate-limit-stack.ts";
import { EXAMPLE_KEYS } from "./authentication.ts";
import { Printer } from "./printer.ts";

const EXAMPLE = "global-token-limits";
const USED_TOKENS = 600;
const BODY = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Why do weirs hum?" }] });
/** More requests than use up a window, also when a new one begins meanwhile. */
const MOST_REQUESTS = 10;
const SHOWN_HEADERS = /^(x-ratelimit-|retry-after)/;

type Team = keyof typeof EXAMPLE_KEYS;
/** The listeners of a gateway: on "gateway" the plugin asks the service, on "native" Envoy's own filter does. */
type Listener = "gateway" | "native";

/** The gateways of `envoy-examples/global-token-limits`, with all that they need, and a walk through what they do. */
export class TwoGateways {
  private readonly print = new Printer();
  private holds = true;

  private constructor(
    private readonly service: RateLimitStack,
    private readonly provider: MockProvider,
    private readonly gateways: [EnvoyProcess, EnvoyProcess],
  ) {}

  static async start(): Promise<TwoGateways> {
    const service = await RateLimitStack.start(exampleLimits(EXAMPLE)!);
    const provider = await MockProvider.start("openai", "OpenAi");
    const usage = { prompt_tokens: 20, completion_tokens: USED_TOKENS - 20, total_tokens: USED_TOKENS };
    const answer = { object: "chat.completion", model: "gpt-4o", choices: [], usage };
    provider.behave({ answer: { pieces: [JSON.stringify(answer)] } });
    const config = localConfig(EXAMPLE, { openai: provider.address, ratelimit: service.address });
    const options = { env: { OPENAI_API_KEY: "none" }, logLevel: "warning" } as const;
    const gateways = await Promise.all([EnvoyProcess.start(config, options), EnvoyProcess.start(config, options)]);
    return new TwoGateways(service, provider, gateways);
  }

  /** Shows the limits at work; whether they held. */
  async walk(): Promise<boolean> {
    this.print.title(1, "Team A uses up its 1,000 tokens a minute through two gateways");
    const seconds = await this.useUp("team-a");

    this.print.title(2, "The same counter, asked by Envoy's own rate limit filter");
    this.check("gateway 1 refuses team A there too", (await this.ask(0, "native", "team-a")).status === 429);
    this.check("and so does gateway 2", (await this.ask(1, "native", "team-a")).status === 429);

    this.print.title(3, "Team B has a limit of its own, 5,000, and Envoy's filter charges what the plugin measured");
    this.check("team B passes", (await this.ask(0, "native", "team-b")).status === 200);
    this.check(
      "and at the other gateway, asked by the plugin",
      (await this.ask(1, "gateway", "team-b")).status === 200,
    );

    this.print.title(4, `Team A comes back when the next minute begins, in ${seconds} s`);
    await new Promise((begun) => setTimeout(begun, (seconds + 1) * 1000));
    this.check("team A passes again", (await this.ask(1, "gateway", "team-a")).status === 200);
    return this.holds;
  }

  /** Prints how to ask the gateways, and waits until one of them ends. */
  async stay(): Promise<void> {
    for (const [index, gateway] of this.gateways.entries()) {
      for (const listener of ["gateway", "native"] as const) {
        console.log(`\n# gateway ${index + 1}, listener "${listener}"`);
        console.log(`curl -i ${gateway.url("/v1/chat/completions", listener)} \\`);
        console.log(
          `  -H 'authorization: Bearer ${EXAMPLE_KEYS["team-a"]}' -H 'content-type: application/json' -d '${BODY}'`,
        );
      }
    }
    console.log("\nCtrl-C stops them.");
    await Promise.race(this.gateways.map(({ ended }) => ended));
  }

  async stop(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.stop()));
    await this.provider.stop();
    await this.service.stop();
  }

  /** Asks through both gateways in turn until one refuses; the seconds that it says to wait. */
  private async useUp(team: Team): Promise<number> {
    let passed = 0;
    for (let turn = 0; turn < MOST_REQUESTS; turn++) {
      const answer = await this.ask(turn % 2, "gateway", team);
      if (answer.status === 429) {
        this.check(`refused by gateway ${(turn % 2) + 1} after ${passed} requests`, passed >= 2);
        this.check("and by the other", (await this.ask((turn + 1) % 2, "gateway", team)).status === 429);
        return Number(answer.headers.get("retry-after"));
      }
      passed++;
    }
    this.check(`refused within ${MOST_REQUESTS} requests`, false);
    return 0;
  }

  private async ask(gateway: number, listener: Listener, team: Team): Promise<Response> {
    const answer = await fetch(this.gateways[gateway]!.url("/v1/chat/completions", listener), {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${EXAMPLE_KEYS[team]}` },
      body: BODY,
    });
    const headers = [...answer.headers].filter(([name]) => SHOWN_HEADERS.test(name));
    this.print.note(`${team}`, `gateway ${gateway + 1}, listener "${listener}": ${answer.status}`);
    if (headers.length > 0) this.print.note("", headers.map(([name, value]) => `${name}: ${value}`).join("  "));
    await answer.text();
    return answer;
  }

  private check(what: string, ok: boolean): void {
    this.holds &&= ok;
    this.print.check(what, ok);
  }
}

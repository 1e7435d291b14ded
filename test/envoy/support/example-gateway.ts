import { type EnvoyOptions, EnvoyProcess } from "./envoy-process.ts";
import { localConfig } from "./example.ts";
import type { Address, Bootstrap } from "./gateway-config.ts";
import { MockProviders } from "./mock-providers.ts";
import { until } from "./until.ts";

/** How the clients of the examples say who they are. */
export const TEAM_A: Readonly<Record<string, string>> = { authorization: "Bearer example-key-of-team-a" };
export const TEAM_B: Readonly<Record<string, string>> = { "x-api-key": "example-key-of-team-b" };

/** What the examples show providers, made up: in the gateway's environment. */
export const PROVIDER_KEYS = {
  OPENAI_API_KEY: "key-for-openai",
  ANTHROPIC_API_KEY: "key-for-anthropic",
  AZURE_API_KEY: "key-for-azure",
};

export const CHAT = "/v1/chat/completions";

const SHAPES = { openai: "OpenAi", anthropic: "Anthropic" } as const;

export type AuditRecord = Record<string, unknown>;

/** One line of the access log. */
export interface LogLine {
  method: string;
  path: string;
  status: number;
  details: string;
  /** Undefined of a request that is no call of a model. */
  audit: AuditRecord | undefined;
}

export interface ExampleOptions extends EnvoyOptions {
  /** More files of the example to take parts from. */
  fragments?: readonly string[];
  /** Where clusters lead that are no model providers. */
  addresses?: Record<string, Address>;
  /** What is to be different; may change what it gets. */
  change?: (config: Bootstrap) => Bootstrap;
}

/** The gateway of `envoy-examples/gateway` in front of mock providers. */
export class ExampleGateway {
  private readonly read: LogLine[] = [];
  private readTo = 0;

  private constructor(
    readonly providers: MockProviders<keyof typeof SHAPES>,
    readonly envoy: EnvoyProcess,
  ) {}

  static async start(options: ExampleOptions = {}): Promise<ExampleGateway> {
    const { fragments, addresses, change = (config: Bootstrap) => config, ...rest } = options;
    const providers = await MockProviders.start(SHAPES);
    try {
      const config = localConfig("gateway", { ...providers.addresses, ...addresses }, { fragments });
      const envoy = await EnvoyProcess.start(change(config), { ...rest, env: { ...PROVIDER_KEYS, ...rest.env } });
      return new ExampleGateway(providers, envoy);
    } catch (error) {
      await providers.stop();
      throw error;
    }
  }

  /** Posts a JSON body. */
  send(body: object, { headers = TEAM_A, path = CHAT, signal }: SendOptions = {}): Promise<Response> {
    return fetch(this.envoy.url(path), {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
      ...(signal ? { signal } : {}),
    });
  }

  /** All that has been logged so far. */
  get lines(): readonly LogLine[] {
    const { log } = this.envoy;
    const end = log.lastIndexOf("\n") + 1;
    if (end > this.readTo) for (const text of log.slice(this.readTo, end).split("\n")) this.read.push(...lineOf(text));
    this.readTo = end;
    return this.read;
  }

  /** The records among them. */
  get records(): AuditRecord[] {
    return this.lines.flatMap(({ audit }) => (audit ? [audit] : []));
  }

  /** The lines after the first `before`, when there are at least `count`. */
  logged(before: number, count: number, timeoutMs?: number): Promise<LogLine[]> {
    const look = (): LogLine[] | undefined =>
      this.lines.length >= before + count ? this.lines.slice(before) : undefined;
    return until(`${count} lines are logged`, look, timeoutMs);
  }

  async stop(): Promise<void> {
    await this.envoy.stop();
    await this.providers.stop();
  }
}

export interface SendOptions {
  headers?: Readonly<Record<string, string>>;
  path?: string;
  signal?: AbortSignal;
}

/** A line of the access log; none where the line is another's. */
function lineOf(text: string): LogLine[] {
  if (!text.startsWith("{") || !text.includes('"audit"')) return [];
  const { audit, ...line } = JSON.parse(text) as Omit<LogLine, "audit"> & { audit: string | null };
  return [{ ...line, audit: audit === null ? undefined : (JSON.parse(audit) as AuditRecord) }];
}

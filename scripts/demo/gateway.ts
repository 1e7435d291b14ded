import { EnvoyProcess, type EnvoyOptions } from "../../test/envoy/support/envoy-process.ts";
import { type NativeFilter, type WasmFilter, gatewayConfig } from "../../test/envoy/support/gateway-config.ts";
import type { MockProvider } from "../../test/envoy/support/mock-provider.ts";
import { MockProviders } from "../../test/envoy/support/mock-providers.ts";
import { findEnvoy } from "../setup/envoy.ts";
import { build, wasmFile } from "../setup/plugins.ts";
import { step } from "../setup/progress.ts";
import { AUTHENTICATION } from "./authentication.ts";
import { CHAIN } from "./chain.ts";

/** What the plugins publish beside what every gateway here logs: filter state, by name. */
const PUBLISHED = ["guard", "input_tokens", "output_tokens", "total_tokens", "usage_source", "audit"];

const PROVIDERS = {
  openai: "OpenAi",
  "anthropic-compat": ["Anthropic", "OpenAi"],
  vllm: "OpenAi",
  gemini: "Gemini",
} as const;

/** The mock providers and the Envoy with the whole chain that the demo and `npm start` show. */
export class DemoGateway {
  private constructor(
    readonly providers: MockProviders,
    readonly envoy: EnvoyProcess,
  ) {}

  /** Does all set-up: builds the plugins if it `builds`, finds Envoy, starts mocks and gateway. Port 0 lets the system pick. */
  static async start({
    port = 0,
    builds,
    ...options
  }: EnvoyOptions & { port?: number; builds: boolean }): Promise<DemoGateway> {
    if (builds) await build();
    process.env["ENVOY"] = await findEnvoy();
    const plugins = CHAIN.map(({ plugin, configuration }) => ({ name: plugin, wasm: wasmFile(plugin), configuration }));
    return step("Starting mock providers and Envoy", () =>
      DemoGateway.serve([AUTHENTICATION, ...plugins], port, options),
    );
  }

  /** Starts mocks and Envoy with these filters. */
  static async serve(
    filters: (NativeFilter | WasmFilter)[],
    port: number,
    options: EnvoyOptions,
  ): Promise<DemoGateway> {
    const providers = await MockProviders.start<string>(PROVIDERS);
    const accessLogFields = Object.fromEntries(
      PUBLISHED.map((name) => [name, `%FILTER_STATE(wasm.weir.${name}:PLAIN)%`]),
    );
    try {
      const config = gatewayConfig({
        filters,
        clusters: providers.addresses,
        fallback: "openai",
        port,
        accessLogFields,
      });
      const envoy = await EnvoyProcess.start(config, options);
      return new DemoGateway(providers, envoy);
    } catch (error) {
      await providers.stop();
      throw error;
    }
  }

  /** A mock by its name. */
  mock(name: string): MockProvider {
    return this.providers.mock(name);
  }

  async stop(): Promise<void> {
    await this.envoy.stop();
    await this.providers.stop();
  }
}
